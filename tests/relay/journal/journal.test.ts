import { describe, expect, it } from 'vitest'
import { DAY, SECOND } from '../../../src-main/base/clock'
import type { DatabaseVerbs } from '../../../src-main/database-verbs'
import { readPayload } from '../../../src-main/rcs/content'
import type { Ledger } from '../../../src-main/relay/ledger/ledger'
import { keyOf, type Put } from '../../../src-main/relay/queue/row'
import { openInlineDatabase } from '../../fakes/database'
import { envelope, lan, mei, noon } from '../people'

type Journal = Ledger<DatabaseVerbs>

async function journal(play: (journal: Journal) => Promise<void>): Promise<void> {
  const ledger = await openInlineDatabase()
  await play(ledger)
  await ledger.close()
}

/** Mei is at this computer; Lan is the other side. */
const out = (id: string): Put => ({ envelope: envelope(id, { from: mei, to: lan, conversation: lan }), lanes: ['network'] })
const send = (ledger: Journal, id: string, { text = `text ${id}`, sentAt = noon, now = noon } = {}) =>
  ledger.commit('journal.send', { message: { conversation: lan, id, from: mei, content: { kind: 'text', text }, sentAt, now }, put: out(id) })
const receive = (ledger: Journal, id: string, { text = `text ${id}`, sentAt = noon, now = noon, from = lan, wantsDisplay = true, isCpim = true } = {}) =>
  ledger.commit('journal.receive', {
    message: { conversation: from, id, from, content: { kind: 'text', text }, sentAt, now }, wantsDisplay, isCpim,
    receipt: { envelope: envelope(`delivered ${id}`, { from: mei, to: from, conversation: from }), lanes: ['network'] },
  })
const receipt = (ledger: Journal, id: string, status: 'delivered' | 'displayed' | 'failed', { from = lan, at = noon } = {}) =>
  ledger.commit('journal.receipt', { id, from, status, at, now: at })
const message = async (ledger: Journal, id: string, conversation = lan) => (await ledger.read('journal.message', { conversation, id }))!
const conversation = async (ledger: Journal, id = lan) => (await ledger.read('journal.conversation', { conversation: id }))!
const waiting = (ledger: Journal) => ledger.read('queue.next', { lane: 'network', after: 0, limit: 1_000 })
const events = async (ledger: Journal, id: string) => (await ledger.read('journal.journey', { conversation: lan, id })).map(({ event, by }) => `${event} by ${by}`)

