import type { FaultDetail, FaultView } from './faults'

/** What main may be busy with for longer than a moment. */
/**
 * Of `upload` and `download` the detail names `conversation`, `message` (its id), `file` (its index there) and `name`; of an `upload`
 * for many `campaign` instead of the first two.
 */
/** Of `campaign` it names `campaign` (its id). */
export const jobKinds = ['import', 'check', 'index', 'upload', 'download', 'campaign'] as const
export type JobKind = (typeof jobKinds)[number]

// running --> done | failed | cancelled
/** A long piece of work: what it is, how far it is, how it ended. The one way to show progress. */
export interface JobView {
  id: string
  kind: JobKind
  at: 'running' | 'done' | 'failed' | 'cancelled'
  /** In `unit`; never falls. */
  done: number
  /** Absent when nobody knows how much there is. */
  total?: number
  unit: 'bytes' | 'messages' | 'pages'
  startedAt: number
  /** Why it `failed`. */
  fault?: FaultView
  /** What the words about it need: a file's name, counts of what was found. */
  detail?: FaultDetail
}
