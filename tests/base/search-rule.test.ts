import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold, foldMapped } from '../../src-main/base/fold'
import { matches, readParts } from '../../src-main/base/search-rule'

const finds = (query: string, text: string) => {
  const parts = readParts(query)
  return parts !== undefined && matches(text, parts)
}

describe('the rule of search', () => {
  it.each([
    ['雁', '雁信到了'],
    ['信到', '雁信到了'],
    ['好，世', '你好，世界'],
    ['hel', 'Hello there'],
    ['HELLO', 'hello'],
    ['there hel', 'Hello there'],
    ['cafe', 'Café'],
    ['Café', 'CAFE'],
    ['pho', 'Phở'],
    ['ｗｉｄｅ', 'wide'],
    ['οδος', 'ΟΔΟΣ'],
    ['οδοσ', 'οδός'.normalize('NFD').replace(/\u0301/g, '')],
    ['5', 'iPhone15'],
    ['15', 'iPhone15'],
    ['phone15', 'my phone15'],
    ['用微信', '我用微信wechat'],
    ['信we', '我用微信wechat'],
    ['wechat', '我用微信wechat'],
    ['ラーメン', '美味しいラーメン'],
    ['メン', 'ラーメン'],
    ['안녕', '안녕하세요'],
    ['녕하', '안녕하세요'],
    ['👍', 'ok👍🏽!'],
    ['❤', '❤️'],
    ['❤️', '❤'],
    ['don\'t', 'I don\'t'],
    ['明天 见', '见你明天'],
    ['𠮷', '𠮷野家'],
    ['a', '\ud83da'],
  ])('%s is found in %s', (query, text) => expect(finds(query, text)).toBe(true))

  it.each([
    ['世好', '你好世界'],
    ['好世', '你好，世界'],
    ['ello', 'Hello'],
    ['phone', 'iPhone'],
    ['か', 'が'],
    ['明天 后', '明天见'],
    ['don\'t', 'dont'],
    ['野𠮷', '𠮷野家'],
    ['雁', '鸟'],
  ])('%s is not found in %s', (query, text) => expect(finds(query, text)).toBe(false))

  it.each([
    ['发展', '發展'], ['發', '髮'], ['理发', '理髮'], ['头髮', '头发'], ['里面', '裡面'], ['裡', '裏'], ['台北', '臺北'], ['臺', '台'],
    ['后天', '後天'], ['干杯', '乾杯'], ['幹', '干'], ['鍾', '钟'], ['面条', '麵條'], ['复杂', '複雜'], ['回復', '回复'], ['着急', '著急'],
    ['为什么', '為什麼'], ['爲', '为'], ['历史', '歷史'], ['日曆', '日历'], ['汇款', '匯款'], ['准备', '準備'], ['只', '隻'], ['𫗴', '饘'],
  ])('%s and %s find each other', (a, b) => {
    expect(finds(a, b)).toBe(true)
    expect(finds(b, a)).toBe(true)
  })

  it('has nothing to look for without a letter, digit or emoji', () => {
    for (const query of ['', '  ', '?!', '"', '*', '，。', '\ud83d']) expect(readParts(query)).toBeUndefined()
  })
})

describe('folding', () => {
  it('folds width, case and marks', () => {
    expect(fold('ＡＢ Ｃé')).toBe('ab ce')
    expect(fold('發'.repeat(20_000))).toBe('发'.repeat(20_000))
  })

  it('changes nothing the second time', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => fold(fold(text)) === fold(text)))
  })

  it('the quick way comes to the same as the careful one', () => {
    // With é the whole text goes the careful way.
    for (let unit = 1; unit < 0xffff; unit++) {
      const text = `a${String.fromCharCode(unit)}b`
      if (fold(`${text}é`) !== `${fold(text)}e`) throw new Error(`U+${unit.toString(16)}`)
    }
    const text = fc.string({ unit: fc.constantFrom(...'aZ09 ，。ＡｚガかゔヺーﾞΣ發髮里裏台臺一龥㗲“！\u3000') })
    fc.assert(fc.property(text, (each) => fold(`${each}é`) === `${fold(each)}e`), { numRuns: 2_000 })
  })

  it('piece by piece comes to the same as in one go, and knows where each piece was', () => {
    const odd = fc.constantFrom('é', 'e\u0301', '\u0301', '한', '\u1112\u1161\u11ab', '하\u11ab', 'か\u3099', '発', '發', '㍿', 'ﬁ', 'ß', 'Σ', 'ς', '𠮷', '𫗴', '❤️', '👍🏽', '\ud83d', 'ｶﾞ', 'ﾞ', '가'.normalize('NFD'), 'ㄱ', 'ㅏ', 'ﾡ', 'ￂ', ' ', 'a', 'ą\u0323')
    const text = fc.array(fc.oneof(odd, fc.string({ unit: 'grapheme', maxLength: 2 }), fc.string({ unit: 'binary', maxLength: 1 })), { maxLength: 12 }).map((all) => all.join(''))
    fc.assert(fc.property(text, (each) => {
      const { folded, origin } = foldMapped(each)
      expect(folded).toBe(fold(each))
      const origins = Array.from({ length: folded.length + 1 }, (_, i) => origin(i))
      expect([...origins].sort((a, b) => a - b)).toEqual(origins)
      expect(origins.at(-1)).toBe(each.length)
    }), { numRuns: 2_000 })
  })
})
