import type { Outcome } from './carrier'
import type { Submission, Verbs } from './ledger/ledger'
import type { QueueRow, RowKey } from './queue/row'

/** An outcome after which the row leaves its lane. */
export type Final = Extract<Outcome, { kind: 'taken' | 'failed' }>
/** A row that the next hop took, and what that said. */
export type Taken = RowKey & { answer?: string }

export type Retry = Extract<Outcome, { kind: 'retry' }>

/**
 * What a relay commits when something became of a row. Whenever the verb's result has `rows: QueueRow[]`, they were put by
 * it, and the relay hands them to their lanes.
 */
export interface RelayPolicy<V extends Verbs> {
  /** The row has its outcome. The verb must take it out of the queue. @default `queue.take`, or `queue.fail` without a receipt */
  settled?(row: QueueRow, outcome: Final): Submission<V> | undefined
  /**
   * Rows were taken, in one turn of the event loop. The verb must take them out of the queue; nobody waits for it.
   * @default `settled` for each
   */
  taken?(rows: readonly Taken[]): Submission<V>
  /** The row's time has passed. @default as settled by a failure with the fault `expired` */
  expired?(row: QueueRow): Submission<V> | undefined
  /** The next hop asked to wait; `again` is when it is tried again, ms. */
  retrying?(row: QueueRow, outcome: Retry, again: number): Submission<V> | undefined
  /** Hears what such a verb answered, for example the journal's number. */
  committed?(result: unknown): void
}
