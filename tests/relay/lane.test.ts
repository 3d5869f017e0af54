import { describe, expect, it } from 'vitest'
import { silentLog } from '../../src-main/base/log'
import { DAY, MINUTE, SECOND } from '../../src-main/base/clock'
import type { DatabaseVerbs } from '../../src-main/database-verbs'
import { Ahead } from '../../src-main/relay/ahead'
import type { Carrier, Outcome } from '../../src-main/relay/carrier'
import { flag, type Envelope } from '../../src-main/relay/envelope'
import type { Ledger } from '../../src-main/relay/ledger/ledger'
import type { RelayPolicy } from '../../src-main/relay/policy'
import { Relay } from '../../src-main/relay/relay'
import { HandClock } from '../fakes/clock'
import { openInlineDatabase, temporaryFolder } from '../fakes/database'
import { lan, mei, noon, put } from './people'

const lane = 'device:lan'
const taken: Outcome = { kind: 'taken' }
const busy: Outcome = { kind: 'retry', fault: { code: 'busy' } }

/** A carrier that remembers what it was given and answers when told. */
class Hand implements Carrier {
  readonly got: Envelope[] = []
  readonly #open = new Map<string, (outcome: Outcome) => void>()
  most = 0

  readonly window?: number

  constructor(window?: number, readonly always?: (envelope: Envelope) => Outcome | undefined) {
    if (window !== undefined) this.window = window
  }

