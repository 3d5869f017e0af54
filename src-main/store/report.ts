import type { FaultView } from '../contract/faults'

/** How far the projection is: `applied` and `newest` are journal numbers. */
export type ProjectorReport =
  /** Another page projects, or nothing is known yet. */
  | { at: 'waiting-turn' }
  /** Behind the journal by a backlog: at the first start, after a rebuild, or after a long absence. */
  | { at: 'filling'; applied: number; newest: number }
  | { at: 'live'; applied: number; newest: number }
  /** Tried again at `until`, ms; what is shown may be old. `isRebuilding`: the database was thrown away to be filled anew. */
  | { at: 'failed'; fault: FaultView; until: number; isRebuilding: boolean }
