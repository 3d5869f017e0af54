import { describe, expect, it } from 'vitest'
import { DAY } from '../../../src-main/base/clock'
import type { Letter } from '../../../src-main/relay/campaign/verbs'
import { keyOf, rowsOf } from '../../../src-main/relay/queue/row'
import { openInlineDatabase } from '../../fakes/database'
import { Reader, type Journal } from '../journal/reader'
import { envelope, mei, noon } from '../people'

const addressOf = (place: number) => `sip:guest${place}@example.org`
const letter = (place: number): Letter => {
  const id = `letter-${place}`
  const conversation = addressOf(place)
  return {
    place, message: { conversation, id, from: mei, content: { kind: 'text', text: `Dear ${place}` }, sentAt: noon, now: noon },
    put: { envelope: envelope(id, { from: mei, to: conversation, conversation }), lanes: ['network'] },
  }
}
const letters = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => letter(from + i))

async function campaign(count: number, play: (ledger: Journal) => Promise<void>, isStarted = true): Promise<void> {
  const ledger = await openInlineDatabase()
  await ledger.commit('campaign.begin', { id: 'party', words: 'Dear {name}', perMinute: 0, now: noon })
  await ledger.commit('campaign.add', { id: 'party', from: 0, recipients: Array.from({ length: count }, (_, i) => ({ address: addressOf(i), fields: { name: String(i) } })) })
  if (isStarted) await ledger.commit('campaign.start', { id: 'party' })
  await play(ledger)
  await ledger.close()
}
const hand = async (ledger: Journal, what: Letter[]) => {
  const { seqs, ...rest } = await ledger.commit('campaign.send', { id: 'party', letters: what })
  return { ...rest, rows: what.flatMap(({ put }, i) => (seqs[i] ? rowsOf(put, [seqs[i]]) : [])) }
}
const send = (ledger: Journal, from: number, to: number) => hand(ledger, letters(from, to))
const view = async (ledger: Journal) => (await ledger.read('campaign.view', { id: 'party' }))!
const recipients = (ledger: Journal, filter: 'all' | 'failed' | 'undelivered' | 'delivered', offset = 0, limit = 100) =>
  ledger.read('campaign.recipients', { id: 'party', filter, offset, limit })
const queued = async (ledger: Journal) => (await ledger.read('queue.next', { lane: 'network', after: 0, limit: 1_000 })).map(({ id }) => id)
const fails = async (ledger: Journal, id: string) => {
  const row = (await ledger.read('queue.next', { lane: 'network', after: 0, limit: 1_000 })).find((each) => each.id === id)!
  await ledger.commit('journal.settled', { row: keyOf(row), outcome: { kind: 'failed', fault: { code: 'unknown-recipient' } }, now: noon })
}
const takes = async (ledger: Journal, id: string) => {
  const row = (await ledger.read('queue.next', { lane: 'network', after: 0, limit: 1_000 })).find((each) => each.id === id)!
  await ledger.commit('journal.settled', { row: keyOf(row), outcome: { kind: 'taken' }, now: noon })
}

