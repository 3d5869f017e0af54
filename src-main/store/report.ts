import type { FaultView } from '../contract/faults'

// running --> (swapped, and no longer told)
//    '--failed--> failed --tried again--> running
/** How far another database is that is filled beside the one that is read; `done` and `total` are messages. */
export interface RebuildReport {
  at: 'running' | 'failed'
  done: number
  total: number
  /** Why the last try failed; tried again at `until`, ms. */
  fault?: FaultView
  until?: number
}

/** How far the projection is: `applied` and `newest` are journal numbers. */
export type ProjectorReport = (
  /** Another page projects, or nothing is known yet. */
  | { at: 'waiting-turn' }
  /** What is read is not whole: at the first start, after a loss, or after a long absence. Counted in messages or changes. */
  | { at: 'filling'; done: number; total: number }
  | { at: 'live'; applied: number; newest: number }
  /** Tried again at `until`, ms; what is shown may be old. `isRebuilding`: the database was thrown away to be filled anew. */
  | { at: 'failed'; fault: FaultView; until: number; isRebuilding: boolean }
) & { rebuild?: RebuildReport }
