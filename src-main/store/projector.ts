import { backoff, type BackoffRange } from '../base/backoff'
import { SECOND, type Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Change, ChangePage } from '../contract/message'
import { apply, appliedNumber, clear, type Batch } from './apply'
import { readFailure } from './broken'
import type { StoreDatabase } from './database'
import type { ProjectorReport } from './report'

/** The journal as the projector sees it. */
export interface Feed {
  changes(after: number, limit: number): Promise<ChangePage>
}

export interface ProjectorOptions {
  db: StoreDatabase
  feed: Feed
  clock: Clock
  random: () => number
  report: (report: ProjectorReport) => void
  range?: BackoffRange
}

/** Changes asked for at once. */
const ASK = 2_000
/** A backlog goes in by transactions this large at most: the more changes together, the more of them share a page. */
const LARGEST = 64_000
/** Fewer changes than this behind is not worth a progress bar. */
const BACKLOG = 500

interface Gathered extends Batch {
  more: boolean
  newest: number
}

/**
 * Keeps the store equal to the journal: asks for what comes after the number that the store holds, writes it, and waits to
 * be told of more. It holds no state that a crash could lose.
 */
export class Projector {
  readonly #options: ProjectorOptions
  #newest = 0
  /** The journal grew since it was last asked. */
  #isRung = false
  #isFilling = false
  #failures = 0
  #isStopped = false
  #wake: () => void = () => {}

  constructor(options: ProjectorOptions) {
    this.#options = options
    // Chromium may take the database away (a full disk, "clear data"): then it is filled again at once.
    options.db.on('close', () => this.#wake())
  }

  /** The journal's newest number is now `n`. */
  grew(n: number): void {
    this.#newest = Math.max(this.#newest, n)
    this.#isRung = true
    this.#wake()
  }

  stop(): void {
    this.#isStopped = true
    this.#wake()
  }

  /** Projects until stopped; never rejects. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#follow()
      } catch (thrown) {
        await this.#recover(thrown)
      }
    }
  }

  async #follow(): Promise<void> {
    const { db } = this.#options
    let goal = ASK
    let applied = await this.#stored(() => appliedNumber(db))
    let ahead: Promise<Gathered> | undefined
    while (!this.#isStopped) {
      this.#isRung = false
      const batch = await (ahead ?? this.#gather(applied, goal))
      ahead = undefined
      this.#newest = batch.newest
      if (batch.newest < applied) {
        await this.#stored(() => clear(db))
        applied = 0
        continue
      }
      this.#tell(applied)
      if (batch.upTo > applied) {
        if (batch.more) {
          // Read on while IndexedDB writes.
          goal = Math.min(goal * 2, LARGEST)
          ahead = this.#gather(batch.upTo, goal)
          ahead.catch(() => {})
        }
        const reached = await this.#stored(() => apply(db, batch))
        if (reached !== batch.upTo) ahead = undefined
        applied = reached
        if (reached < batch.upTo) continue
      }
      this.#failures = 0
      if (batch.more) continue
      goal = ASK
      this.#tell(applied)
      if (!this.#isRung) await this.#sleep(undefined)
      applied = await this.#stored(() => appliedNumber(db))
    }
  }

  async #gather(after: number, goal: number): Promise<Gathered> {
    const changes: Change[] = []
    let upTo = after
    for (;;) {
      const page = await this.#options.feed.changes(upTo, ASK)
      for (const change of page.changes) changes.push(change)
      // A journal that says "more" without going on would be asked for ever.
      const more = page.more && page.upTo > upTo
      upTo = Math.max(upTo, page.upTo)
      if (!more || changes.length >= goal || page.newest < after || this.#isStopped) {
        return { after, upTo: page.newest < after ? after : upTo, changes, more, newest: page.newest }
      }
    }
  }

  #tell(applied: number): void {
    const behind = this.#newest - applied
    if (behind > BACKLOG) this.#isFilling = true
    else if (behind <= 0) this.#isFilling = false
    this.#options.report({ at: this.#isFilling ? 'filling' : 'live', applied, newest: Math.max(this.#newest, applied) })
  }

  /** Marks what fails inside as the database's failure. */
  async #stored<T>(work: () => PromiseLike<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      throw new StoreFailure(thrown)
    }
  }

  async #recover(thrown: unknown): Promise<void> {
    const { db, clock, random, report, range = { first: 250, longest: 30 * SECOND } } = this.#options
    this.#failures++
    let fault = Fault.from(thrown)
    let isRebuilding = false
    if (thrown instanceof StoreFailure) {
      const failure = readFailure(thrown.cause)
      fault = failure.fault
      isRebuilding = failure.isBroken || this.#failures > 2
    }
    const wait = backoff(this.#failures, random(), range)
    report({ at: 'failed', fault: fault.view(), until: clock.now() + wait, isRebuilding })
    if (isRebuilding) {
      // Windows that read it let go of it by themselves; one that does not must not hold everything up.
      await Promise.race([db.delete({ disableAutoOpen: false }).catch(() => {}), this.#sleep(5 * SECOND)])
    }
    await this.#sleep(wait)
  }

  /** Until woken, or for `ms`. */
  async #sleep(ms: number | undefined): Promise<void> {
    if (this.#isStopped) return
    await new Promise<void>((resolve) => {
      const timer = ms === undefined ? undefined : this.#options.clock.after(ms, resolve)
      this.#wake = () => {
        // A failure is waited out whole: the journal's growing does not make a broken disk better.
        if (ms !== undefined && !this.#isStopped) return
        timer?.cancel()
        resolve()
      }
    })
    this.#wake = () => {}
  }
}

class StoreFailure extends Error {
  constructor(cause: unknown) {
    super('the store failed', { cause })
  }
}
