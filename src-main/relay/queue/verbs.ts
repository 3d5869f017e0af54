import type { LaneName } from '../envelope'
import type { Db } from '../ledger/db'
import { columns, count, keptOf, laneId, putRow, readRow, settle, waitingRows, type StoredPut, type StoredRow } from './rows'
import { rowsOf, type LaneInfo, type Put, type QueueRow, type RowKey } from './row'

const putRows = (db: Db, put: Put): QueueRow[] => rowsOf(put, putRow(db, put))

/** Repeats of these verbs change nothing and answer the same where it matters. */
export const queueVerbs = {
  /** Commits envelopes to their lanes; answers each lane's seq. One that waits already under (lane, from, id) stays as it is. */
  'queue.put': (db: Db, { puts }: { puts: readonly (Put | StoredPut)[] }): { seqs: number[][] } => ({
    seqs: puts.map((put) => putRow(db, put)),
  }),

  /** The rows of a lane, or of one conversation in it, after `after` (exclusive), in order. */
  'queue.next': (db: Db, { lane, after, limit, conversation }: {
    lane: LaneName
    after: number
    limit: number
    conversation?: string
  }): QueueRow[] => {
    const number = laneId(db, lane, false)
    if (number === undefined) return []
    const rows = conversation === undefined
      ? db.all<StoredRow>(`SELECT ${columns} FROM queue WHERE lane = ? AND seq > ? ORDER BY seq LIMIT ?`, number, after, limit)
      : db.all<StoredRow>(`SELECT ${columns} FROM queue WHERE lane = ? AND seq > ? AND conversation = ? ORDER BY seq LIMIT ?`,
        number, after, conversation, limit)
    return rows.map((row) => readRow(db, row))
  },

  /** Rows that the next hop took. */
  'queue.take': (db: Db, { rows }: { rows: readonly RowKey[] }): void => {
    for (const row of rows) settle(db, row, true)
  },

  /**
   * A row that its lane will never deliver. `last` when no lane took the envelope and none still has it waiting; only then
   * `receipt` is put, and `rows` are its rows.
   */
  'queue.fail': (db: Db, { row, receipt, more = [] }: {
    row: RowKey
    receipt?: Put
    /** Put whether or not it was the last, for example a tombstone in the same lane. */
    more?: readonly Put[]
  }): { last: boolean; rows: QueueRow[] } => {
    const how = settle(db, row, false)
    // A repeat after a crash finds the row gone, and what was put with it still there.
    if (how === 'gone') return { last: false, rows: [...(receipt ? [receipt] : []), ...more].flatMap((put) => waitingRows(db, put)) }
    const last = how === 'last'
    return { last, rows: [...(last && receipt ? [receipt] : []), ...more].flatMap((put) => putRows(db, put)) }
  },

  /** Rows whose time has passed, oldest first. Reads only. */
  'queue.expired': (db: Db, { now, limit }: { now: number; limit: number }): QueueRow[] =>
    db.all<StoredRow>(`SELECT ${columns} FROM queue WHERE expiresAt <= ? ORDER BY expiresAt, seq LIMIT ?`, now, limit)
      .map((row) => readRow(db, row)),

  /** Every lane in which something waits. */
  'queue.lanes': (db: Db, _args: null): LaneInfo[] => {
    const { waiting, names } = keptOf(db)
    return [...waiting].map(([lane, waits]) => {
      const oldest = db.get<{ sentAt: number }>('SELECT sentAt FROM queue WHERE lane = ? ORDER BY seq LIMIT 1', lane)?.sentAt
      return { name: names.get(lane)!, waiting: waits, ...(oldest !== undefined && { oldest }) }
    })
  },

  /** How many rows wait in a lane. */
  'queue.count': (db: Db, { lane }: { lane: LaneName }): number => {
    const number = laneId(db, lane, false)
    return number === undefined ? 0 : keptOf(db).waiting.get(number) ?? 0
  },

  /** Moves what waits in one lane to another, in order; what waits there already stays once. */
  'queue.inherit': (db: Db, { from, to }: { from: LaneName; to: LaneName }): { moved: number } => {
    const old = laneId(db, from, false)
    if (old === undefined || from === to) return { moved: 0 }
    const heir = laneId(db, to, true)!
    const { changes: moved } = db.run('UPDATE OR IGNORE queue SET lane = ? WHERE lane = ?', heir, old)
    const { changes: twice } = db.run('DELETE FROM queue WHERE lane = ?', old)
    count(db, heir, moved)
    count(db, old, -moved - twice)
    return { moved }
  },
}

export type QueueVerbs = typeof queueVerbs
