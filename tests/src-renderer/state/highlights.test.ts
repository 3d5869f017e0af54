import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fold } from '../../../src-main/base/fold'
import { matches, readParts } from '../../../src-main/base/search-rule'
import { excerpt, highlight } from '../../../src-renderer/state/highlights'

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
    ['看 demo 版', 'demo版', []],
    ['看 demo 版', 'demo 版', ['demo', '版']],
    ['頭髮與發展', '发', ['髮', '發']],
    ['头发', '頭髮', ['头发']],
    ['ㅋㅋ 각', 'ㅋ', ['ㅋㅋ']],
    ['Phở bò', 'pho', ['Phở']],
    ['ｶﾞﾝ', 'ガ', ['ｶﾞ']],
    ['👍🏽 ok', '👍', ['👍']],
    ['𠵾嘉', '㗲', ['𠵾']],
    ['anything', '  ', []],
    ['a.b', '.', []],
  ])('%s for %s', (text, query, expected) => expect(marks(text, query)).toEqual(expected))

  test('pieces put together are the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme', maxLength: 3 }), (text, query) => {
      expect(highlight(text, query).map((piece) => piece.text).join('')).toBe(text)
    }))
  })

  test('what is marked is what the rule finds, and nothing else', () => {
    const letters = fc.constantFrom(...'发發髮雁aàB1 ,👍❤\ufe0f\u0301ﬁㅋ가ｶﾞ')
    const some = (maxLength: number) => fc.array(letters, { minLength: 1, maxLength }).map((all) => all.join(''))
    fc.assert(fc.property(some(16), some(3), (text, query) => {
      const parts = readParts(query)
      const isFound = parts !== undefined && matches(text, parts)
      if (isFound) expect(marks(text, query).length).toBeGreaterThan(0)
      for (const marked of marks(text, query)) expect(parts!.some((part) => fold(marked).includes(part))).toBe(true)
    }), { numRuns: 2_000 })
  })

  test('of a long text the part around the first mark is shown', () => {
    const pieces = excerpt(`${'前'.repeat(300)}雁${'后'.repeat(300)}`, '雁')
    expect(pieces.some((piece) => piece.marked && piece.text === '雁')).toBe(true)
    expect(pieces[0]).toEqual({ text: '…', marked: false })
    expect(pieces.at(-1)).toEqual({ text: '…', marked: false })
    expect(pieces.map((piece) => piece.text).join('').length).toBeLessThan(100)
  })
})
