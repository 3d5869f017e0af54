import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../../src-main/base/clock'
import type { StagedMessage } from '../../../src-main/relay/journal/import'
import { openInlineDatabase } from '../../fakes/database'
import { envelope, lan, mei, noon } from '../people'
import { Reader, type Journal } from './reader'

const wei = 'sip:wei@example.org'

async function journal(play: (journal: Journal) => Promise<void>, file?: string): Promise<void> {
  const ledger = await openInlineDatabase(file)
  await play(ledger)
  await ledger.close()
}

const old = (id: string, minutes: number, more: Partial<StagedMessage> = {}): StagedMessage => ({
  conversation: lan, id, from: lan, outgoing: false, content: { kind: 'text', text: `text ${id}` }, sentAt: noon + minutes * MINUTE, ...more,
})
const ours = (id: string, minutes: number, more: Partial<StagedMessage> = {}) => old(id, minutes, { from: mei, outgoing: true, ...more })
const unread = (id: string, minutes: number, more: Partial<StagedMessage> = {}) => old(id, minutes, { status: 'delivered', ...more })

let step = 0
const stage = (ledger: Journal, messages: StagedMessage[], name = 'backup', progress: unknown = step++) =>
  ledger.commit('journal.stage', { import: name, messages, progress, now: noon + 24 * HOUR })
async function mergeAll(ledger: Journal, limit?: number, name = 'backup') {
  for (;;) {
    const merged = await ledger.commit('journal.merge', { import: name, now: noon + 24 * HOUR, ...(limit && { limit }) })
    if (!merged.left) return merged
  }
}
const receive = (ledger: Journal, id: string, minutes: number, from = lan) => ledger.commit('journal.receive', {
  message: { conversation: from, id, from, content: { kind: 'text', text: `text ${id}` }, sentAt: noon + minutes * MINUTE, now: noon + minutes * MINUTE },
})
const send = (ledger: Journal, id: string, minutes: number, to = lan) => ledger.commit('journal.send', {
  message: { conversation: to, id, from: mei, content: { kind: 'text', text: `text ${id}` }, sentAt: noon + minutes * MINUTE, now: noon + minutes * MINUTE },
  put: { envelope: envelope(id, { from: mei, to, conversation: to }), lanes: ['network'] },
})
const page = (ledger: Journal, conversation = lan) => ledger.read('journal.page', { conversation, fromPlace: 0, limit: 10_000 })
const ids = async (ledger: Journal, conversation = lan) => (await page(ledger, conversation)).map(({ id }) => id).join(' ')
const conversation = async (ledger: Journal, id = lan) => (await ledger.read('journal.conversation', { conversation: id }))!
const imports = (ledger: Journal) => ledger.read('journal.imports', null)

/** What must hold in every conversation at every moment. */
async function expectSound(ledger: Journal): Promise<void> {
  for (const { id, count, readPlace, unread: counted, lastAt, last } of await ledger.read('journal.conversations', null)) {
    const messages = await page(ledger, id)
    expect(messages.map(({ place }) => place)).toEqual(Array.from({ length: count }, (_, i) => i))
    expect(messages.map(({ at }) => at)).toEqual(messages.map(({ at }) => at).sort((a, b) => a - b))
    const incoming = messages.filter(({ outgoing }) => !outgoing)
    expect(incoming.map(({ status }) => status)).toEqual(incoming.map(({ place }) => (place < readPlace ? 'displayed' : 'delivered')))
    expect(counted).toBe(incoming.filter(({ place }) => place >= readPlace).length)
    if (count) expect([lastAt, last?.id]).toEqual([messages.at(-1)!.at, messages.at(-1)!.id])
  }
}

