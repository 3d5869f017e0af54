import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fold, isEmojiOnly } from '../../../src-renderer/ui/fold'

describe('long messages fold', () => {
  test('a short one stays', () => expect(fold('好的')).toBeUndefined())
  test('one that would hide only little stays', () => expect(fold('x'.repeat(1_300))).toBeUndefined())
  test('many lines are cut at the end of one', () => {
    const text = Array.from({ length: 60 }, (_, n) => `line ${n}`).join('\n')
    expect(fold(text)).toBe(Array.from({ length: 16 }, (_, n) => `line ${n}`).join('\n'))
  })
  test('Chinese counts double', () => expect(fold('雁'.repeat(2_000))).toHaveLength(500))
  test('a pause near the end is where it is cut', () => {
    const sentence = '鸿雁在云鱼在水，惆怅此情难寄。'
    expect(fold(sentence.repeat(200))).toMatch(/[，。]$/u)
  })
  test('a family stays whole', () => {
    const folded = fold('👨‍👩‍👧‍👦'.repeat(800))!
    expect(folded.length % '👨‍👩‍👧‍👦'.length).toBe(0)
  })
  test('what is shown is always the beginning, and at most two thirds', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
      const folded = fold(text, { lines: 3, columns: 30 })
      if (folded === undefined) return
      expect(text.startsWith(folded)).toBe(true)
      expect(folded.length).toBeLessThanOrEqual(text.length * (2 / 3))
    }))
  })
})

describe('emoji alone', () => {
  test.each(['👍', '🎂🎉', '❤️ ✨ 🔥', '👨‍👩‍👧‍👦'])('%s is large', (text) => expect(isEmojiOnly(text)).toBe(true))
  test.each(['', ' ', '好👍', '1', '123', '#', '👍👍👍👍'])('“%s” is not', (text) => expect(isEmojiOnly(text)).toBe(false))
})
