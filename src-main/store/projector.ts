import { backoff, type BackoffRange } from '../base/backoff'
import { SECOND, type Clock } from '../base/clock'
import { Fault } from '../base/faults'
import { readFailure } from './broken'
import type { Catalog, CatalogRow } from './catalog'
import type { Feed } from './feed'
import { Keeper, Replaced, stored, StoreFailure } from './keeper'
import { Nap } from './nap'
import { Rebuild } from './rebuild'
import type { ProjectorReport, RebuildReport } from './report'

export interface ProjectorOptions {
  catalog: Catalog
  feed: Feed
  clock: Clock
  random: () => number
  report: (report: ProjectorReport) => void
  range?: BackoffRange
}

/** What comes within a frame is applied together, in ms. */
const FRAME = 16
/** Fewer changes than this behind is not worth a progress bar. */
const BACKLOG = 500
/** How long windows have to let go of a database that is no longer read, in ms. */
const GRACE = 3 * SECOND

/**
 * Keeps the store equal to the journal: fills what is read, follows what is new, builds another database beside it when it is
 * asked to, and swaps. It holds no state that a crash could lose: what to do is in the catalog, how far it is in the database.
 */
export class Projector {
  readonly #options: ProjectorOptions
  readonly #range: BackoffRange
  readonly #nap: Nap
  #keeper: Keeper | undefined
  #rebuild: Rebuild | undefined
  #rebuildReport: RebuildReport | undefined
  #report: ProjectorReport = { at: 'waiting-turn' }
  #newest = 0
  /** The journal grew since it was last asked. */
  #isRung = false
  #isFilling = false
  /** Other journals' stores are swept once: two that are projected at the same time must not undo each other. */
  #isSwept = false
  #failures = 0
  #isStopped = false

  constructor(options: ProjectorOptions) {
    this.#options = options
    this.#range = options.range ?? { first: 250, longest: 30 * SECOND }
    this.#nap = new Nap(options.clock)
  }

  /** The journal's newest number is now `n`. */
  grew(n: number): void {
    this.#newest = Math.max(this.#newest, n)
    this.#isRung = true
    this.#nap.wake()
  }

  stop(): void {
    this.#isStopped = true
    this.#rebuild?.stop()
    this.#nap.end()
  }

  /** Projects until stopped; never rejects. */
  async run(): Promise<void> {
    const unwatch = this.#options.catalog.watch((row) => this.#heard(row))
    while (!this.#isStopped) {
      try {
        await this.#round()
      } catch (thrown) {
        await this.#recover(thrown)
      }
    }
    unwatch()
    this.#keeper?.close()
  }

