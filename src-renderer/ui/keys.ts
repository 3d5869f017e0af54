/** What a key press asks of the window. */
export type KeyAction = 'new' | 'search-here' | 'search-all' | 'next' | 'previous' | 'escape' | 'cheat-sheet' | 'settings'

export interface KeyPress {
  key: string
  code?: string
  keyCode?: number
  ctrlKey: boolean
  metaKey: boolean
  shiftKey: boolean
  altKey: boolean
  isComposing?: boolean
}

/** An input method is at work: its Enter chooses a word. 229 is what Chromium reports where `isComposing` is already off. */
export const isComposing = (press: Pick<KeyPress, 'isComposing' | 'keyCode'>): boolean =>
  press.isComposing === true || press.keyCode === 229

/**
 * The window's keyboard map.
 * @param isWriting the focus is in a field: letters alone belong to it
 */
export function keyAction(press: KeyPress, options: { isMac: boolean; isWriting: boolean }): KeyAction | undefined {
  if (isComposing(press)) return undefined
  const command = options.isMac ? press.metaKey && !press.ctrlKey : press.ctrlKey && !press.metaKey
  const letter = press.key.toLowerCase()
  if (press.key === 'Escape' && !command && !press.altKey) return 'escape'
  if (press.altKey && !press.ctrlKey && !press.metaKey && !press.shiftKey) {
    if (press.key === 'ArrowDown') return 'next'
    if (press.key === 'ArrowUp') return 'previous'
    // A browser tab keeps Ctrl N to itself.
    if (press.code === 'KeyN' && !options.isMac) return 'new'
  }
  if (command && !press.altKey) {
    if (letter === 'f') return press.shiftKey ? 'search-all' : 'search-here'
    if (press.shiftKey) return undefined
    if (letter === 'n') return 'new'
    if (letter === ',') return 'settings'
    if (letter === '/') return 'cheat-sheet'
  }
  if (press.key === '?' && !options.isWriting && !press.ctrlKey && !press.metaKey && !press.altKey) return 'cheat-sheet'
  return undefined
}

/** Whether this Enter sends. Shift+Enter always breaks; with the setting off Ctrl/⌘+Enter sends; an input method's never does. */
export function isSendKey(press: KeyPress, enterSends: boolean): boolean {
  if (press.key !== 'Enter' || isComposing(press) || press.shiftKey || press.altKey) return false
  return press.ctrlKey || press.metaKey || enterSends
}

/** Where an arrow key takes the focus in a list of `count`; undefined when the key is not one of the list's. */
export function rove(key: string, at: number, count: number, page = 8): number | undefined {
  if (count === 0) return undefined
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1, PageDown: at + page, PageUp: at - page }[key]
  return to === undefined ? undefined : Math.max(0, Math.min(count - 1, to))
}
