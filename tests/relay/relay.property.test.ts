import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DAY, MINUTE, SECOND } from '../../src-main/base/clock'
import { silentLog } from '../../src-main/base/log'
import type { DatabaseVerbs } from '../../src-main/database-verbs'
import type { Carrier, Outcome } from '../../src-main/relay/carrier'
import type { Envelope } from '../../src-main/relay/envelope'
import type { Ledger } from '../../src-main/relay/ledger/ledger'
import { keyOf, type QueueRow } from '../../src-main/relay/queue/row'
import { Relay } from '../../src-main/relay/relay'
import { HandClock } from '../fakes/clock'
import { openInlineDatabase, temporaryFolder } from '../fakes/database'
import { noon, put } from './people'

/** The first wait of the back-off, as `random` is 1. */
const FIRST = 2 * SECOND
const lanes = ['device:lan', 'device:wei'] as const
type LaneName = (typeof lanes)[number]

type Step =
  | { do: 'submit'; lane: number; conversation: number; lasts: number }
  | { do: 'repeat'; which: number }
  | { do: 'attach' | 'detach'; lane: number }
  | { do: 'answer'; lane: number; which: number; outcome: Outcome }
  | { do: 'wait'; ms: number }
  | { do: 'restart' }

const lane = fc.nat(lanes.length - 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('submit' as const), lane, conversation: fc.nat(2), lasts: fc.constantFrom(5 * SECOND, 30 * DAY, 30 * DAY, 30 * DAY) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('repeat' as const), which: fc.nat(50) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('attach' as const, 'attach' as const, 'detach' as const), lane }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('answer' as const), lane, which: fc.nat(3), outcome: fc.constantFrom<Outcome>(
    { kind: 'taken' }, { kind: 'taken' }, { kind: 'retry', fault: { code: 'busy' } }, { kind: 'retry', after: 90 * SECOND, fault: { code: 'busy' } },
    { kind: 'failed', fault: { code: 'refused' } }, { kind: 'lost' },
  ) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(SECOND, 10 * SECOND, 2 * MINUTE) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
)

/** What must be true of a relay, kept beside it in the plainest words. */
class Model {
  readonly clock = new HandClock(noon)
  /** In the order in which they were acknowledged. */
  readonly kept: { id: string; lane: LaneName; conversation: string; lasts: number }[] = []
  readonly ended = new Map<string, string>()
  /** Not before this time, unless somebody else attaches. */
  readonly notBefore = new Map<string, number>()
  readonly attached = new Map<LaneName, Hand>()
  /** A carrier that throws has only lost its connection as far as a lane can tell: what is wrong is gathered. */
  readonly wrong: string[] = []

  holds(truth: boolean, what: string): void {
    if (!truth) this.wrong.push(what)
  }

  waiting(lane: LaneName, conversation?: string) {
    return this.kept.filter((one) => one.lane === lane && !this.ended.has(one.id) && (conversation === undefined || one.conversation === conversation))
  }
}

class Hand implements Carrier {
  readonly flying: { id: string; conversation: string; hear: (outcome: Outcome) => void }[] = []

  constructor(readonly lane: LaneName, readonly model: Model, readonly always?: Outcome) {}

  deliver(envelopes: readonly Envelope[], hear: (place: number, outcome: Outcome) => void): void {
    const { model, lane } = this
    envelopes.forEach(({ id, conversation }, place) => {
      model.holds(model.attached.get(lane) === this, 'only who is attached is given anything')
      model.holds(!model.ended.has(id), `${id} has its outcome and is given again`)
      model.holds(!this.flying.some((one) => one.conversation === conversation), 'one in flight a conversation')
      model.holds(model.waiting(lane, conversation)[0]?.id === id, `${id} is given, and another waits before it`)
      model.holds(model.clock.now() >= (model.notBefore.get(id) ?? 0), `${id} was asked to wait`)
      this.flying.push({ id, conversation, hear: (outcome) => hear(place, outcome) })
      if (this.always) this.answer(this.flying.length - 1, this.always)
    })
  }

  answer(which: number, outcome: Outcome): void {
    const [one] = this.flying.splice(which, 1)
    if (!one) return
    if (outcome.kind === 'retry') this.model.notBefore.set(one.id, this.model.clock.now() + (outcome.after ?? FIRST))
    if (outcome.kind === 'lost') this.model.attached.delete(this.lane)
    one.hear(outcome)
  }
}

