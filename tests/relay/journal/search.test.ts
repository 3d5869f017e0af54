import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DatabaseVerbs } from '../../../src-main/database-verbs'
import { matches, readQuery } from '../../../src-main/relay/journal/tokens'
import type { Ledger } from '../../../src-main/relay/ledger/ledger'
import { openInlineDatabase } from '../../fakes/database'
import { lan, noon } from '../people'

const wei = 'sip:wei@example.org'

const keep = (ledger: Ledger<DatabaseVerbs>, texts: readonly string[], { from = lan, at = (i: number) => noon + i } = {}) =>
  Promise.all(texts.map((text, i) => ledger.commit('journal.receive', {
    message: { conversation: from, id: `${from}${i}`, from, content: { kind: 'text', text }, sentAt: at(i), now: at(i) },
  })))

const search = async (ledger: Ledger<DatabaseVerbs>, text: string, more: { conversation?: string; before?: { at: number }; limit?: number } = {}) => {
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
    const found: string[] = []
    for (let before: { at: number } | undefined; ;) {
      const page = await search(ledger, 'fish', { limit: 5, ...(before && { before }) })
      found.push(...page.texts)
      if (!page.more) break
      before = { at: page.hits.at(-1)!.message.at }
    }
    expect(found).toEqual(texts.reverse())
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
    const letters = [...'雁信到了你好世界ラーメ안녕하aàbcAB15 ,，。!👍🏽❤', ' ', '\n', 'hello', 'wechat', 'ＷＩ', '𠮷', '\u0301', '\ufe0f', '\u200d', '"', '*']
    const text = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 24 }).map((all) => all.join(''))
    const query = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 4 }).map((all) => all.join(''))
    await fc.assert(fc.asyncProperty(fc.array(text, { minLength: 20, maxLength: 40 }), fc.array(query, { minLength: 20, maxLength: 40 }), async (texts, queries) => {
      const ledger = await openInlineDatabase(':memory:')
      await keep(ledger, texts)
      for (const asked of queries) {
        const read = readQuery(asked)
        const expected = read ? texts.filter((each) => matches(each, read)).reverse() : []
        expect((await search(ledger, asked)).texts, JSON.stringify(asked)).toEqual(expected)
      }
      await ledger.close()
    }), { numRuns: 25 })
  })
})
