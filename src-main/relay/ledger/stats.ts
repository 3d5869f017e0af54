import type { FaultCode } from '../../contract/faults'

/** Upper bounds of the classes into which times are counted, in seconds. */
export const timeBounds: readonly number[] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** How long things took, counted by class: `counts[i]` of them were within `timeBounds[i]` and above the bound before. */
export interface TimesView {
  counts: number[]
  /** How many there were. */
  count: number
  /** Seconds, of all together. */
  sum: number
}

/** Counts times without keeping them. */
export class Times {
  readonly #counts: number[] = timeBounds.map(() => 0)
  #count = 0
  #sum = 0

  /** @param ms how long it took */
  add(ms: number): void {
    const seconds = ms / 1_000
    this.#count++
    this.#sum += seconds
    let i = 0
    while (i < timeBounds.length && timeBounds[i]! < seconds) i++
    if (i < timeBounds.length) this.#counts[i]!++
  }

  view(): TimesView {
    return { counts: [...this.#counts], count: this.#count, sum: this.#sum }
  }
}

/** What the thread of a database counts, as whoever watches asks for it. */
export interface LedgerStatsView {
  /** Writing the log and its fsync, one for each transaction. */
  commits: TimesView
  /** Verbs that shared them. */
  calls: number
  /** Transactions that were rolled back. */
  failures: number
  checkpoints: TimesView
  /** Pages of the write-ahead log that are not yet in the file. */
  logPages: number
  pageBytes: number
  pages: number
  /** Pages of the file that hold nothing at the moment. */
  freePages: number
  /** Why the last transaction failed; absent when it succeeded. */
  fault?: FaultCode
}

/** Counts of one database thread, from its start; they outlive a connection that is opened anew. */
export class LedgerStats {
  readonly commits = new Times()
  readonly checkpoints = new Times()
  calls = 0
  failures = 0
  fault: FaultCode | undefined
}