describe('a message to many', () => {
  it('hands each message to the queue with its row, once, however often it is said', () => campaign(5, async (ledger) => {
    const first = await send(ledger, 0, 3)
    expect(first).toMatchObject({ due: 2, state: 'running', rows: [{ id: 'letter-0' }, { id: 'letter-1' }, { id: 'letter-2' }] })
    expect((await send(ledger, 0, 3)).rows).toEqual(first.rows)
    await takes(ledger, 'letter-0')
    expect((await send(ledger, 0, 3)).rows.map(({ id }) => id)).toEqual(['letter-1', 'letter-2'])
    expect((await ledger.read('campaign.next', { id: 'party', limit: 10 })).recipients.map(({ place }) => place)).toEqual([3, 4])
    expect(await send(ledger, 3, 5)).toMatchObject({ due: 0, state: 'done' })
    expect(await queued(ledger)).toEqual(['letter-1', 'letter-2', 'letter-3', 'letter-4'])
    expect((await view(ledger)).counts).toMatchObject({ total: 5, waiting: 0, queued: 4, sent: 1 })
    const reader = new Reader(ledger)
    await reader.followAll()
    await reader.expectWhole()
    expect([...reader.messages.values()].map(({ id, place }) => `${id} ${place}`).sort()).toEqual([0, 1, 2, 3, 4].map((n) => `letter-${n} 0`))
  }))

  it('hands over nothing before it is started, after it was stopped, or of a place that is another', () => campaign(3, async (ledger) => {
    expect(await send(ledger, 0, 1)).toMatchObject({ rows: [], state: 'draft' })
    await ledger.commit('campaign.start', { id: 'party' })
    const other = { ...letter(1), place: 0 }
    expect((await hand(ledger, [other])).rows).toEqual([])
    await send(ledger, 0, 1)
    await ledger.commit('campaign.stop', { id: 'party' })
    expect(await send(ledger, 1, 3)).toMatchObject({ rows: [], due: 2, state: 'stopped' })
    expect((await ledger.read('campaign.next', { id: 'party', limit: 10 })).recipients).toEqual([])
    expect(await queued(ledger)).toEqual(['letter-0'])
    await ledger.commit('campaign.start', { id: 'party' })
    expect((await send(ledger, 1, 3)).state).toBe('done')
  }, false))

  it('crosses with every letter as it was said: words, times, headers', () => campaign(2, async (ledger) => {
    const what: Letter[] = letters(0, 2).map((each, i) => ({
      ...each, message: { ...each.message, content: { kind: 'text', text: i ? '新年快乐 🎇' : 'a\nb' }, now: noon + i },
      put: { ...each.put, envelope: { ...each.put.envelope, headers: [['Conversation-ID', `c${i}`], ['Subject', i ? 'x' : 'two\nlines']], body: new Uint8Array([i, 2, 3]) } },
    }))
    const { rows } = await hand(ledger, what)
    expect(await ledger.read('queue.next', { lane: 'network', after: 0, limit: 9 })).toEqual(rows)
    expect(rows.map(({ headers, body }) => [headers, [...body]])).toEqual(what.map(({ put: { envelope: { headers, body } } }) => [headers, [...body]]))
    expect(await ledger.read('journal.message', { conversation: addressOf(1), id: 'letter-1' })).toMatchObject({ content: { kind: 'text', text: '新年快乐 🎇' }, at: noon, sentAt: noon })
  }))

  it('is told by what has become of its messages', () => campaign(6, async (ledger) => {
    await send(ledger, 0, 5)
    for (const n of [0, 1, 2]) await takes(ledger, `letter-${n}`)
    await ledger.commit('journal.receipt', { id: 'letter-1', from: addressOf(1), status: 'delivered', at: noon, now: noon })
    await ledger.commit('journal.receipt', { id: 'letter-2', from: addressOf(2), status: 'displayed', at: noon, now: noon })
    await fails(ledger, 'letter-3')
    expect((await view(ledger)).counts).toEqual({ total: 6, waiting: 1, queued: 1, sent: 1, failed: 1, delivered: 1, displayed: 1 })
    const places = async (filter: Parameters<typeof recipients>[1]) => (await recipients(ledger, filter)).map(({ place }) => place)
    expect(await places('all')).toEqual([0, 1, 2, 3, 4, 5])
    expect(await places('failed')).toEqual([3])
    expect(await places('delivered')).toEqual([1, 2])
    expect(await places('undelivered')).toEqual([0, 3, 4, 5])
    expect((await recipients(ledger, 'undelivered', 1, 2)).map(({ place }) => place)).toEqual([3, 4])
    expect((await recipients(ledger, 'all', 3, 1))[0]).toEqual({ place: 3, address: addressOf(3), fields: { name: '3' }, status: 'failed', fault: { code: 'unknown-recipient' }, messagePlace: 0 })
    expect((await recipients(ledger, 'all', 5, 1))[0]).toEqual({ place: 5, address: addressOf(5), fields: { name: '5' }, status: 'waiting' })
  }))

  it('tries those that failed again under their own id, and nobody who got it', () => campaign(4, async (ledger) => {
    await send(ledger, 0, 4)
    for (const n of [0, 1, 2]) await fails(ledger, `letter-${n}`)
    await takes(ledger, 'letter-3')
    // Lan got it after all.
    await ledger.commit('journal.receipt', { id: 'letter-1', from: addressOf(1), status: 'delivered', at: noon, now: noon })
    expect(await ledger.commit('campaign.retry', { id: 'party' })).toBe(2)
    expect(await ledger.commit('campaign.retry', { id: 'party' })).toBe(0)
    expect((await view(ledger))).toMatchObject({ state: 'running', counts: { waiting: 2, sent: 1, delivered: 1 } })
    // And so did guest 2, before it went out again.
    await ledger.commit('journal.receipt', { id: 'letter-2', from: addressOf(2), status: 'displayed', at: noon, now: noon })
    expect(await send(ledger, 0, 4)).toMatchObject({ rows: [{ id: 'letter-0' }], due: 0, state: 'done' })
    expect((await view(ledger)).counts).toMatchObject({ queued: 1, sent: 1, delivered: 1, displayed: 1, failed: 0 })
    expect(await queued(ledger)).toEqual(['letter-0'])
    expect((await ledger.read('journal.conversation', { conversation: addressOf(0) }))!.count).toBe(1)
  }))

  it('that was stopped tries again for those it failed for, and for nobody else until it is gone on with', () => campaign(4, async (ledger) => {
    await send(ledger, 0, 2)
    await fails(ledger, 'letter-0')
    await ledger.commit('campaign.stop', { id: 'party' })
    expect(await ledger.commit('campaign.retry', { id: 'party' })).toBe(1)
    expect((await ledger.read('campaign.next', { id: 'party', limit: 10 })).recipients.map(({ place }) => place)).toEqual([0])
    expect(await send(ledger, 0, 4)).toMatchObject({ rows: [{ id: 'letter-0' }, { id: 'letter-1' }], due: 0, state: 'stopped' })
    expect((await view(ledger)).counts).toMatchObject({ waiting: 2, queued: 2 })
    expect((await send(ledger, 0, 4)).rows.map(({ id }) => id)).toEqual(['letter-0', 'letter-1'])
    expect(await ledger.commit('campaign.start', { id: 'party' })).toMatchObject({ state: 'running' })
    expect(await send(ledger, 2, 4)).toMatchObject({ due: 0, state: 'done' })
  }))

  it('is forgotten without its messages, and not while it runs; drafts that nobody started go by themselves', () => campaign(2, async (ledger) => {
    expect(await ledger.commit('campaign.forget', { id: 'party' })).toBe(false)
    await send(ledger, 0, 2)
    expect(await ledger.commit('campaign.forget', { id: 'party' })).toBe(true)
    expect(await ledger.read('campaign.views', null)).toEqual([])
    expect(await queued(ledger)).toHaveLength(2)
    await ledger.commit('campaign.begin', { id: 'old', words: 'x', perMinute: 0, now: noon })
    await ledger.commit('campaign.begin', { id: 'young', words: 'x', perMinute: 0, now: noon + DAY })
    await ledger.commit('campaign.tidy', { before: noon + 1 })
    expect([await ledger.read('campaign.view', { id: 'old' }), await ledger.read('campaign.view', { id: 'young' })]).toMatchObject([null, { state: 'draft' }])
    expect(await ledger.read('campaign.views', null)).toEqual([])
  }))
})