describe('sending', () => {
  it('keeps the message, its way out and the cleared draft together, once', () =>
    journal(async (ledger) => {
      await ledger.commit('journal.open', { conversation: lan, now: noon })
      await ledger.commit('journal.draft', { conversation: lan, text: 'Ho', now: noon })
      expect((await conversation(ledger)).draft).toBe('Ho')
      const first = await send(ledger, 'a', { text: 'Home yet?' })
      expect(first).toMatchObject({ place: 0, known: false, rows: [{ lane: 'network', id: 'a', lanes: 1, body: envelope('a').body }] })
      expect(await conversation(ledger)).not.toHaveProperty('draft')
      expect(await message(ledger, 'a')).toEqual({
        conversation: lan, place: 0, id: 'a', from: mei, outgoing: true, at: noon, sentAt: noon,
        content: { kind: 'text', text: 'Home yet?' }, status: 'queued',
      })
      const again = await send(ledger, 'a', { text: 'Home yet?' })
      expect(again).toEqual({ ...first, known: true })
      expect(await waiting(ledger)).toHaveLength(1)
      expect((await conversation(ledger)).count).toBe(1)
    }))

  it('leaves the draft beside a place', () =>
    journal(async (ledger) => {
      await ledger.commit('journal.open', { conversation: lan, now: noon })
      await ledger.commit('journal.draft', { conversation: lan, text: 'Ho', now: noon })
      const content = { kind: 'location', location: { latitude: 39.9, longitude: 116.4 } } as const
      await ledger.commit('journal.send', { message: { conversation: lan, id: 'p', from: mei, content, sentAt: noon, now: noon }, put: out('p') })
      expect(await message(ledger, 'p')).toMatchObject({ content, status: 'queued' })
      expect((await conversation(ledger)).draft).toBe('Ho')
    }))

  it('is sent when the network took it, and does not go out again when it is repeated after that', () =>
    journal(async (ledger) => {
      const { rows: [row] } = await send(ledger, 'a')
      await ledger.commit('journal.settled', { row: keyOf(row!), outcome: { kind: 'taken', answer: '202 Accepted' }, now: noon })
      await ledger.commit('journal.settled', { row: keyOf(row!), outcome: { kind: 'taken', answer: '202 Accepted' }, now: noon })
      expect((await message(ledger, 'a')).status).toBe('sent')
      expect(await events(ledger, 'a')).toEqual(['kept by this computer', 'sent by network'])
      expect((await send(ledger, 'a')).rows).toEqual([])
      expect(await waiting(ledger)).toEqual([])
    }))

  it('many that the network took are sent together: what is settled, or is more than sent already, stays as it is', () =>
    journal(async (ledger) => {
      const keys = []
      for (const id of ['a', 'b', 'c']) keys.push(keyOf((await send(ledger, id)).rows[0]!))
      await receipt(ledger, 'b', 'displayed')
      await ledger.commit('journal.settled', { row: keys[2]!, outcome: { kind: 'failed', fault: { code: 'refused' } }, now: noon })
      const rows = keys.map((key, i) => (i ? key : { ...key, answer: '202 Accepted' }))
      const { n } = await ledger.commit('journal.taken', { rows, now: noon })
      expect(await ledger.commit('journal.taken', { rows, now: noon })).toEqual({ n })
      expect(await Promise.all(['a', 'b', 'c'].map(async (id) => (await message(ledger, id)).status))).toEqual(['sent', 'displayed', 'failed'])
      expect(await ledger.read('journal.journey', { conversation: lan, id: 'a' })).toMatchObject([{ event: 'kept' }, { event: 'sent', answer: '202 Accepted' }])
      expect(await events(ledger, 'b')).toEqual(['kept by this computer', `displayed by ${lan}`, 'sent by network'])
      expect(await waiting(ledger)).toEqual([])
      expect((await ledger.read('journal.changes', { after: 0, limit: 100 })).upTo).toBe(n)
    }))

  it('fails with the reason, and can be sent again under its id', () =>
    journal(async (ledger) => {
      const { rows: [row] } = await send(ledger, 'a')
      const fault = { code: 'expired' } as const
      await ledger.commit('journal.settled', { row: keyOf(row!), outcome: { kind: 'failed', fault }, now: noon })
      expect(await message(ledger, 'a')).toMatchObject({ status: 'failed', fault })
      const { rows } = await ledger.commit('journal.again', { conversation: lan, id: 'a', put: out('a'), now: noon })
      expect(rows).toHaveLength(1)
      expect(await message(ledger, 'a')).not.toHaveProperty('fault')
      expect(await message(ledger, 'a')).toMatchObject({ status: 'queued', place: 0 })
      // Nothing but a failed message goes again: a repeat finds it waiting.
      expect((await ledger.commit('journal.again', { conversation: lan, id: 'a', put: out('a'), now: noon })).rows).toEqual(rows)
      expect(await events(ledger, 'a')).toEqual(['kept by this computer', 'expired by network', 'kept by this computer'])
    }))

  it('shows retries in the journey, the same one once', () =>
    journal(async (ledger) => {
      const { rows: [row] } = await send(ledger, 'a')
      for (const [at, code] of [[1, 'busy'], [2, 'busy'], [3, 'no-answer']] as const) {
        await ledger.commit('journal.retrying', { row: keyOf(row!), hop: { at, event: 'retry', by: 'network', fault: { code } } })
      }
      expect((await ledger.read('journal.journey', { conversation: lan, id: 'a' })).slice(1))
        .toEqual([{ at: 2, event: 'retry', by: 'network', fault: { code: 'busy' } }, { at: 3, event: 'retry', by: 'network', fault: { code: 'no-answer' } }])
    }))

  it('takes a copy of what another device of ours sent as sent', () =>
    journal(async (ledger) => {
      const copy = { message: { conversation: lan, id: 'c', from: mei, content: { kind: 'text', text: 'hi' } as const, sentAt: noon, now: noon } }
      expect(await ledger.commit('journal.copy', copy)).toMatchObject({ place: 0, known: false })
      expect(await ledger.commit('journal.copy', copy)).toMatchObject({ place: 0, known: true })
      expect(await message(ledger, 'c')).toMatchObject({ outgoing: true, status: 'sent' })
    }))
})

