import { backoff, type BackoffRange } from '../base/backoff'
import { MINUTE, SECOND, type Clock, type Timer } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import type { FaultView } from '../contract/faults'
import { Ahead } from './ahead'
import type { Carrier } from './carrier'
import { noCounts, type RelayCounts } from './counts'
import type { LaneName } from './envelope'
import { Lane, type LaneHost } from './lane'
import type { Ledger, Submission, Verbs } from './ledger/ledger'
import { OverdueTime } from './overdue'
import type { Final, RelayPolicy, Taken } from './policy'
import { keyOf, type LaneLimit, type Put, type QueueRow, type RowKey } from './queue/row'
import type { QueueVerbs } from './queue/verbs'

export interface RelayParts<V extends Verbs> {
  ledger: Ledger<V>
  clock: Clock
  /** From 0 up to 1. @default Math.random */
  random?: () => number
  log: Log
  policy?: RelayPolicy<V>
  /** How long a conversation waits after `retry` when the next hop does not say. @default from 2 s to 5 min */
  retry?: BackoffRange
  /** How much may wait in one lane. @default as much as there is room on the disk */
  limit?: LaneLimit
  /** What of long lanes is kept in memory beside the queue. @default 32 MB */
  ahead?: Ahead
}

export interface Attachment {
  /** The carrier takes no more; what it has not answered waits for the next one. */
  detach(): void
}

const EXPIRED: Final = { kind: 'failed', fault: { code: 'expired', text: 'it could not be delivered in time' } }
/** How often overdue rows are looked for, and how many are read at once. */
const SWEEP = MINUTE
const SWEPT = 256
/** How long a commit that failed (a full disk) waits for its next try. */
const RECOMMIT = { first: SECOND, longest: MINUTE }

/** Takes envelopes, keeps them, and hands them to the carriers of their lanes: the only way in or out. */
export class Relay<V extends Verbs & QueueVerbs = QueueVerbs> {
  readonly counts: RelayCounts = noCounts()
  readonly #ledger: Ledger<V>
  readonly #queue: Ledger<QueueVerbs>
  readonly #clock: Clock
  readonly #random: () => number
  readonly #log: Log
  readonly #policy: RelayPolicy<V>
  readonly #limit: LaneLimit | undefined
  readonly #lanes = new Map<LaneName, Lane>()
  readonly #host: LaneHost
  readonly #overdue: OverdueTime
  #flying = 0
  #settling = 0
  #sweep: Timer | undefined
  #sweeping = false
  #sweepAgain = false
  #stopped = false
  /** What was taken in this turn of the event loop. */
  #taken: { rows: Taken[]; gone: (() => void)[] } | undefined
  #quiet: (() => void) | undefined
  #forget: (() => void) | undefined

  constructor({ ledger, clock, random = Math.random, log, policy = {}, retry = { first: 2 * SECOND, longest: 5 * MINUTE }, limit, ahead = new Ahead() }: RelayParts<V>) {
    this.#ledger = ledger
    this.#queue = ledger as unknown as Ledger<QueueVerbs>
    this.#clock = clock
    this.#random = random
    this.#log = log
    this.#policy = policy
    this.#limit = limit
    this.#overdue = new OverdueTime(clock)
    this.#host = {
      clock, random, retry, ahead, overdue: this.#overdue,
      next: (lane, after, limit, conversation) =>
        this.#queue.read('queue.next', { lane, after, limit, ...(conversation !== undefined && { conversation }) }),
      settle: (row, outcome, gone) => this.#settle(row, outcome, gone),
      expire: (row, gone) => this.#expire(row, gone),
      retrying: (row, outcome, again) => {
        this.counts.retried++
        const submission = this.#policy.retrying?.(row, outcome, again)
        if (submission) void this.#commit(submission)
      },
      flying: (change) => {
        this.#flying += change
        this.#tellQuiet()
      },
      emptied: (lane) => {
        if (this.#lanes.get(lane.name) === lane) this.#lanes.delete(lane.name)
      },
    }
  }

