/** Whether commands are given with ⌘ here. */
export const isMac = /Mac|iP(hone|ad|od)/.test(navigator.userAgent)

/** A shortcut as this system writes it: `⌘N` or `Ctrl N`. */
export function keyName(key: string, { command = true, shift = false, alt = false } = {}): string {
  const parts = isMac
    ? [alt ? '⌥' : '', shift ? '⇧' : '', command ? '⌘' : '']
    : [command ? 'Ctrl' : '', shift ? 'Shift' : '', alt ? 'Alt' : '']
  return [...parts.filter(Boolean), key].join(isMac ? '' : ' ')
}
