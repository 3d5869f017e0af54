import { describe, expect, test } from 'vitest'
import { isSendKey, keyAction, rove, type KeyPress } from '../../../src-renderer/ui/keys'

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more })
const pc = { isMac: false, isWriting: false }
const mac = { isMac: true, isWriting: false }

describe('the keyboard map', () => {
  test.each([
    ['new', press('n', { ctrlKey: true }), pc],
    ['new', press('n', { metaKey: true }), mac],
    ['new', press('n', { altKey: true, code: 'KeyN' }), pc],
    ['search-here', press('f', { ctrlKey: true }), pc],
    ['search-all', press('F', { ctrlKey: true, shiftKey: true }), pc],
    ['search-all', press('F', { metaKey: true, shiftKey: true }), mac],
    ['next', press('ArrowDown', { altKey: true }), pc],
    ['previous', press('ArrowUp', { altKey: true }), mac],
    ['escape', press('Escape'), pc],
    ['cheat-sheet', press('?', { shiftKey: true }), pc],
    ['cheat-sheet', press('/', { ctrlKey: true }), { isMac: false, isWriting: true }],
    ['settings', press(',', { ctrlKey: true }), pc],
  ] as const)('%s', (action, key, where) => expect(keyAction(key, where)).toBe(action))

  test('letters in a field belong to it', () => {
    expect(keyAction(press('?', { shiftKey: true }), { isMac: false, isWriting: true })).toBeUndefined()
    expect(keyAction(press('n'), pc)).toBeUndefined()
  })
  test('on a Mac Ctrl is not ⌘', () => expect(keyAction(press('n', { ctrlKey: true }), mac)).toBeUndefined())
  test('an input method keeps its keys', () => {
    expect(keyAction(press('Escape', { isComposing: true }), pc)).toBeUndefined()
    expect(keyAction(press('Escape', { keyCode: 229 }), pc)).toBeUndefined()
  })
})

describe('the Enter that sends', () => {
  test('Enter, where the setting says so', () => {
    expect(isSendKey(press('Enter'), true)).toBe(true)
    expect(isSendKey(press('Enter'), false)).toBe(false)
  })
  test('Ctrl or ⌘ Enter always', () => {
    for (const enterSends of [true, false]) {
      expect(isSendKey(press('Enter', { ctrlKey: true }), enterSends)).toBe(true)
      expect(isSendKey(press('Enter', { metaKey: true }), enterSends)).toBe(true)
    }
  })
  test('Shift Enter never', () => expect(isSendKey(press('Enter', { shiftKey: true }), true)).toBe(false))
  test('an input method’s Enter never: while composing, and the one that ends it', () => {
    for (const more of [{ isComposing: true }, { keyCode: 229 }, { isComposing: true, ctrlKey: true }]) {
      expect(isSendKey(press('Enter', more), true)).toBe(false)
    }
  })
  test('other keys never', () => expect(isSendKey(press('a', { ctrlKey: true }), true)).toBe(false))
})

describe('arrow keys in a list', () => {
  test.each([['ArrowDown', 3, 4], ['ArrowUp', 3, 2], ['Home', 3, 0], ['End', 3, 9], ['PageDown', 3, 9], ['PageUp', 3, 0], ['ArrowUp', 0, 0], ['ArrowDown', 9, 9]])(
    '%s from %i goes to %i', (key, from, to) => expect(rove(key, from, 10)).toBe(to),
  )
  test('other keys, and an empty list, go nowhere', () => {
    expect(rove('a', 3, 10)).toBeUndefined()
    expect(rove('ArrowDown', 0, 0)).toBeUndefined()
  })
})