  /** Starts looking for rows whose time has passed. Lanes start when a carrier attaches. */
  async start(): Promise<void> {
    this.#forget = this.#ledger.onRespawn(() => {
      for (const lane of this.#lanes.values()) lane.reread()
    })
    this.#sweep = this.#clock.every(SWEEP, () => {
      this.#overdue.look()
      void this.sweep()
    })
    await this.sweep()
  }

  /**
   * Resolves when the envelope is kept for all its lanes that have room, and for one at least: only then may it be acknowledged.
   * @throws Fault `disk-full`, `disk-broken`, `closed`, `mailbox-full`
   */
  submit(put: Put): Promise<void> {
    if (this.#stopped) return Promise.reject(new Fault('closed'))
    return this.#queue.commit('queue.put', { puts: [put], limit: this.#limit }).then(({ seqs: [seqs] }) => {
      const { envelope, lanes } = put
      const kept = this.#limit ? this.#kept(put, seqs!) : lanes.length
      for (let i = 0; i < lanes.length; i++) {
        const lane = seqs![i] ? this.#lanes.get(lanes[i]!) : undefined
        if (lane?.awake) lane.offer({ ...envelope, seq: seqs![i]!, lane: lanes[i]!, lanes: kept })
      }
    })
  }

  /** Rows that another verb put in its own transaction: their lanes are told. */
  adopt(rows: readonly QueueRow[]): void {
    for (const row of rows) this.#lanes.get(row.lane)?.offer(row)
  }

  /** Rows came into a lane that it was not told of. */
  reread(name: LaneName): void {
    this.#lanes.get(name)?.reread()
  }

  /** Lets go of rows that another verb is about to take out; false, and nothing is let go of, while a carrier or a commit has one. */
  letGo(rows: readonly RowKey[]): boolean {
    if (rows.map(({ lane, seq }) => this.#lanes.get(lane)?.release(seq) ?? true).every(Boolean)) return true
    for (const { lane } of rows) this.reread(lane)
    return false
  }

  /** Delivers the lane's rows over `carrier` until it is lost, detached or replaced by another. */
  attach(name: LaneName, carrier: Carrier): Attachment {
    if (this.#stopped) return { detach() {} }
    let lane = this.#lanes.get(name)
    if (!lane) this.#lanes.set(name, (lane = new Lane(name, this.#host)))
    return { detach: lane.attach(carrier) }
  }

  /** What waits in one lane goes on in another. */
  async inherit(from: LaneName, to: LaneName): Promise<void> {
    const { moved } = await this.#queue.commit('queue.inherit', { from, to })
    if (moved) this.#lanes.get(to)?.reread()
  }

  /** The lane is gone for good: everything in it fails, so that the senders are told. */
  async drop(name: LaneName, fault: FaultView): Promise<void> {
    for (;;) {
      const rows = await this.#queue.read('queue.next', { lane: name, after: 0, limit: SWEPT })
      const free = rows.filter((row) => this.#lanes.get(name)?.release(row.seq) ?? true)
      if (!free.length) return rows.length ? undefined : this.#queue.commit('queue.forget', { lane: name })
      await Promise.all(free.map((row) => new Promise<void>((gone) => this.#settle(row, { kind: 'failed', fault }, gone))))
      if (this.#stopped) return
    }
  }

  /** Fails what is overdue; runs by itself every minute. */
  async sweep(): Promise<void> {
    if (this.#stopped) return
    if (this.#sweeping) {
      // What has become overdue since that one read.
      this.#sweepAgain = true
      return
    }
    this.#sweeping = true
    this.#sweepAgain = false
    try {
      for (;;) {
        const rows = await this.#queue.read('queue.expired', { now: this.#overdue.now(), limit: SWEPT })
        const free = rows.filter((row) => this.#lanes.get(row.lane)?.release(row.seq) ?? true)
        await Promise.all(free.map((row) => new Promise<void>((gone) => this.#expire(row, gone))))
        if (!free.length || rows.length < SWEPT || this.#stopped) break
      }
    } catch (thrown) {
      this.#log.warn({ fault: Fault.from(thrown).view() }, 'overdue messages could not be looked for')
    } finally {
      this.#sweeping = false
    }
    if (this.#sweepAgain) await this.sweep()
  }

  /** Takes nothing more, waits for what is in flight and for its commits. @param within the longest wait, ms. @default 5_000 */
  async stop({ within = 5 * SECOND }: { within?: number } = {}): Promise<void> {
    this.#stopped = true
    this.#sweep?.cancel()
    this.#forget?.()
    for (const lane of this.#lanes.values()) lane.pause()
    if (this.#flying || this.#settling) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#quiet = resolve
      const timer = this.#clock.after(within, resolve)
      await promise
      timer.cancel()
    }
    for (const lane of this.#lanes.values()) lane.detach()
    this.#lanes.clear()
  }

  /** In how many lanes there was room. @throws Fault `mailbox-full` */
  #kept({ envelope, lanes }: Put, seqs: readonly number[]): number {
    let kept = 0
    for (const seq of seqs) if (seq) kept++
    if (kept === lanes.length) return kept
    if (!kept) {
      this.counts.full++
      throw new Fault('mailbox-full', { text: `too much waits for ${envelope.to}` })
    }
    this.counts.skipped += lanes.length - kept
    this.#log.warn({ to: envelope.to, id: envelope.id, kept, lanes: lanes.length }, 'a device has too much waiting and misses a message')
    return kept
  }

  #tellQuiet(): void {
    if (!this.#flying && !this.#settling) this.#quiet?.()
  }

  #settle(row: QueueRow, outcome: Final, gone: () => void): void {
    if (outcome.kind === 'taken') this.counts.delivered++
    else this.counts.failed++
    if (outcome.kind === 'taken' && this.#policy.taken) this.#take(row, gone, outcome.answer)
    else this.#keep(row, outcome, this.#policy.settled?.(row, outcome), gone)
  }

  #expire(row: QueueRow, gone: () => void): void {
    this.counts.expired++
    this.#keep(row, EXPIRED, this.#policy.expired?.(row) ?? this.#policy.settled?.(row, EXPIRED), gone)
  }

  #keep(row: QueueRow, { kind }: Final, submission: Submission<V> | undefined, gone: () => void): void {
    if (submission) void this.#commit(submission).then(gone)
    else if (kind === 'failed') void this.#commit({ verb: 'queue.fail', args: { row: keyOf(row) } }).then(gone)
    else this.#take(row, gone)
  }

  /** Rows that were taken in one turn of the event loop leave the queue by one verb. */
  #take(row: QueueRow, gone: () => void, answer?: string): void {
    if (!this.#taken) {
      const taken = this.#taken = { rows: [] as Taken[], gone: [] as (() => void)[] }
      this.#settling++
      setImmediate(() => {
        this.#taken = undefined
        // Nobody waits for it: what a crash leaves in the queue is delivered twice and known by its identity.
        const submission = this.#policy.taken?.(taken.rows) ?? { verb: 'queue.take' as const, args: { rows: taken.rows } }
        void this.#commit(submission, { patient: true }).then(() => {
          for (const tell of taken.gone) tell()
          this.#settling--
          this.#tellQuiet()
        })
      })
    }
    this.#taken.rows.push(answer === undefined ? keyOf(row) : { ...keyOf(row), answer })
    this.#taken.gone.push(gone)
  }

  /** Commits until it is committed: an outcome that is not kept would be delivered again after a restart. */
  async #commit(submission: Submission<V> | Submission<QueueVerbs>, options?: { patient: boolean }): Promise<void> {
    this.#settling++
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          const result = await this.#ledger.commit(submission.verb as string, submission.args as never, options)
          const { rows } = (result ?? {}) as { rows?: QueueRow[] }
          if (rows?.length) this.adopt(rows)
          this.#policy.committed?.(result)
          return
        } catch (thrown) {
          const fault = Fault.from(thrown)
          this.counts.recommits++
          this.#log.error({ verb: submission.verb, fault: fault.view(), attempt }, 'an outcome could not be kept')
          if (fault.code === 'closed' || this.#stopped) return
          await new Promise<void>((go) => void this.#clock.after(backoff(attempt, this.#random(), RECOMMIT), go))
        }
      }
    } finally {
      this.#settling--
      this.#tellQuiet()
    }
  }
}
