import type { LaneName } from '../envelope'
import type { Db } from '../ledger/db'
import { columns, count, keptOf, laneId, putRow, putWithin, queueTables, readRow, settle, waitingRows, type StoredPut, type StoredRow } from './rows'
import { depthByKind, forgetLane, inherited, type KindDepth } from './depth'
import { sweepPayloads } from './shared'
import { MOST_READ, rowsOf, type LaneInfo, type LaneLimit, type Put, type QueueRow, type RowKey } from './row'

/** How many rows one statement reads: they may be large. */
const STEP = 32

const putRows = (db: Db, put: Put): QueueRow[] => rowsOf(put, putRow(db, put))

/** Repeats of these verbs change nothing and answer the same where it matters. */
export const queueVerbs = {
  /**
   * Commits envelopes to their lanes; answers each lane's seq, and 0 for one that holds `limit` already. One that waits already
   * under (lane, from, id) stays as it is.
   */
  'queue.put': (db: Db, { puts, limit }: { puts: readonly (Put | StoredPut)[]; limit?: LaneLimit | undefined }): { seqs: number[][] } => ({
    seqs: puts.map((put) => (limit ? putWithin(db, put, limit) : putRow(db, put))),
  }),

  /** The rows of a lane, or of one conversation in it, after `after` (exclusive), in order; fewer where they are large, `mayBeMore`. */
  'queue.next': (db: Db, { lane, after, limit, conversation }: {
    lane: LaneName
    after: number
    limit: number
    conversation?: string
  }): QueueRow[] => {
    const number = laneId(db, lane, false)
    if (number === undefined) return []
    const found: QueueRow[] = []
    for (let bytes = 0, from = after; bytes < MOST_READ;) {
      const most = Math.min(STEP, limit - found.length)
      const rows = conversation === undefined
        ? db.all<StoredRow>(`SELECT ${columns} FROM ${queueTables} WHERE q.lane = ? AND q.seq > ? ORDER BY q.seq LIMIT ?`, number, from, most)
        : db.all<StoredRow>(`SELECT ${columns} FROM ${queueTables} WHERE q.lane = ? AND q.seq > ? AND q.conversation = ? ORDER BY q.seq LIMIT ?`,
          number, from, conversation, most)
      for (const row of rows) {
        if (bytes >= MOST_READ) break
        bytes += row.body.length
        from = row.seq
        found.push(readRow(db, row))
      }
      if (rows.length < STEP) break
    }
    return found
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
    db.all<StoredRow>(`SELECT ${columns} FROM ${queueTables} WHERE q.expiresAt <= ? ORDER BY q.expiresAt, q.seq LIMIT ?`, now, limit)
      .map((row) => readRow(db, row)),

  /** Every lane in which something waits. */
  'queue.lanes': (db: Db, _args: null): LaneInfo[] => {
    const { waiting, names } = keptOf(db)
    return [...waiting].map(([lane, waits]) => {
      const oldest = db.get<{ sentAt: number }>('SELECT sentAt FROM queue WHERE lane = ? ORDER BY seq LIMIT 1', lane)?.sentAt
      return { name: names.get(lane)!, waiting: waits, ...(oldest !== undefined && { oldest }) }
    })
  },

  /** What waits by kind of lane (the part of the name before its colon), with the oldest of each. Reads only. */
  'queue.depth': (db: Db, _args: null): KindDepth[] => depthByKind(db),

  /** The lane's name goes when nothing waits in it; it is made again when something does. */
  'queue.forget': (db: Db, { lane }: { lane: LaneName }): void => forgetLane(db, lane),

  /**
   * Removes notes of envelopes that some lane took and that wait in no other any more, looking at `limit` of them behind
   * `after`. Answers where to go on; nothing at the end.
   */
  'queue.tidy': (db: Db, { after, limit }: { after: [from: string, id: string] | null; limit: number }): { removed: number; next: [string, string] | null } => {
    const [from, id] = after ?? ['', '']
    const noted = db.all<{ sender: string; id: string }>(
      'SELECT sender, id FROM took WHERE (sender, id) > (?, ?) ORDER BY sender, id LIMIT ?', from, id, limit)
    let removed = 0
    for (const row of noted) {
      removed += db.run(`DELETE FROM took WHERE sender = ? AND id = ?
        AND NOT EXISTS (SELECT 1 FROM queue q WHERE q.sender = took.sender AND q.id = took.id)`, row.sender, row.id).changes
    }
    const last = noted.at(-1)
    return { removed, next: last && noted.length === limit ? [last.sender, last.id] : null }
  },

  /**
   * Payloads that were to be kept until before `now` and that no row names any more go; looks at `limit` of them behind `after`.
   * Answers where to go on; nothing at the end.
   */
  'queue.sweep': (db: Db, { now, after, limit }: { now: number; after: number; limit: number }): { removed: number; next: number | null } =>
    sweepPayloads(db, now, after, limit),

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
    inherited(db, heir)
    count(db, heir, moved)
    count(db, old, -moved - twice)
    return { moved }
  },
}

export type QueueVerbs = typeof queueVerbs