describe('receiving', () => {
  it('keeps the message and its receipt together, once', () =>
    journal(async (ledger) => {
      const first = await receive(ledger, 'a')
      expect(first).toMatchObject({ place: 0, known: false, unread: 1, rows: [{ id: 'delivered a' }] })
      await ledger.commit('queue.take', { rows: first.rows.map(keyOf) })
      expect(await receive(ledger, 'a')).toEqual({ n: first.n, place: 0, known: true, unread: 1, rows: [] })
      expect(await waiting(ledger)).toEqual([])
    }))

  it('tells messages of two senders with one id apart', () =>
    journal(async (ledger) => {
      await receive(ledger, 'a')
      expect(await receive(ledger, 'a', { from: 'sip:wei@example.org' })).toMatchObject({ known: false })
    }))

  it('gives place and time once: the earlier of now and the sent time, never before the last', () =>
    journal(async (ledger) => {
      await receive(ledger, 'late', { sentAt: noon - DAY, now: noon })
      await receive(ledger, 'live', { sentAt: noon, now: noon })
      await receive(ledger, 'later than live', { sentAt: noon - DAY, now: noon })
      await receive(ledger, 'from tomorrow', { sentAt: noon + DAY, now: noon + SECOND })
      await receive(ledger, 'clock set back', { sentAt: noon, now: noon - 3 * DAY })
      const page = await ledger.read('journal.page', { conversation: lan, fromPlace: 0, limit: 10 })
      expect(page.map(({ id, place, at }) => [id, place, at - noon])).toEqual([
        ['late', 0, -DAY], ['live', 1, 0], ['later than live', 2, 0], ['from tomorrow', 3, SECOND], ['clock set back', 4, SECOND],
      ])
      expect((await conversation(ledger)).lastAt).toBe(noon + SECOND)
    }))

  it('takes times that are none', () =>
    journal(async (ledger) => {
      for (const sentAt of [-5, NaN, 1e300, 0.5]) await receive(ledger, `t${sentAt}`, { sentAt, now: noon })
      expect((await ledger.read('journal.page', { conversation: lan, fromPlace: 0, limit: 10 })).map(({ at }) => at)).toEqual([0, noon, noon, noon])
    }))
})

describe('receipts', () => {
  it('only raise the status, and only from the recipient', () =>
    journal(async (ledger) => {
      await send(ledger, 'a')
      expect(await receipt(ledger, 'a', 'displayed', { from: 'sip:eve@example.org' })).toMatchObject({ counted: false })
      expect((await message(ledger, 'a')).status).toBe('queued')
      expect(await receipt(ledger, 'a', 'failed')).toMatchObject({ counted: true })
      expect(await message(ledger, 'a')).toMatchObject({ status: 'failed', fault: { code: 'refused' } })
      await receipt(ledger, 'a', 'delivered')
      expect(await message(ledger, 'a')).not.toHaveProperty('fault')
      await receipt(ledger, 'a', 'displayed')
      await receipt(ledger, 'a', 'delivered')
      await receipt(ledger, 'a', 'failed')
      expect(await message(ledger, 'a')).toMatchObject({ status: 'displayed' })
      expect(await events(ledger, 'a')).toEqual(
        ['kept by this computer', ...['failed', 'delivered', 'displayed'].map((event) => `${event} by ${lan}`)])
    }))

  it('that come before the message wait for it', () =>
    journal(async (ledger) => {
      await receipt(ledger, 'a', 'delivered')
      await receipt(ledger, 'a', 'displayed', { from: 'sip:eve@example.org' })
      await send(ledger, 'a')
      expect((await message(ledger, 'a')).status).toBe('delivered')
      expect(await events(ledger, 'a')).toEqual(['kept by this computer', `delivered by ${lan}`])
    }))

  const failure = (ledger: Journal, id: string, instead = out(id)) =>
    ledger.commit('journal.receipt', { id, from: lan, status: 'failed', at: noon, now: noon, fault: { code: 'bad-type' }, instead })

  it('put what goes instead of a refused form, once, also before the answer of the first is settled', () =>
    journal(async (ledger) => {
      const { rows: [first] } = await send(ledger, 'a')
      const { rows: [second] } = await failure(ledger, 'a')
      expect(second!.seq).toBeGreaterThan(first!.seq)
      expect(await message(ledger, 'a')).toMatchObject({ status: 'queued' })
      await ledger.commit('journal.settled', { row: keyOf(first!), outcome: { kind: 'taken' }, now: noon })
      expect((await waiting(ledger)).map(({ seq }) => seq)).toEqual([second!.seq])
      // The relay says the same of the first as the device did.
      expect((await failure(ledger, 'a')).rows.map(({ seq }) => seq)).toEqual([second!.seq])
      expect(await message(ledger, 'a')).toMatchObject({ status: 'queued' })
      await ledger.commit('journal.settled', { row: keyOf(second!), outcome: { kind: 'taken' }, now: noon })
      expect(await message(ledger, 'a')).toMatchObject({ status: 'sent' })
      expect((await failure(ledger, 'a')).rows).toEqual([])
      expect(await message(ledger, 'a')).toMatchObject({ status: 'failed', fault: { code: 'bad-type' } })
    }))

  it('put nothing instead of what another device has taken', () =>
    journal(async (ledger) => {
      const { rows: [row] } = await send(ledger, 'a')
      await ledger.commit('journal.settled', { row: keyOf(row!), outcome: { kind: 'taken' }, now: noon })
      await receipt(ledger, 'a', 'delivered')
      expect((await failure(ledger, 'a')).rows).toEqual([])
      expect(await message(ledger, 'a')).toMatchObject({ status: 'delivered' })
    }))

  it('do not come down to sent when the answer is later than the receipt', () =>
    journal(async (ledger) => {
      const { rows: [row] } = await send(ledger, 'a')
      await receipt(ledger, 'a', 'delivered')
      await ledger.commit('journal.settled', { row: keyOf(row!), outcome: { kind: 'taken' }, now: noon })
      expect((await message(ledger, 'a')).status).toBe('delivered')
      expect(await waiting(ledger)).toEqual([])
    }))

  it('of a row that carries no message of ours just leaves the queue', () =>
    journal(async (ledger) => {
      const { rows: [row] } = await receive(ledger, 'a')
      await ledger.commit('journal.settled', { row: keyOf(row!), outcome: { kind: 'failed', fault: { code: 'refused' } }, now: noon })
      expect(await waiting(ledger)).toEqual([])
      expect((await message(ledger, 'a')).status).toBe('delivered')
    }))
})

