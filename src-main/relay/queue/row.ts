import type { Envelope, LaneName } from '../envelope'

/** An envelope's place in one lane. Rows of a lane are worked off by `seq`. */
export interface QueueRow extends Envelope {
  /** Rises with every row of the file and is never given twice. */
  seq: number
  lane: LaneName
  /** How many lanes the envelope was put into; with more than one, it has failed only when none of them took it. */
  lanes: number
}

/**
 * How many bytes of bodies one reading of a lane brings at most, but for the last row: as much as 256 messages that a MESSAGE carries.
 * What brings that much was not all there is.
 */
export const MOST_READ = 16 * 1024 * 1024

/** Whether a reading of at most `limit` rows may have left some. */
export function mayBeMore(rows: readonly QueueRow[], limit: number): boolean {
  if (rows.length >= limit) return true
  let bytes = 0
  for (const { body } of rows) bytes += body.length
  return bytes >= MOST_READ
}

/** What names a row when it is settled. */
export type RowKey = Pick<QueueRow, 'seq' | 'lane' | 'from' | 'id' | 'lanes'>

export const keyOf = ({ seq, lane, from, id, lanes }: QueueRow): RowKey => ({ seq, lane, from, id, lanes })

/** A lane as it is stored. */
export interface LaneInfo {
  name: LaneName
  waiting: number
  /** `sentAt` of the oldest row, ms. */
  oldest?: number
}

/** What is committed together: one envelope and every lane that it goes to. Repeating it changes nothing. */
export interface Put {
  envelope: Envelope
  lanes: readonly LaneName[]
}

/** How much may wait in one lane. Receipts may be twice as many: they tell of messages that were taken. */
export interface LaneLimit {
  messages: number
  bytes: number
}

/** The rows that a put became; `seqs` as `queue.put` answered, one for each lane. */
export const rowsOf = ({ envelope, lanes }: Put, seqs: readonly number[]): QueueRow[] =>
  lanes.map((lane, i) => ({ ...envelope, seq: seqs[i]!, lane, lanes: lanes.length }))