const turns = async (count = 12): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise<void>((go) => setImmediate(go))
}

async function play(steps: readonly Step[]): Promise<void> {
  const model = new Model()
  const { clock, attached } = model
  const file = `${temporaryFolder()}/model.db`
  const settle = (row: QueueRow, how: string) => {
    model.holds(!model.ended.has(row.id), `${row.id} has two outcomes`)
    model.ended.set(row.id, how)
  }
  let ledger: Ledger<DatabaseVerbs>
  let relay: Relay<DatabaseVerbs>
  const open = async () => {
    ledger = await openInlineDatabase(file)
    relay = new Relay<DatabaseVerbs>({
      ledger, clock, random: () => 1, log: silentLog,
      policy: {
        settled(row, outcome) {
          settle(row, outcome.kind === 'failed' ? outcome.fault.code : 'taken')
          return outcome.kind === 'taken' ? { verb: 'queue.take', args: { rows: [keyOf(row)] } } : { verb: 'queue.fail', args: { row: keyOf(row) } }
        },
        expired(row) {
          settle(row, 'expired')
          return { verb: 'queue.fail', args: { row: keyOf(row) } }
        },
      },
    })
    await relay.start()
  }
  const close = async () => {
    const stopping = relay.stop({ within: 0 })
    await clock.advance(0)
    await stopping
    await ledger.close()
    attached.clear()
  }
  const attach = (name: LaneName, always?: Outcome) => {
    // Who comes anew is given at once what an older one was to wait for.
    for (const one of model.waiting(name)) model.notBefore.delete(one.id)
    const hand = new Hand(name, model, always)
    attached.set(name, hand)
    const { detach } = relay.attach(name, hand)
    return Object.assign(hand, { detach })
  }
  const hands = new Map<LaneName, Hand & { detach(): void }>()
  await open()
  let made = 0
  for (const one of steps) {
    if (one.do === 'submit') {
      const name = lanes[one.lane]!
      const kept = { id: `m${++made}`, lane: name, conversation: `sip:c${one.conversation}@example.org`, lasts: clock.now() + one.lasts }
      model.kept.push(kept)
      await relay!.submit(put(kept.id, name, { conversation: kept.conversation, expiresAt: kept.lasts }))
    } else if (one.do === 'repeat') {
      // A sender that got no answer says it again; once it has its outcome the journal would know it.
      const kept = model.kept.filter(({ id }) => !model.ended.has(id))[one.which]
      if (kept) await relay!.submit(put(kept.id, kept.lane, { conversation: kept.conversation, expiresAt: kept.lasts }))
    } else if (one.do === 'attach') hands.set(lanes[one.lane]!, attach(lanes[one.lane]!))
    else if (one.do === 'detach') {
      const name = lanes[one.lane]!
      if (hands.get(name) === attached.get(name)) attached.delete(name)
      hands.get(name)?.detach()
      hands.delete(name)
    } else if (one.do === 'answer') attached.get(lanes[one.lane]!)?.answer(one.which, one.outcome)
    else if (one.do === 'wait') await clock.advance(one.ms)
    else {
      await close()
      hands.clear()
      await open()
    }
    await turns()
  }
  // Everybody comes and takes all: nothing may be left, and nothing without an outcome.
  for (const name of lanes) attach(name, { kind: 'taken' })
  for (let i = 0; i < 400 && model.kept.some(({ id }) => !model.ended.has(id)); i++) {
    await turns(4)
    if (i > 50) await clock.advance(10 * SECOND)
  }
  expect(model.kept.filter(({ id }) => !model.ended.has(id)), 'lost').toEqual([])
  for (const name of lanes) expect(await ledger!.read('queue.count', { lane: name })).toBe(0)
  for (const { id, lasts } of model.kept) {
    if (model.ended.get(id) === 'expired') expect(clock.now(), `${id} ran out before its time`).toBeGreaterThanOrEqual(lasts)
  }
  expect(model.wrong).toEqual([])
  await close()
}

it('whatever carriers answer and however often it starts again: in order, each with one outcome, none lost, none before its time', { timeout: 120_000 }, () =>
  fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), play), { numRuns: 60 }))