describe('reading', () => {
  const receipts = { from: mei, lane: 'network', expiresAt: noon + DAY }

  it('counts what is unread and sends the displayed receipts that were asked for, in their own form', () =>
    journal(async (ledger) => {
      for (const id of ['a', 'b']) await receive(ledger, id)
      await receive(ledger, 'plain', { isCpim: false })
      await receive(ledger, 'quiet', { wantsDisplay: false })
      await receive(ledger, 'last')
      await ledger.commit('queue.take', { rows: (await waiting(ledger)).map(keyOf) })
      expect((await conversation(ledger)).unread).toBe(5)
      const read = await ledger.commit('journal.read', { conversation: lan, place: 4, now: noon, receipts })
      expect(read.unread).toBe(1)
      expect(read.rows.map((row) => ({ ...row, seq: 0 }))).toEqual((await waiting(ledger)).map((row) => ({ ...row, seq: 0 })))
      const said = read.rows.map(({ contentType, body, from, to }) => {
        const { cpim, parts: [part] } = readPayload({ contentType, body })
        return [from, to, Boolean(cpim), part?.kind === 'imdn' && `${part.imdn.messageId} ${part.imdn.status}`]
      })
      expect(said).toEqual([[mei, lan, true, 'a displayed'], [mei, lan, true, 'b displayed'], [mei, lan, false, 'plain displayed']])
      expect((await message(ledger, 'quiet')).status).toBe('displayed')
      expect((await message(ledger, 'last')).status).toBe('delivered')
      expect(await conversation(ledger)).toMatchObject({ readPlace: 4, unread: 1 })
      // Going back changes nothing, and nobody is told twice.
      expect(await ledger.commit('journal.read', { conversation: lan, place: 2, now: noon, receipts })).toMatchObject({ n: read.n, rows: [] })
    }))

  it('says nothing when told so, and can put receipts together', () =>
    journal(async (ledger) => {
      for (const id of ['a', 'b', 'c', 'd', 'e']) await receive(ledger, id)
      expect((await ledger.commit('journal.read', { conversation: lan, place: 2, now: noon })).rows).toEqual([])
      const { rows } = await ledger.commit('journal.read', { conversation: lan, place: 5, now: noon, receipts: { ...receipts, together: 2 } })
      expect(rows.map(({ contentType, body }) => readPayload({ contentType, body }).parts.length)).toEqual([2, 1])
    }))

  it('does not count what one writes oneself', () =>
    journal(async (ledger) => {
      await send(ledger, 'mine')
      expect(await conversation(ledger)).toMatchObject({ count: 1, readPlace: 1, unread: 0 })
      await receive(ledger, 'hers')
      await send(ledger, 'mine again')
      expect(await conversation(ledger)).toMatchObject({ count: 3, readPlace: 1, unread: 1 })
      await ledger.commit('journal.read', { conversation: lan, place: 99, now: noon })
      expect(await conversation(ledger)).toMatchObject({ readPlace: 3, unread: 0 })
      expect(await ledger.read('journal.unread', { now: noon })).toBe(0)
    }))
})