  deliver(envelopes: readonly Envelope[], hear: (place: number, outcome: Outcome) => void): void {
    envelopes.forEach((envelope, place) => {
      this.got.push(envelope)
      const outcome = this.always?.(envelope)
      if (outcome) return hear(place, outcome)
      this.#open.set(envelope.id, (answer) => hear(place, answer))
      this.most = Math.max(this.most, this.#open.size)
    })
  }

  get ids(): string[] {
    return this.got.map(({ id }) => id)
  }

  /** Resolves when the lane has heard it. */
  answer(id: string, outcome: Outcome = taken): Promise<void> {
    const answer = this.#open.get(id)
    if (!answer) throw new Error(`${id} is not in flight`)
    this.#open.delete(id)
    answer(outcome)
    return new Promise((go) => setImmediate(go))
  }
}

interface Scene { clock: HandClock; ledger: Ledger<DatabaseVerbs>; relay: Relay<DatabaseVerbs>; restart(): Promise<void> }

async function scene(play: (scene: Scene) => Promise<void>, policy: RelayPolicy<DatabaseVerbs> = {}, ahead = new Ahead()): Promise<void> {
  const file = `${temporaryFolder()}/lane.db`
  const clock = new HandClock(noon)
  const make = (ledger: Ledger<DatabaseVerbs>) => new Relay<DatabaseVerbs>({ ledger, clock, random: () => 1, log: silentLog, policy, ahead })
  const ledger = await openInlineDatabase(file)
  const self: Scene = {
    clock, ledger, relay: make(ledger),
    async restart() {
      await self.ledger.close()
      self.ledger = await openInlineDatabase(file)
      self.relay = make(self.ledger)
      await self.relay.start()
    },
  }
  await self.relay.start()
  await play(self)
  const stopping = self.relay.stop({ within: 0 })
  await clock.advance(0)
  await stopping
  await self.ledger.close()
}

/** The verbs that are read from now on. */
function readsOf(ledger: Ledger<DatabaseVerbs>): readonly string[] {
  const reads: string[] = []
  const { read } = ledger
  ledger.read = ((verb: never, args: never) => {
    reads.push(verb)
    return read.call(ledger, verb, args)
  }) as typeof ledger.read
  return reads
}

const count = (ledger: Ledger<DatabaseVerbs>) => ledger.read('queue.count', { lane })
const until = (condition: () => boolean | Promise<boolean>) => expect.poll(condition, { timeout: 5_000, interval: 2 }).toBe(true)
const settled = (ledger: Ledger<DatabaseVerbs>, waiting = 0) => until(async () => (await count(ledger)) === waiting)

describe('a lane', () => {
  it('keeps order within a conversation, one in flight, and does not let conversations wait for each other', () =>
    scene(async ({ relay, ledger }) => {
      for (const id of ['a1', 'a2', 'a3']) await relay.submit(put(id))
      await relay.submit(put('b1', lane, { conversation: 'sip:wei@example.org' }))
      const hand = new Hand()
      relay.attach(lane, hand)
      await until(() => hand.got.length === 2)
      expect(hand.ids).toEqual(['a1', 'b1'])
      await hand.answer('a1')
      await until(() => hand.got.length === 3)
      await hand.answer('a2')
      await until(() => hand.got.length === 4)
      expect(hand.ids).toEqual(['a1', 'b1', 'a2', 'a3'])
      await hand.answer('a3')
      await hand.answer('b1')
      await settled(ledger)
    }))

  it('hands over live rows without reading them again', () =>
    scene(async ({ relay, ledger }) => {
      const hand = new Hand(undefined, () => taken)
      relay.attach(lane, hand)
      await relay.submit(put('first'))
      await until(() => hand.got.length === 1)
      const reads = readsOf(ledger)
      const ids = Array.from({ length: 100 }, (_, i) => `live${i}`)
      await Promise.all(ids.map((id) => relay.submit(put(id))))
      await until(() => hand.got.length === 101)
      expect(hand.ids.slice(1)).toEqual(ids)
      expect(reads).toEqual([])
    }))

  /** The carrier has `first` while `ids` come; then it takes all of them. */
  const whatCameMeanwhile = async ({ relay, ledger }: Scene, ids: readonly string[]): Promise<{ got: string[]; reads: string[] }> => {
    const hand = new Hand(undefined, ({ id }) => (id === 'first' ? undefined : taken))
    relay.attach(lane, hand)
    await relay.submit(put('first'))
    await until(() => hand.got.length === 1)
    const reads = readsOf(ledger)
    await Promise.all(ids.map((id) => relay.submit(put(id))))
    await hand.answer('first')
    await until(() => hand.got.length === ids.length + 1)
    return { got: hand.ids.slice(1), reads: [...reads] }
  }
  const many = Array.from({ length: 1_000 }, (_, i) => `live${i}`)

  it('keeps in memory what comes faster than it is taken, while there is room', async () => {
    const ahead = new Ahead()
    const { left } = ahead
    await scene(async (self) => {
      const { got, reads } = await whatCameMeanwhile(self, many)
      expect(got).toEqual(many)
      expect(reads).toEqual([])
    }, {}, ahead)
    expect(ahead.left).toBe(left)
  })

  it('reads from the queue what there was no room for, in order, and gives back the room that it had', async () => {
    const ahead = new Ahead(200_000)
    await scene(async (self) => {
      const { got, reads } = await whatCameMeanwhile(self, many)
      expect(got).toEqual(many)
      expect(new Set(reads)).toEqual(new Set(['queue.next']))
    }, {}, ahead)
    expect(ahead.left).toBe(200_000)
  })

  it('gives back the room of what waits when the connection is lost', async () => {
    const ahead = new Ahead()
    const { left } = ahead
    await scene(async ({ relay }) => {
      const hand = new Hand()
      relay.attach(lane, hand)
      await relay.submit(put('first'))
      await until(() => hand.got.length === 1)
      await Promise.all(many.map((id) => relay.submit(put(id))))
      expect(ahead.left).toBeLessThan(left)
      await hand.answer('first', { kind: 'lost' })
      expect(ahead.left).toBe(left)
    }, {}, ahead)
  })

  it('honours a window of 32, in order', () =>
    scene(async ({ relay, ledger }) => {
      const ids = Array.from({ length: 100 }, (_, i) => `m${i}`)
      await Promise.all(ids.map((id) => relay.submit(put(id))))
      const hand = new Hand(32)
      relay.attach(lane, hand)
      await until(() => hand.got.length === 32)
      for (const id of ids) {
        await until(() => hand.ids.includes(id))
        await hand.answer(id)
      }
      await settled(ledger)
      expect(hand.most).toBe(32)
      expect(hand.ids).toEqual(ids)
    }))

  it.each([[undefined, 32], [48, 48]])('with room for %s at once has %i of as many conversations in flight, one of each', (atOnce, most) =>
    scene(async ({ relay, ledger }) => {
      const ids = Array.from({ length: 120 }, (_, i) => `m${i}`)
      await Promise.all(ids.map((id, i) => relay.submit(put(id, lane, { conversation: `sip:guest${i % 60}@example.org` }))))
      const hand = Object.assign(new Hand(), atOnce !== undefined && { atOnce })
      relay.attach(lane, hand)
      await until(() => hand.got.length === most)
      expect(new Set(hand.got.map(({ conversation }) => conversation)).size).toBe(most)
      for (let n = 0; n < ids.length; n++) {
        await until(() => hand.got.length > n)
        await hand.answer(hand.got[n]!.id)
      }
      await settled(ledger)
      expect(hand.most).toBe(most)
    }))

  it('lets a retry hold only its conversation, for longer each time', () =>
    scene(async ({ relay, ledger, clock }) => {
      const other = { conversation: 'sip:wei@example.org' }
      await relay.submit(put('a1'))
      await relay.submit(put('a2'))
      const hand = new Hand()
      relay.attach(lane, hand)
      await until(() => hand.got.length === 1)
      await hand.answer('a1', busy)
      for (const id of ['b1', 'b2']) {
        await relay.submit(put(id, lane, other))
        await until(() => hand.ids.includes(id))
        await hand.answer(id)
      }
      expect(hand.ids).toEqual(['a1', 'b1', 'b2'])
      await clock.advance(1.9 * SECOND)
      expect(hand.ids).toEqual(['a1', 'b1', 'b2'])
      await clock.advance(0.1 * SECOND)
      expect(hand.ids).toEqual(['a1', 'b1', 'b2', 'a1'])
      await hand.answer('a1', busy)
      await clock.advance(3.9 * SECOND)
      expect(hand.got).toHaveLength(4)
      await clock.advance(0.1 * SECOND)
      expect(hand.got).toHaveLength(5)
      await hand.answer('a1', { kind: 'retry', after: 30 * SECOND, fault: { code: 'busy' } })
      await clock.advance(29 * SECOND)
      expect(hand.got).toHaveLength(5)
      await clock.advance(1 * SECOND)
      await hand.answer('a1')
      await until(() => hand.ids.includes('a2'))
      await hand.answer('a2')
      await settled(ledger)
    }))

  it('reads past a held conversation, however much waits in it, and later delivers all of that in order', () =>
    scene(async ({ relay, ledger, clock }) => {
      const held = Array.from({ length: 1_000 }, (_, i) => `held${i}`)
      await Promise.all(held.map((id) => relay.submit(put(id))))
      await relay.submit(put('free', lane, { conversation: 'sip:wei@example.org' }))
      const hand = new Hand(undefined, ({ id }) => (id === 'held0' && clock.now() < noon + MINUTE
        ? { kind: 'retry', after: MINUTE, fault: { code: 'busy' } } : taken))
      relay.attach(lane, hand)
      await until(() => hand.ids.includes('free'))
      expect(hand.ids).toEqual(['held0', 'free'])
      await clock.advance(MINUTE)
      await settled(ledger)
      expect(hand.ids.slice(2)).toEqual(held)
    }))

  it('waits after a lost connection until a carrier attaches, and then begins with what was not taken', () =>
    scene(async ({ relay, ledger, clock }) => {
      for (const id of ['a', 'b', 'c']) await relay.submit(put(id))
      const first = new Hand()
      relay.attach(lane, first)
      await until(() => first.got.length === 1)
      await first.answer('a')
      await until(() => first.got.length === 2)
      await first.answer('b', { kind: 'lost' })
      await relay.submit(put('d'))
      await clock.advance(10 * MINUTE)
      expect(first.ids).toEqual(['a', 'b'])
      const second = new Hand(undefined, () => taken)
      relay.attach(lane, second)
      await settled(ledger)
      expect(second.ids).toEqual(['b', 'c', 'd'])
    }))

  it('delivers again over a newer attachment what the older has not answered, and believes a late answer', () =>
    scene(async ({ relay, ledger }) => {
      for (const id of ['a', 'b']) await relay.submit(put(id))
      const old = new Hand()
      const attachment = relay.attach(lane, old)
      await until(() => old.got.length === 1)
      const young = new Hand()
      relay.attach(lane, young)
      await until(() => young.got.length === 1)
      expect(young.ids).toEqual(['a'])
      attachment.detach() // of the older one: changes nothing
      await old.answer('a')
      await until(() => young.got.length === 2)
      await young.answer('a', { kind: 'lost' }) // the row is settled: nobody minds
      expect(young.ids).toEqual(['a', 'b'])
      await young.answer('b')
      await settled(ledger)
    }))

  it('keeps order across a restart', () =>
    scene(async (self) => {
      const ids = Array.from({ length: 600 }, (_, i) => `m${i}`)
      await Promise.all(ids.slice(0, 400).map((id) => self.relay.submit(put(id))))
      let some = 0
      const before = new Hand(8, () => (some++ < 100 ? taken : { kind: 'lost' }))
      self.relay.attach(lane, before)
      await settled(self.ledger, 300)
      await self.restart()
      await Promise.all(ids.slice(400).map((id) => self.relay.submit(put(id))))
      const after = new Hand(undefined, () => taken)
      self.relay.attach(lane, after)
      await settled(self.ledger)
      expect(after.ids).toEqual(ids.slice(100))
    }))

  it('lets unordered rows go beside others of their conversation', () =>
    scene(async ({ relay }) => {
      await relay.submit(put('text'))
      await relay.submit(put('receipt', lane, { flags: flag.receipt | flag.unordered }))
      const hand = new Hand()
      relay.attach(lane, hand)
      await until(() => hand.got.length === 2)
    }))

  it('hands rows that a verb put to their lanes, and a failed one to the policy once', async () => {
    const asked: string[] = []
    await scene(async ({ relay, ledger }) => {
      const sender = new Hand(undefined, () => taken)
      relay.attach('device:mei', sender)
      relay.attach(lane, new Hand(undefined, () => ({ kind: 'failed', fault: { code: 'bad-type' } })))
      await relay.submit(put('a'))
      await until(() => sender.got.length === 1)
      expect(sender.ids).toEqual(['failed a'])
      await settled(ledger)
      expect(asked).toEqual(['a bad-type'])
    }, {
      settled(row, outcome) {
        if (outcome.kind === 'taken') return undefined
        asked.push(`${row.id} ${outcome.fault.code}`)
        return { verb: 'queue.fail', args: { row, receipt: put(`failed ${row.id}`, 'device:mei', { from: lan, to: mei, flags: flag.receipt }) } }
      },
    })
  })

  it('fails what is overdue, whether or not a carrier is there', async () => {
    const failed: string[] = []
    await scene(async ({ relay, ledger, clock }) => {
      await relay.submit(put('short', lane, { expiresAt: noon + MINUTE }))
      await relay.submit(put('long'))
      await relay.submit(put('gone', 'device:away', { expiresAt: noon + MINUTE }))
      await clock.advance(MINUTE)
      await until(() => failed.length === 2)
      expect(failed.sort()).toEqual(['gone expired', 'short expired'])
      await settled(ledger, 1)
      const hand = new Hand(undefined, () => taken)
      await relay.submit(put('soon', lane, { expiresAt: noon + 2 * MINUTE }))
      clock.jump(MINUTE) // no sweep has run: the lane looks itself
      relay.attach(lane, hand)
      await settled(ledger)
      expect(hand.ids).toEqual(['long'])
      expect(failed).toContain('soon expired')
    }, {
      settled(row, outcome) {
        if (outcome.kind === 'failed') failed.push(`${row.id} ${outcome.fault.code}`)
        return undefined
      },
    })
  })

  it('does not believe a clock that jumps ahead until it has stayed there for an hour', async () => {
    const failed: string[] = []
    await scene(async ({ relay, clock, ledger }) => {
      await relay.submit(put('a'))
      clock.jump(365 * DAY)
      await clock.advance(59 * MINUTE)
      expect(failed).toEqual([])
      expect(await count(ledger)).toBe(1)
      await clock.advance(2 * MINUTE)
      await until(() => failed.length === 1)
    }, {
      settled(row, outcome) {
        if (outcome.kind === 'failed') failed.push(`${row.id} ${outcome.fault.code}`)
        return undefined
      },
    })
  })

  it('moves what waits to the lane that inherits it, which goes on at once', () =>
    scene(async ({ relay, ledger }) => {
      for (const id of ['a', 'b']) await relay.submit(put(id, 'account:lan'))
      const hand = new Hand(undefined, () => taken)
      relay.attach(lane, hand)
      await relay.submit(put('c'))
      await until(() => hand.got.length === 1)
      await relay.inherit('account:lan', lane)
      await settled(ledger)
      await until(() => hand.got.length === 3)
      expect(hand.ids).toEqual(['c', 'a', 'b'])
    }))

  it('fails everything of a lane that is dropped', async () => {
    const failed: string[] = []
    await scene(async ({ relay, ledger }) => {
      for (let i = 0; i < 300; i++) void relay.submit(put(`m${i}`))
      await settled(ledger, 300)
      await relay.drop(lane, { code: 'unknown-recipient' })
      expect(await count(ledger)).toBe(0)
      expect(failed).toHaveLength(300)
    }, {
      settled(row, outcome) {
        if (outcome.kind === 'failed') failed.push(row.id)
        return undefined
      },
    })
  })

  it('stops when what is in flight is answered and kept, and takes nothing more', () =>
    scene(async ({ relay, ledger, clock }) => {
      await relay.submit(put('a'))
      await relay.submit(put('b'))
      const hand = new Hand()
      relay.attach(lane, hand)
      await until(() => hand.got.length === 1)
      let isOver = false
      const stopping = relay.stop().then(() => (isOver = true))
      await expect(relay.submit(put('c'))).rejects.toMatchObject({ code: 'closed' })
      await clock.advance(4 * SECOND)
      expect(isOver).toBe(false)
      await hand.answer('a')
      await stopping
      expect(hand.ids).toEqual(['a'])
      expect(await count(ledger)).toBe(1)
    }))
})