describe('conversations', () => {
  const isQuiet = async (ledger: Journal, n: number) => (await ledger.read('journal.conversation', { conversation: addressOf(n) }))!.isQuiet === true
  it('that were made for it are quiet until something else happens in them', () => campaign(7, async (ledger) => {
    await ledger.commit('journal.open', { conversation: addressOf(0), now: noon })
    await send(ledger, 0, 7)
    expect(await isQuiet(ledger, 0)).toBe(false)
    for (const n of [1, 2, 3, 4, 5]) expect(await isQuiet(ledger, n)).toBe(true)
    await ledger.commit('journal.receipt', { id: 'letter-1', from: addressOf(1), status: 'displayed', at: noon, now: noon })
    expect(await isQuiet(ledger, 1)).toBe(true)
    await ledger.commit('journal.receive', { message: { conversation: addressOf(1), id: 'answer', from: addressOf(1), content: { kind: 'text', text: 'Thanks!' }, sentAt: noon, now: noon } })
    await ledger.commit('journal.open', { conversation: addressOf(2), now: noon })
    const { message, put } = letter(3)
    await ledger.commit('journal.send', { message: { ...message, id: 'more' }, put: { ...put, envelope: { ...put.envelope, id: 'more' } } })
    await ledger.commit('journal.draft', { conversation: addressOf(4), text: 'By the way', now: noon })
    await ledger.commit('journal.draft', { conversation: addressOf(5), text: '', now: noon })
    expect(await Promise.all([1, 2, 3, 4, 5, 6].map((n) => isQuiet(ledger, n)))).toEqual([false, false, false, false, true, true])
    const reader = new Reader(ledger)
    await reader.followAll()
    await reader.expectWhole()
  }))

  it('stay quiet with the next message to many, and keep what stands in the composer', () => campaign(2, async (ledger) => {
    await ledger.commit('journal.open', { conversation: addressOf(0), now: noon })
    await ledger.commit('journal.draft', { conversation: addressOf(0), text: 'half a thought', now: noon })
    await send(ledger, 0, 2)
    await ledger.commit('campaign.begin', { id: 'second', words: 'x', perMinute: 0, now: noon })
    await ledger.commit('campaign.add', { id: 'second', from: 0, recipients: [{ address: addressOf(1), fields: {} }] })
    await ledger.commit('campaign.start', { id: 'second' })
    const { message, put } = letter(1)
    await ledger.commit('campaign.send', { id: 'second', letters: [{ place: 0, message: { ...message, id: 'second' }, put: { ...put, envelope: { ...put.envelope, id: 'second' } } }] })
    expect(await ledger.read('journal.conversation', { conversation: addressOf(1) })).toMatchObject({ isQuiet: true, count: 2 })
    expect(await ledger.read('journal.conversation', { conversation: addressOf(0) })).toMatchObject({ draft: 'half a thought', count: 1 })
  }))
})