  async #round(): Promise<void> {
    const keeper = (this.#keeper ??= await this.#open())
    const began = this.#options.clock.now()
    if (!keeper.isComplete) return this.#fill(keeper)
    const { ready } = this.#rebuild ?? {}
    if (ready) return this.#swap(keeper, ready)
    this.#isRung = false
    const isBehind = await keeper.follow()
    this.#failures = 0
    this.#newest = keeper.newest
    this.#tell(keeper)
    if (isBehind) return
    if (!this.#isRung) await this.#nap.untilWoken()
    await this.#nap.for(began + FRAME - this.#options.clock.now())
  }

  async #open(): Promise<Keeper> {
    const { catalog, feed } = this.#options
    const row = await stored(() => catalog.ensure())
    const keeper = await new Keeper(catalog.database(row.reading), row.reading, feed).open()
    // Whoever had the turn before may have died after a commit and before it told of it.
    catalog.announce(keeper.db)
    // Chromium may take the database away (a full disk, "clear data"): then it is filled again at once.
    keeper.db.on('close', () => this.#leave(keeper))
    this.#build(row)
    this.#sweep()
    if (!this.#isSwept) catalog.sweepOthers().catch(() => {})
    this.#isSwept = true
    return keeper
  }

  async #fill(keeper: Keeper): Promise<void> {
    const isRung = this.#isRung
    await keeper.fill(!isRung)
    if (isRung && !keeper.hasAhead) {
      this.#isRung = false
      while (!this.#isStopped && (await keeper.follow()));
    }
    this.#failures = 0
    this.#newest = Math.max(this.#newest, keeper.newest)
    if (keeper.isComplete) {
      const { done } = keeper.progress
      await stored(() => this.#options.catalog.filled(keeper.generation, done))
    } else this.#say({ at: 'filling', ...keeper.progress })
  }

  async #swap(from: Keeper, to: Keeper): Promise<void> {
    // What windows have seen must not go away again.
    while (!this.#isStopped && ((await to.follow()) || to.applied < from.applied));
    if (this.#isStopped) return
    const { done } = to.progress
    const isSwapped = await stored(() => this.#options.catalog.swap(to.generation, done))
    this.#rebuild = undefined
    this.#rebuildReport = undefined
    if (!isSwapped) return to.close()
    this.#keeper = to
    to.db.on('close', () => this.#leave(to))
    from.close()
    this.#options.clock.after(GRACE, () => this.#sweep())
  }

  /** The database is no longer ours: the catalog says which one is. */
  #leave(keeper: Keeper): void {
    if (this.#keeper !== keeper) return
    this.#keeper = undefined
    this.#nap.wake()
  }

  #heard(row: CatalogRow | undefined): void {
    const keeper = this.#keeper
    if (!keeper) return
    if (row?.reading !== keeper.generation) {
      // Already swapped, but told late, or lost with everything else.
      void this.#options.catalog.row().then((now) => now?.reading !== keeper.generation && keeper.close(), () => {})
      return
    }
    this.#build(row)
  }

  /** Builds what the catalog asks for, and nothing else. */
  #build({ building }: CatalogRow): void {
    if (building === this.#rebuild?.generation) return
    const { catalog, feed, clock, random } = this.#options
    const isCancelled = this.#rebuild !== undefined
    this.#rebuild?.stop()
    this.#rebuild?.ready?.close()
    this.#rebuild = this.#rebuildReport = undefined
    if (building !== undefined) {
      const report = (next: RebuildReport) => {
        if (this.#rebuild !== rebuild) return
        this.#rebuildReport = next
        this.#say(this.#report)
      }
      const rebuild = new Rebuild({ catalog, generation: building, feed, clock, random, range: this.#range, report, onReady: () => this.#nap.wake() })
      this.#rebuild = rebuild
      report({ at: 'running', done: 0, total: 0 })
      void rebuild.run()
    } else this.#say(this.#report)
    if (isCancelled) this.#sweep()
  }

  #sweep(): void {
    if (!this.#isStopped) this.#options.catalog.sweep().catch(() => {})
  }

  #tell(keeper: Keeper): void {
    const { applied } = keeper
    const behind = this.#newest - applied
    if (behind > BACKLOG) this.#isFilling = true
    else if (behind <= 0) this.#isFilling = false
    const newest = Math.max(this.#newest, applied)
    this.#say(this.#isFilling ? { at: 'filling', done: applied, total: newest } : { at: 'live', applied, newest })
  }

  #say(report: ProjectorReport): void {
    const { rebuild: _, ...rest } = report
    this.#report = rest
    this.#options.report(this.#rebuildReport ? { ...rest, rebuild: this.#rebuildReport } : rest)
  }

  async #recover(thrown: unknown): Promise<void> {
    const { clock, random } = this.#options
    if (this.#isStopped) return
    const keeper = this.#keeper
    this.#keeper = undefined
    keeper?.close()
    if (thrown instanceof Replaced) {
      await this.#startAnew()
      return
    }
    this.#failures++
    let fault = Fault.from(thrown)
    let isRebuilding = false
    if (thrown instanceof StoreFailure) {
      const failure = readFailure(thrown.cause)
      fault = failure.fault
      // A full disk is not made emptier by throwing away what windows read: it is waited for.
      isRebuilding = failure.isBroken || (this.#failures > 2 && fault.code !== 'disk-full')
    }
    const wait = backoff(this.#failures, random(), this.#range)
    this.#say({ at: 'failed', fault: fault.view(), until: clock.now() + wait, isRebuilding })
    if (isRebuilding) await this.#startAnew()
    await this.#nap.for(wait)
  }

  async #startAnew(): Promise<void> {
    const { catalog } = this.#options
    await catalog.startAnew().catch(() => catalog.remove()).catch(() => {})
  }
}
