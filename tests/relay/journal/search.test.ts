import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DatabaseVerbs } from '../../../src-main/database-verbs'
import { matches, readParts } from '../../../src-main/base/search-rule'
import type { Ledger } from '../../../src-main/relay/ledger/ledger'
import { openInlineDatabase } from '../../fakes/database'
import { lan, noon } from '../people'

const wei = 'sip:wei@example.org'

const keep = (ledger: Ledger<DatabaseVerbs>, texts: readonly string[], { from = lan, at = (i: number) => noon + i } = {}) =>
  Promise.all(texts.map((text, i) => ledger.commit('journal.receive', {
    message: { conversation: from, id: `${from}${i}`, from, content: { kind: 'text', text }, sentAt: at(i), now: at(i) },
  })))

const search = async (ledger: Ledger<DatabaseVerbs>, text: string, more: { conversation?: string; before?: number; limit?: number } = {}) => {
  const found = await ledger.read('journal.search', { text, limit: 100, ...more })
  return { ...found, texts: found.hits.map(({ message: { content } }) => (content.kind === 'text' ? content.text : content.kind)) }
}

describe('search', () => {
  it('finds one Chinese character, a phrase, a Latin word by its beginning; newest first', async () => {
    const ledger = await openInlineDatabase()
    await keep(ledger, ['雁信到了', 'Hello, 雁', '明天见', 'held', '信雁'])
    expect((await search(ledger, '雁')).texts).toEqual(['信雁', 'Hello, 雁', '雁信到了'])
    expect((await search(ledger, '雁信')).texts).toEqual(['雁信到了'])
    expect((await search(ledger, 'HEL')).texts).toEqual(['held', 'Hello, 雁'])
    expect((await search(ledger, 'hel 雁')).texts).toEqual(['Hello, 雁'])
    for (const odd of ['"', 'AND', 'hel"', 'a OR', '(', 'words:', '雁*', '^hel', '-', 'NEAR(']) await search(ledger, odd)
    expect((await search(ledger, '到了" OR "明天')).texts).toEqual([])
    await ledger.close()
  })

  it('keeps to one conversation when asked, and gives hits with their place', async () => {
    const ledger = await openInlineDatabase()
    await keep(ledger, ['one fish', 'two fish'])
    await keep(ledger, ['red fish'], { from: wei })
    const { hits } = await search(ledger, 'fish', { conversation: lan })
    expect(hits).toMatchObject([{ conversation: lan, place: 1 }, { conversation: lan, place: 0 }])
    expect((await search(ledger, 'fish', { conversation: 'sip:nobody@example.org' })).hits).toEqual([])
    // What a conversation is called inside is not found as a word.
    expect((await search(ledger, 'c1')).hits).toEqual([])
    await ledger.close()
  })

  it('goes on page by page without missing one, also when many came in one millisecond', async () => {
    const ledger = await openInlineDatabase()
    const texts = Array.from({ length: 60 }, (_, i) => `fish ${i}`)
    await keep(ledger, texts, { at: (i) => noon + Math.floor(i / 7) })
    const pages: number[] = []
    const found: string[] = []
    for (let before: number | undefined; ;) {
      const page = await search(ledger, 'fish', { limit: 5, ...(before !== undefined && { before }) })
      found.push(...page.texts)
      pages.push(page.texts.length)
      if (page.next === undefined) break
      before = page.next
    }
    expect(found).toEqual(texts.reverse())
    expect(pages.slice(0, 12)).toEqual(Array.from({ length: 12 }, () => 5))
    await ledger.close()
  })

  it('answers before it has looked at everything, and goes on from there', async () => {
    const ledger = await openInlineDatabase()
    // The index finds all of them, the rule only the first: between the two characters is a comma.
    await keep(ledger, ['你好', ...Array.from({ length: 2_500 }, () => '你，好')])
    const first = await search(ledger, '你好', { limit: 5 })
    expect(first.hits).toEqual([])
    expect(first.next).toBeDefined()
    const texts: string[] = []
    let rounds = 0
    for (let { next } = first; next !== undefined; rounds++) {
      const page = await search(ledger, '你好', { limit: 5, before: next })
      texts.push(...page.texts)
      next = page.next
    }
    expect(texts).toEqual(['你好'])
    expect(rounds).toBeGreaterThan(1)
    await ledger.close()
  })

  it('finds the words of a message with files, and their names', async () => {
    const ledger = await openInlineDatabase()
    const file = { name: '合同-final.pdf', contentType: 'application/pdf', size: 1, hash: '0'.repeat(64) }
    const content = { kind: 'files' as const, text: '請簽字', files: [file, { ...file, name: 'Photo.jpg' }] }
    await ledger.commit('journal.receive', { message: { conversation: lan, id: 'f0000001', from: lan, content, sentAt: noon, now: noon } })
    for (const query of ['请签', '合同', 'fin', 'photo', '签字 pdf']) expect((await search(ledger, query)).hits, query).toHaveLength(1)
    expect((await search(ledger, '字合')).hits).toEqual([])
    await ledger.close()
  })

  it('keeps the order of more than fit into one millisecond', async () => {
    const ledger = await openInlineDatabase()
    const texts = Array.from({ length: 2_500 }, (_, i) => `fish ${i}`)
    await keep(ledger, texts, { at: () => noon })
    const { texts: found } = await search(ledger, 'fish', { limit: 5_000 })
    expect(found).toEqual(texts.reverse())
    await ledger.close()
  })

  it('finds exactly what a plain scan by the rule finds', async () => {
    const letters = [...'雁信到了发發髮里裡裏你好世界ラーメ안녕하aàbcAB15 ,，。!👍🏽❤', ' ', '\n', 'hello', 'wechat', 'ＷＩ', '𠮷', '㗲', '𠵾', '\u0301', '\ufe0f', '\u200d', '"', '*']
    const text = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 24 }).map((all) => all.join(''))
    const query = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 4 }).map((all) => all.join(''))
    await fc.assert(fc.asyncProperty(fc.array(text, { minLength: 20, maxLength: 40 }), fc.array(query, { minLength: 20, maxLength: 40 }), async (texts, queries) => {
      const ledger = await openInlineDatabase(':memory:')
      await keep(ledger, texts)
      for (const asked of queries) {
        const read = readParts(asked)
        const expected = read ? texts.filter((each) => matches(each, read)).reverse() : []
        expect((await search(ledger, asked)).texts, JSON.stringify(asked)).toEqual(expected)
      }
      await ledger.close()
    }), { numRuns: 25 })
  })
})