describe('lists', () => {
  it('are kept, written anew, renamed and forgotten', async () => {
    const ledger = await openInlineDatabase()
    const members = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => ({ address: addressOf(from + i), fields: { name: `${from + i}` } }))
    const save = (id: string, from: number, to: number) => ledger.commit('lists.save', { id, name: id, from, members: members(from, to), now: noon })
    for (let time = 0; time < 2; time++) for (const from of [0, 2]) await save('family', from, from + 2)
    await save('work', 0, 1)
    expect(await ledger.read('lists.all', null)).toEqual([{ id: 'family', name: 'family', count: 4, changedAt: noon }, { id: 'work', name: 'work', count: 1, changedAt: noon }])
    expect(await ledger.read('lists.members', { id: 'family', from: 1, limit: 2 })).toEqual(members(1, 3))
    await save('family', 0, 1)
    await ledger.commit('lists.rename', { id: 'work', name: 'a job', now: noon + 1 })
    expect((await ledger.read('lists.all', null)).map(({ name, count }) => `${name} ${count}`)).toEqual(['a job 1', 'family 1'])
    await ledger.commit('lists.forget', { id: 'family' })
    expect(await ledger.read('lists.members', { id: 'family', from: 0, limit: 9 })).toEqual([])
    await ledger.commit('journal.forget', null)
    expect(await ledger.read('lists.all', null)).toEqual([])
    await ledger.close()
  })
})