describe('changes', () => {
  /** What the store does: applies page after page. */
  async function follow(ledger: Journal, limit: number, copy = { messages: new Map<string, unknown>(), conversations: new Map<string, unknown>(), n: 0 }) {
    for (;;) {
      const page = await ledger.read('journal.changes', { after: copy.n, limit })
      let last = copy.n
      for (const change of page.changes) {
        expect(change.n).toBeGreaterThan(last)
        last = change.n
        if (change.kind === 'message') copy.messages.set(`${change.message.conversation} ${change.message.place}`, change.message)
        else copy.conversations.set(change.conversation.id, change.conversation)
      }
      expect(page.upTo).toBeGreaterThanOrEqual(last)
      copy.n = page.upTo
      if (!page.more) return copy
    }
  }

  it('are followed in pages of any size, and end in what the journal has', () =>
    journal(async (ledger) => {
      const copy = await follow(ledger, 3)
      for (let i = 0; i < 40; i++) {
        await receive(ledger, `r${i}`, { from: i % 3 ? lan : 'sip:wei@example.org' })
        if (i % 4 === 0) await send(ledger, `s${i}`)
        if (i % 5 === 0) await receipt(ledger, `s${i - i % 20}`, 'delivered')
        if (i % 7 === 0) await ledger.commit('journal.read', { conversation: lan, place: Math.floor(i / 2), now: noon })
        if (i % 11 === 0) await follow(ledger, 3, copy)
      }
      await follow(ledger, 3, copy)
      const conversations = await ledger.read('journal.conversations', null)
      const messages = (await Promise.all(conversations.map(({ id }) => ledger.read('journal.page', { conversation: id, fromPlace: 0, limit: 1_000 })))).flat()
      expect([...copy.conversations.values()]).toEqual(expect.arrayContaining(conversations))
      expect(copy.conversations.size).toBe(conversations.length)
      expect([...copy.messages.values()]).toEqual(expect.arrayContaining(messages))
      expect(copy.messages.size).toBe(messages.length)
      expect(await follow(ledger, 1_000)).toMatchObject({ n: copy.n, messages: copy.messages, conversations: copy.conversations })
      expect((await ledger.read('journal.number', null)).n).toBe(copy.n)
      expect(await ledger.read('journal.changes', { after: copy.n, limit: 10 })).toEqual({ changes: [], epoch: expect.any(String), upTo: copy.n, more: false, newest: copy.n })
    }))

  it('say that the last message of a conversation has another status', () =>
    journal(async (ledger) => {
      await send(ledger, 'a')
      const { n } = await ledger.read('journal.number', null)
      await receipt(ledger, 'a', 'delivered')
      const { changes } = await ledger.read('journal.changes', { after: n, limit: 10 })
      expect(changes).toMatchObject([
        { kind: 'message', message: { id: 'a', status: 'delivered' } }, { kind: 'conversation', conversation: { last: { id: 'a', status: 'delivered' } } },
      ])
    }))

  it('begin again in another journal after everything is forgotten', () =>
    journal(async (ledger) => {
      await send(ledger, 'a', { text: 'secret' })
      const before = await ledger.read('journal.number', null)
      const after = await ledger.commit('journal.forget', null)
      expect(after.id).not.toBe(before.id)
      expect(after.n).toBe(0)
      expect(await ledger.read('journal.search', { text: 'secret', limit: 10 })).toEqual({ hits: [] })
      expect(await waiting(ledger)).toEqual([])
      expect(await send(ledger, 'a')).toMatchObject({ place: 0, known: false })
    }))
})
