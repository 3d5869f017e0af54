import { backoff, type BackoffRange } from '../base/backoff'
import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import { readFailure } from './broken'
import type { Catalog } from './catalog'
import type { Feed } from './feed'
import { Keeper, Replaced, StoreFailure } from './keeper'
import { Nap } from './nap'
import type { RebuildReport } from './report'

export interface RebuildOptions {
  catalog: Catalog
  /** Which generation is built. */
  generation: number
  feed: Feed
  clock: Clock
  random: () => number
  range: BackoffRange
  report(report: RebuildReport): void
  /** It is whole: it may take the place of the one that is read. */
  onReady(): void
}

/** Fills another database beside the one that is read, from where it was when the page was killed. */
export class Rebuild {
  readonly generation: number
  readonly #options: RebuildOptions
  readonly #nap: Nap
  #keeper: Keeper | undefined
  #failures = 0
  #isStopped = false
  #isReady = false

  constructor(options: RebuildOptions) {
    this.generation = options.generation
    this.#options = options
    this.#nap = new Nap(options.clock)
  }

  /** The database, once it is whole. */
  get ready(): Keeper | undefined {
    return this.#isReady ? this.#keeper : undefined
  }

  /** Lets go of the database; what was written stays until it is swept. */
  stop(): void {
    this.#isStopped = true
    this.#nap.end()
    if (!this.#isReady) this.#keeper?.close()
  }

  /** Fills until it is whole or stopped; never rejects. */
  async run(): Promise<void> {
    while (!this.#isStopped && !this.#isReady) {
      try {
        await this.#fill()
      } catch (thrown) {
        await this.#recover(thrown)
      }
    }
  }

  async #fill(): Promise<void> {
    const { catalog, feed, report, onReady } = this.#options
    this.#keeper ??= await new Keeper(catalog.database(this.generation), this.generation, feed).open()
    const keeper = this.#keeper
    while (!this.#isStopped && !keeper.isComplete) {
      await keeper.fill(true)
      this.#failures = 0
      if (!this.#isStopped) report({ at: 'running', ...keeper.progress })
    }
    let isBehind = true
    while (!this.#isStopped && isBehind) isBehind = await keeper.follow()
    if (this.#isStopped) return
    this.#isReady = true
    onReady()
  }

  async #recover(thrown: unknown): Promise<void> {
    if (this.#isStopped) return
    const { catalog, clock, random, range, report } = this.#options
    const progress = this.#keeper?.progress ?? { done: 0, total: 0 }
    this.#keeper?.close()
    this.#keeper = undefined
    const failure = thrown instanceof StoreFailure ? readFailure(thrown.cause) : undefined
    if (thrown instanceof Replaced || failure?.isBroken) {
      // The catalog's change ends this one and begins another.
      await catalog.restartRebuild(this.generation).catch(() => {})
    }
    const wait = backoff(++this.#failures, random(), range)
    if (!(thrown instanceof Replaced)) {
      report({ at: 'failed', ...progress, fault: (failure?.fault ?? Fault.from(thrown)).view(), until: clock.now() + wait })
    }
    await this.#nap.for(wait)
  }
}
