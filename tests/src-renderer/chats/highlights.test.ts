import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { excerpt, highlight } from '../../../src-renderer/chats/highlights'

const marks = (text: string, query: string) => highlight(text, query).filter((piece) => piece.marked).map((piece) => piece.text)

describe('what a search found is marked', () => {
  test.each([
    ['鸿雁传书', '雁', ['雁']],
    ['鸿雁传书，鸿雁', '鸿雁', ['鸿雁', '鸿雁']],
    ['Hello world', 'hel', ['Hel']],
    ['Hello world', 'world hello', ['Hello', 'world']],
    ['say hello', 'ello', []],
    ['第3页', '3', ['3']],
    ['ＡＢＣ全角', 'abc', ['ＡＢＣ']],
    ['Straße', 'STRASSE', []],
    ['看 demo 版', 'demo版', ['demo', '版']],
    ['anything', '  ', []],
    ['a.b', '.', []],
  ])('%s for %s', (text, query, expected) => expect(marks(text, query)).toEqual(expected))

  test('pieces put together are the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme', maxLength: 3 }), (text, query) => {
      expect(highlight(text, query).map((piece) => piece.text).join('')).toBe(text)
    }))
  })

  test('of a long text the part around the first mark is shown', () => {
    const pieces = excerpt(`${'前'.repeat(300)}雁${'后'.repeat(300)}`, '雁')
    expect(pieces.some((piece) => piece.marked && piece.text === '雁')).toBe(true)
    expect(pieces[0]).toEqual({ text: '…', marked: false })
    expect(pieces.at(-1)).toEqual({ text: '…', marked: false })
    expect(pieces.map((piece) => piece.text).join('').length).toBeLessThan(100)
  })
})
