import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { keyOf } from '../../../src-main/relay/queue/row'
import { openInlineDatabase, temporaryFolder } from '../../fakes/database'
import { envelope, lan, mei, noon } from '../people'
import { Reader, type Journal } from './reader'

const group = 'sip:conf-garden@example.org'
const own = fc.constantFrom('a', 'b', 'c')
const step = fc.record({
  act: fc.oneof(
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('hear' as const, 'hear' as const, 'line' as const) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('say' as const, 'fail' as const, 'again' as const), id: own }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('echo' as const), id: own }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('read' as const), upTo: fc.integer({ min: 0, max: 20 }) }) },
  ),
  /** The clock may jump. */
  now: fc.integer({ min: -5, max: 5 }),
  /** Its answer was lost: it is done again, or the thread dies behind it first. */
  then: fc.constantFrom('goes on' as const, 'goes on' as const, 'goes on' as const, 'again' as const, 'again' as const, 'crash' as const),
})
type Act = { kind: string; id?: string; upTo?: number }

/** What everybody sees, and below it what only this computer knows. */
class Model {
  readonly placed: string[] = []
  readonly tail: string[] = []
  readonly failed = new Set<string>()
  readonly echoed = new Set<string>()
  readonly unread = new Set<string>()

  get order(): string[] {
    return [...this.placed, ...this.tail]
  }

  take({ kind, id = '', upTo = 0 }: Act, fresh: string): void {
    const known = this.order.includes(id)
    if (kind === 'hear' || kind === 'line') this.placed.push(fresh)
    if (kind === 'hear') this.unread.add(fresh)
    if (kind === 'say' && !known) this.tail.push(id)
    if (kind === 'echo' && !this.echoed.has(id)) {
      this.#drop(id)
      this.placed.push(id)
      this.failed.delete(id)
      this.echoed.add(id)
    }
    if (kind === 'fail' && this.tail.includes(id)) {
      this.#drop(id)
      this.placed.push(id)
      this.failed.add(id)
    }
    if (kind === 'again' && this.failed.delete(id)) {
      this.#drop(id)
      this.tail.push(id)
    }
    if (kind === 'read') for (const read of this.order.slice(0, upTo)) this.unread.delete(read)
  }

  #drop(id: string): void {
    for (const list of [this.placed, this.tail]) if (list.includes(id)) list.splice(list.indexOf(id), 1)
  }
}

async function act(journal: Journal, { kind, id = '', upTo = 0 }: Act, fresh: string, version: number, now: number): Promise<void> {
  const message = { conversation: group, id, from: mei, content: { kind: 'text', text: id } as const, sentAt: now, now }
  const put = { envelope: envelope(id, { from: mei, to: group, conversation: group }), lanes: ['network'] }
  switch (kind) {
    case 'hear': return void (await journal.commit('journal.receive', { message: { ...message, id: fresh, from: lan }, version: 1 }))
    case 'line': return void (await journal.commit('journal.group', {
      document: { conversation: group, state: 'partial', isWholeRoster: false, version, users: [], change: { what: 'icon', by: lan, at: now } }, self: mei, now,
    }))
    case 'say': return void (await journal.commit('journal.send', { message, put }))
    case 'echo': return void (await journal.commit('journal.copy', { message, version: 1 }))
    case 'again': return void (await journal.commit('journal.again', { conversation: group, id, put, now }))
    case 'read': return void (await journal.commit('journal.read', { conversation: group, place: upTo, now }))
    case 'fail': {
      const row = (await journal.read('queue.next', { lane: 'network', after: 0, limit: 99 })).find((each) => each.id === id)
      if (row) await journal.commit('journal.settled', { row: keyOf(row), outcome: { kind: 'failed', fault: { code: 'admins-only' } }, now })
    }
  }
}

async function expectAs(journal: Journal, model: Model): Promise<void> {
  const messages = await journal.read('journal.page', { conversation: group, fromPlace: 0, limit: 100 })
  expect(messages.map(({ id }) => id)).toEqual(model.order)
  expect(messages.map(({ place }) => place)).toEqual(messages.map((_, i) => i))
  expect(messages.every(({ at }, i) => i === 0 || at >= messages[i - 1]!.at)).toBe(true)
  expect(messages.filter(({ status }) => status === 'failed').map(({ id }) => id).sort()).toEqual([...model.failed].sort())
  const { unread, readPlace, count, lastAt } = (await journal.read('journal.conversation', { conversation: group }))!
  expect([count, unread, lastAt]).toEqual([messages.length, model.unread.size, messages.at(-1)?.at ?? lastAt])
  expect(messages.slice(0, readPlace).some(({ id }) => model.unread.has(id))).toBe(false)
}

it('a group has one order: that of its focus, with what waits for its place below it, whatever fails, is sent again, or dies', () =>
  fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
    const file = join(temporaryFolder(), 'journal.db')
    const model = new Model()
    let journal = await openInlineDatabase(file)
    await journal.commit('journal.group', { document: { conversation: group, state: 'full', isWholeRoster: true, version: 0, users: [] }, self: mei, now: noon })
    let reader = new Reader(journal)
    let version = 0
    for (const [i, { act: next, now, then }] of steps.entries()) {
      if (next.kind === 'line') version++
      const fresh = next.kind === 'line' ? `v${version}` : `m${i}`
      await act(journal, next, fresh, version, noon + i + now)
      model.take(next, fresh)
      if (then === 'crash') {
        await journal.close()
        journal = await openInlineDatabase(file)
        reader = Object.assign(new Reader(journal), { ...reader, journal })
      }
      if (then !== 'goes on') await act(journal, next, fresh, version, noon + i + now + 1)
      await expectAs(journal, model)
      if (i % 3 === 0) await reader.follow(4)
    }
    await reader.followAll(7)
    await reader.expectWhole()
    await journal.close()
  }), { numRuns: 30 }))