describe('an import', () => {
  it('is seen by nobody while it is staged, and then as a conversation in the order of its times, equal ones as in the file', () =>
    journal(async (ledger) => {
      expect(await stage(ledger, [old('c', 3), ours('a', 1), old('x', 2, { conversation: wei, from: wei }), unread('d', 3, { name: 'Lan' }), old('b', 2)]))
        .toEqual({ staged: 5, known: 0 })
      expect(await ledger.read('journal.conversations', null)).toEqual([])
      expect(await ledger.read('journal.changes', { after: 0, limit: 10 })).toMatchObject({ changes: [], newest: 0 })
      expect(await mergeAll(ledger)).toMatchObject({ left: 0, merged: 5, known: 0, conversations: 2 })
      expect(await ids(ledger)).toBe('a b c d')
      expect(await conversation(ledger)).toMatchObject({ name: 'Lan', count: 4, readPlace: 3, unread: 1, lastAt: noon + 3 * MINUTE, last: { id: 'd' } })
      expect((await page(ledger)).map(({ status }) => status)).toEqual(['sent', 'displayed', 'displayed', 'delivered'])
      expect(await ids(ledger, wei)).toBe('x')
      expect((await ledger.read('journal.search', { text: 'text c', limit: 10 })).hits).toMatchObject([{ conversation: lan, place: 2 }])
      await expectSound(ledger)
    }))

  it('gives what comes after it new places and numbers, and the reader follows', () =>
    journal(async (ledger) => {
      const reader = new Reader(ledger)
      for (const minutes of [10, 20, 30, 40]) await receive(ledger, `live${minutes}`, minutes)
      await ledger.commit('journal.read', { conversation: lan, place: 2, now: noon })
      await reader.followAll()
      await stage(ledger, [old('o15', 15), ours('o35', 35), old('o25', 25), old('o5', 5), old('o26', 26), old('o50', 50)])
      await mergeAll(ledger)
      expect(await ids(ledger)).toBe('o5 live10 o15 live20 o25 o26 live30 o35 live40 o50')
      // What comes after the first unread message is unread, what comes before it is read.
      expect(await conversation(ledger)).toMatchObject({ readPlace: 6, unread: 3 })
      expect((await ledger.read('journal.search', { text: 'live30', limit: 1 })).hits).toMatchObject([{ place: 6 }])
      await expectSound(ledger)
      await reader.followAll(2)
      await reader.expectWhole()
    }))

  it('that is older moves a conversation as a whole; a newer one moves nothing', () =>
    journal(async (ledger) => {
      for (let i = 0; i < 30; i++) await (i % 3 ? receive(ledger, `l${i}`, 100 + i) : send(ledger, `l${i}`, 100 + i))
      const { n } = await ledger.read('journal.number', null)
      await stage(ledger, Array.from({ length: 50 }, (_, i) => old(`n${i}`, 200 + i)))
      await mergeAll(ledger, 7)
      const changed = (await ledger.read('journal.changes', { after: n, limit: 1_000 })).changes
      expect(changed.filter((each) => each.kind === 'message')).toHaveLength(50)
      await stage(ledger, Array.from({ length: 50 }, (_, i) => old(`o${i}`, i)))
      await mergeAll(ledger, 7)
      expect((await page(ledger)).map(({ id }) => id)).toEqual([
        ...Array.from({ length: 50 }, (_, i) => `o${i}`), ...Array.from({ length: 30 }, (_, i) => `l${i}`), ...Array.from({ length: 50 }, (_, i) => `n${i}`),
      ])
      await expectSound(ledger)
    }))

  it('is read but for its newest, when those were not read there', () =>
    journal(async (ledger) => {
      await stage(ledger, [unread('a', 1), old('b', 2), unread('c', 3), ours('d', 4), unread('e', 5), unread('f', 6)])
      // Cut into pieces it is the same.
      await mergeAll(ledger, 1)
      expect(await conversation(ledger)).toMatchObject({ readPlace: 4, unread: 2 })
      await stage(ledger, [unread('x', 1, { conversation: wei, from: wei }), old('y', 2, { conversation: wei, from: wei })], 'second')
      await mergeAll(ledger, 1, 'second')
      expect(await conversation(ledger, wei)).toMatchObject({ readPlace: 2, unread: 0 })
      await expectSound(ledger)
    }))

  it('of a conversation that was read to its end adds nothing unread before that', () =>
    journal(async (ledger) => {
      await receive(ledger, 'live', 10)
      await ledger.commit('journal.read', { conversation: lan, place: 1, now: noon })
      await stage(ledger, [unread('before', 5), unread('after', 15)])
      await mergeAll(ledger)
      expect(await conversation(ledger)).toMatchObject({ count: 3, readPlace: 2, unread: 1 })
      await expectSound(ledger)
    }))

  it('keeps what the other side calls itself, and a time from the future is now', () =>
    journal(async (ledger) => {
      await ledger.commit('journal.open', { conversation: lan, now: noon, name: 'Lan herself' })
      await stage(ledger, [old('a', 1, { name: 'someone' }), old('z', 10_000_000), ours('failed', 2, { status: 'failed' })])
      await mergeAll(ledger)
      expect(await conversation(ledger)).toMatchObject({ name: 'Lan herself', lastAt: noon + 24 * HOUR })
      expect((await page(ledger))[1]).toMatchObject({ status: 'failed', fault: { code: 'refused' } })
    }))

  it('twice is once: known in the journal, known in the staging, live meanwhile, or repeated after a crash', () =>
    journal(async (ledger) => {
      const messages = [old('a', 1), old('b', 2), old('c', 3)]
      expect(await stage(ledger, messages, 'first')).toEqual({ staged: 3, known: 0 })
      expect(await stage(ledger, [...messages, old('d', 4)], 'second', 7)).toEqual({ staged: 4, known: 0 })
      await stage(ledger, [...messages, old('d', 4)], 'second', 7)
      await receive(ledger, 'b', 2)
      expect(await imports(ledger)).toEqual([
        { import: 'first', progress: expect.any(Number), staged: 3, merged: 0, known: 0, conversations: 0 },
        { import: 'second', progress: 7, staged: 4, merged: 0, known: 0, conversations: 0 },
      ])
      expect(await mergeAll(ledger, 1, 'first')).toMatchObject({ merged: 2, known: 1 })
      expect(await mergeAll(ledger, 1, 'second')).toMatchObject({ merged: 1, known: 3 })
      expect(await stage(ledger, messages, 'third')).toEqual({ staged: 0, known: 3 })
      expect(await ids(ledger)).toBe('a b c d')
      await expectSound(ledger)
    }))

  it('that is ended leaves what was merged; one that nobody knows has nothing left', () =>
    journal(async (ledger) => {
      await stage(ledger, Array.from({ length: 12_000 }, (_, i) => old(`m${i}`, i / 100)), 'backup', { offset: 5, isMerging: true })
      expect(await imports(ledger)).toMatchObject([{ progress: { offset: 5, isMerging: true }, staged: 12_000 }])
      const { left } = await ledger.commit('journal.merge', { import: 'backup', now: noon, limit: 100 })
      expect(left).toBe(11_900)
      const lefts = []
      do lefts.push((await ledger.commit('journal.importDone', { import: 'backup' })).left)
      while (lefts.at(-1))
      expect(lefts).toEqual([6_900, 1_900, 0])
      expect(await imports(ledger)).toEqual([])
      expect((await conversation(ledger)).count).toBe(100)
      expect(await ledger.commit('journal.merge', { import: 'backup', now: noon })).toMatchObject({ left: 0 })
      expect(await ledger.commit('journal.importDone', { import: 'backup' })).toEqual({ left: 0 })
      // What was not merged is not known.
      expect(await stage(ledger, [old('m50', 0.5), old('m5000', 50)])).toEqual({ staged: 1, known: 1 })
      await ledger.commit('journal.forget', null)
      expect(await imports(ledger)).toEqual([])
    }))

  it('and live messages, read markers, fillings in any order: sound at every moment, and nothing lost', { timeout: 120_000 }, () => {
    const who = fc.constantFrom(lan, wei)
    const action = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('stage' as const), messages: fc.array(fc.record({
        minutes: fc.nat(60), how: fc.constantFrom('read', 'unread', 'ours'), person: who, again: fc.boolean(),
      }), { maxLength: 12 }) }) },
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('merge' as const), limit: fc.integer({ min: 1, max: 6 }) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('receive' as const, 'send' as const), person: who, after: fc.nat(3) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('read' as const), person: who, place: fc.nat(30) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('fill' as const, 'follow' as const) }) },
    )
    return fc.assert(fc.asyncProperty(fc.array(action, { maxLength: 40 }), (actions) => journal(async (ledger) => {
      const reader = new Reader(ledger)
      let cursor: string | null | undefined = null
      let minutes = 0
      let id = 0
      const live: Record<string, string[]> = { [lan]: [], [wei]: [] }
      const staged = new Map<string, StagedMessage & { row: number }>()
      const fill = async (pages: number) => {
        if (cursor !== undefined) cursor = (await reader.fill(cursor, pages)).next
      }
      const statuses = async () => Object.fromEntries((await Promise.all([lan, wei].map((each) => page(ledger, each)))).flat()
        .map((message) => [message.id, message.status]))
      for (const each of actions) {
        if (each.kind === 'stage') {
          const messages = each.messages.map(({ minutes: at, how, person, again }) => {
            const repeated = again ? [...staged.values()][at % (staged.size || 1)] : undefined
            const name = `m${id++}`
            const made = { conversation: person, from: person }
            return repeated ?? (how === 'ours' ? ours(name, at, { conversation: person }) : how === 'read' ? old(name, at, made) : unread(name, at, made))
          })
          for (const message of messages) if (!staged.has(message.id)) staged.set(message.id, { ...message, row: staged.size })
          await stage(ledger, messages)
        } else if (each.kind === 'merge') {
          const before = await statuses()
          await ledger.commit('journal.merge', { import: 'backup', now: noon + 24 * HOUR, limit: each.limit })
          expect(await statuses()).toMatchObject(before)
        } else if (each.kind === 'receive' || each.kind === 'send') {
          minutes += each.after
          const name = `live${id++}`
          live[each.person]!.push(name)
          await (each.kind === 'receive' ? receive : send)(ledger, name, minutes, each.person)
        } else if (each.kind === 'read') {
          await ledger.commit('journal.read', { conversation: each.person, place: each.place, now: noon })
        } else if (each.kind === 'fill') await fill(1)
        else if (cursor === undefined) await reader.follow(3)
        await expectSound(ledger)
      }
      if (staged.size) await mergeAll(ledger)
      await expectSound(ledger)
      for (const person of [lan, wei]) {
        const all = (await page(ledger, person)).map((message) => message.id)
        const mine = [...staged.values()].filter((one) => one.conversation === person)
        expect(all.filter((one) => !staged.has(one))).toEqual(live[person])
        expect(all.filter((one) => staged.has(one)).sort()).toEqual(mine.map((one) => one.id).sort())
      }
      while (cursor !== undefined) await fill(2)
      await reader.followAll()
      await reader.expectWhole()
      // Staged together, messages come in the order of their times, equal ones as in the file.
      await ledger.commit('journal.forget', null)
      await stage(ledger, [...staged.values()])
      if (staged.size) await mergeAll(ledger, 3)
      for (const person of [lan, wei]) {
        const inOrder = [...staged.values()].filter((one) => one.conversation === person).sort((a, b) => a.sentAt - b.sentAt || a.row - b.row)
        expect(await ids(ledger, person)).toBe(inOrder.map((one) => one.id).join(' '))
      }
      await expectSound(ledger)
    }, ':memory:')), { numRuns: 60 })
  })
})
