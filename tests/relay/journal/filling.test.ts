import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { migrations } from '../../../src-main/database-verbs'
import { Db } from '../../../src-main/relay/ledger/db'
import { openInlineDatabase, temporaryFolder } from '../../fakes/database'
import { envelope, lan, mei, noon } from '../people'
import { Reader, type Journal } from './reader'

const people = Array.from({ length: 6 }, (_, i) => `sip:p${i}@example.org`)
let ids = 0
const receive = (journal: Journal, from = lan, now = noon) => {
  const id = `id${ids++}`
  return journal.commit('journal.receive', { message: { conversation: from, id, from, content: { kind: 'text', text: `说 "${id}" \\ \n` }, sentAt: now, now } })
}
const send = async (journal: Journal, to: string, now = noon) => {
  const id = `id${ids++}`
  await journal.commit('journal.send', {
    message: { conversation: to, id, from: mei, content: { kind: 'text', text: id }, sentAt: now, now }, put: { envelope: envelope(id, { from: mei, to, conversation: to }), lanes: ['network'] },
  })
  return id
}

async function fillAll(reader: Reader, pages: number) {
  const answers = []
  for (let cursor: string | null = null; ;) {
    const page = await reader.fill(cursor, pages)
    answers.push(page)
    if (page.next === undefined) return answers
    cursor = page.next
  }
}

describe('filling', () => {
  it('gives every conversation with its last page first, newest first, then the rest, newest first, each page once', async () => {
    const journal = await openInlineDatabase()
    const sizes = [120, 50, 1, 51]
    await Promise.all(sizes.flatMap((size, i) => Array.from({ length: size }, (_, k) => receive(journal, people[i], noon + k * 10 + i))))
    await journal.commit('journal.open', { conversation: people[4]!, now: 5, name: 'nobody yet' })
    const reader = new Reader(journal)
    const answers = await fillAll(reader, 3)
    await reader.expectWhole()
    expect(answers.flatMap((answer) => answer.conversations.map(({ id }) => id))).toEqual([0, 3, 1, 2, 4].map((i) => people[i]))
    expect(answers.flatMap((answer) => answer.pages.map(({ conversation, page }) => [people.indexOf(conversation), page])))
      .toEqual([[0, 2], [3, 1], [1, 0], [2, 0], [0, 1], [0, 0], [3, 0]])
    expect(answers.every((answer) => answer.pages.length <= 3 && answer.conversations.length <= 3)).toBe(true)
    expect(answers[0]).toMatchObject({ total: 222, newest: (await journal.read('journal.number', null)).n })
    expect(await fillAll(new Reader(journal), 1_000)).toHaveLength(1)
    await journal.close()
  })

  it('of an empty journal is empty; a cursor of nobody is refused; one of a journal that was forgotten ends', async () => {
    const journal = await openInlineDatabase()
    expect(await journal.read('journal.filling', { cursor: null, pages: 10 })).toEqual({
      conversations: [], pages: [], newest: 0, total: 0, epoch: expect.any(String),
    })
    for (const cursor of ['', 'last', 'first 1 a 1 1 1', 'rest 1 a x 1 1']) {
      await expect(journal.read('journal.filling', { cursor, pages: 10 })).rejects.toMatchObject({ code: 'bad-argument' })
    }
    for (const from of people) await receive(journal, from)
    const reader = new Reader(journal)
    const { next } = await reader.fill(null, 1)
    await journal.commit('journal.forget', null)
    await receive(journal, people[0])
    expect(await reader.fill(next!, 10)).not.toHaveProperty('next')
    await reader.followAll()
    await reader.expectWhole()
    await journal.close()
  })

  it('an answer of long messages ends early', async () => {
    const journal = await openInlineDatabase(':memory:')
    const message = (i: number) => ({ conversation: lan, id: `${i}`, from: lan, content: { kind: 'unsupported' as const, contentType: 'x'.repeat(60_000), size: 0 }, sentAt: i, now: i })
    await Promise.all(Array.from({ length: 400 }, (_, i) => journal.commit('journal.receive', { message: message(i) })))
    const reader = new Reader(journal)
    // 3 MB a page: three of eight in an answer.
    expect((await fillAll(reader, 1_000)).map(({ pages }) => pages.length)).toEqual([3, 3, 2])
    await reader.expectWhole()
    await journal.close()
  })

  it('says in its place what the disk has damaged, and leaves a gap where it has lost a message', async () => {
    const file = join(temporaryFolder(), 'damaged.db')
    const journal = await openInlineDatabase(file)
    await Promise.all(Array.from({ length: 120 }, () => receive(journal)))
    const db = new Db(file, migrations)
    db.run(`UPDATE messages SET content = '{"kind":"te' WHERE place = 7`)
    db.run('UPDATE messages SET fault = ? WHERE place = 8', '{')
    db.run('DELETE FROM messages WHERE place IN (50, 71, 119)')
    db.close()
    const { pages } = await journal.read('journal.filling', { cursor: null, pages: 10 })
    expect(pages.map(({ page, messages }) => [page, messages.length, messages.map((each, i) => (each ? -1 : i)).filter((i) => i >= 0)]))
      .toEqual([[2, 19, []], [1, 50, [0, 21]], [0, 50, []]])
    expect(pages[2]!.messages.slice(6, 9).map((each) => each?.content.kind)).toEqual(['text', 'unsupported', 'text'])
    await journal.close()
  })

  it('and then following is the whole journal, whatever changes meanwhile', { timeout: 120_000 }, () =>
    fc.assert(fc.asyncProperty(
      fc.array(fc.nat(110), { minLength: 1, maxLength: people.length }),
      fc.integer({ min: 1, max: 4 }),
      fc.infiniteStream(fc.record({ kind: fc.constantFrom('receive', 'send', 'receipt', 'read', 'draft', 'fill', 'fill', 'follow'), who: fc.nat(people.length - 1) })),
      async (sizes, pages, steps) => {
        const journal = await openInlineDatabase(':memory:')
        let now = noon
        const sent: { id: string; to: string }[] = []
        const step = async (kind: string, person: string) => {
          now += 7
          if (kind === 'receive') await receive(journal, person, now)
          if (kind === 'send') sent.push({ id: await send(journal, person, now), to: person })
          const last = sent[(now * 31) % (sent.length || 1)]
          if (kind === 'receipt' && last) await journal.commit('journal.receipt', { id: last.id, from: last.to, status: 'delivered', at: now, now })
          if (kind === 'read') await journal.commit('journal.read', { conversation: person, place: now % 97, now })
          if (kind === 'draft') await journal.commit('journal.draft', { conversation: person, text: `${now % 3}`, now })
        }
        for (const [i, size] of sizes.entries()) for (let k = 0; k < size; k++) await step(k % 3 ? 'receive' : 'send', people[i]!)
        const reader = new Reader(journal)
        let cursor: string | null | undefined = null
        for (const { kind, who } of steps) {
          if (kind === 'fill') cursor = (await reader.fill(cursor, pages)).next
          else await step(kind, people[who]!)
          if (cursor === undefined) break
        }
        await reader.followAll(17)
        await reader.expectWhole()
        await journal.close()
      }), { numRuns: 20 }))
})
