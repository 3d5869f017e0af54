import type { Db } from '../ledger/db'
import { flag, type LaneName } from '../envelope'
import { ownText } from '../ledger/packing'
import { readHeaders, storedHeaders } from './headers'
import { rowsOf, type LaneLimit, type Put, type QueueRow, type RowKey } from './row'

const BLOCK = 1_000_000

/** What the queue keeps in memory beside the file. */
interface Kept {
  ids: Map<LaneName, number>
  names: Map<number, LaneName>
  waiting: Map<number, number>
  /** Of lanes that hold much: at least the bytes that wait, and how many rows there were when they were counted. */
  sizes: Map<number, { bytes: number; rows: number }>
  /** Of lanes that hold much: how many rows shared their payload when there were that many rows in all. */
  own: Map<number, { shared: number; rows: number }>
  next: number
  end: number
}

export function keptOf(db: Db): Kept {
  return db.keep('queue', () => {
    const lanes = db.all<{ lane: number; name: string }>('SELECT lane, name FROM lanes')
    const counts = db.all<{ lane: number; waiting: number }>('SELECT lane, count(*) AS waiting FROM queue GROUP BY lane')
    return {
      ids: new Map(lanes.map(({ lane, name }) => [name, lane])),
      names: new Map(lanes.map(({ lane, name }) => [lane, name])),
      waiting: new Map(counts.map(({ lane, waiting }) => [lane, waiting])),
      sizes: new Map(),
      own: new Map(),
      next: 0,
      end: 0,
    }
  })
}

/** The number behind a lane's name; made when `make` says so. */
export function laneId(db: Db, name: LaneName, make: boolean): number | undefined {
  const kept = keptOf(db)
  let id = kept.ids.get(name)
  if (id === undefined && make) {
    id = db.run('INSERT INTO lanes (name) VALUES (?)', name).lastInsertRowid
    const own = ownText(name)
    kept.ids.set(own, id)
    kept.names.set(id, own)
  }
  return id
}

export function count(db: Db, lane: number, change: number): void {
  const { waiting } = keptOf(db)
  const left = (waiting.get(lane) ?? 0) + change
  if (left) waiting.set(lane, left)
  else waiting.delete(lane)
}

/** A number higher than every one before. The rest of a block is lost with the thread; there are 2^53. */
export function nextSeq(db: Db): number {
  const kept = keptOf(db)
  if (kept.next === kept.end) {
    kept.next = db.get<{ next: number }>('SELECT next FROM seqs')!.next
    kept.end = kept.next + BLOCK
    db.run('UPDATE seqs SET next = ?', kept.end)
  }
  return kept.next++
}

/** A put whose headers may be as they are stored. */
export interface StoredPut {
  envelope: Omit<Put['envelope'], 'headers'> & { headers: string | Put['envelope']['headers'] }
  lanes: readonly LaneName[]
}

/** How many rows of a lane share their payload with others does not count against its limit, see `shared.ts`. */
function ownRows(db: Db, lane: number, rows: number): number {
  const { own } = keptOf(db)
  let known = own.get(lane)
  if (!known || rows < known.rows) {
    const { shared } = db.get<{ shared: number }>('SELECT count(*) AS shared FROM queue WHERE lane = ? AND payload IS NOT NULL', lane)!
    own.set(lane, (known = { shared, rows }))
  }
  known.rows = rows
  return rows - known.shared
}

/** No row is larger, in bytes (one that came over MSRP): fewer rows than the limit has room for need not be counted. */
const LARGEST = 1_040 * 1024
const own = flag.receipt | flag.copy | flag.tombstone

function isFull(db: Db, lane: number, { messages, bytes }: LaneLimit, size: number): boolean {
  const { waiting, sizes } = keptOf(db)
  const rows = waiting.get(lane) ?? 0
  if (rows >= messages && ownRows(db, lane, rows) >= messages) return true
  if ((rows + 1) * LARGEST <= bytes) {
    // What comes now is not added to what was counted when there were more.
    if (sizes.size) sizes.delete(lane)
    return false
  }
  let known = sizes.get(lane)
  // Rows that left are not subtracted: what seems too much is counted anew, once some have left.
  if (!known || (known.bytes + size > bytes && rows < known.rows * 0.99)) {
    const { sum } = db.get<{ sum: number | null }>('SELECT sum(length(body)) AS sum FROM queue WHERE lane = ?', lane)!
    sizes.set(lane, (known = { bytes: sum ?? 0, rows }))
  }
  if (known.bytes + size > bytes) return true
  known.bytes += size
  known.rows = Math.max(known.rows, rows + 1)
  return false
}

/** The lanes of a put that have no room for it, by their place; a lane where it waits already has. Nothing when all have. */
function fullLanes(db: Db, { envelope: { id, from, flags, body }, lanes }: StoredPut, limit: LaneLimit): ReadonlySet<number> | undefined {
  const most = flags & own ? { messages: limit.messages * 2, bytes: limit.bytes * 2 } : limit
  let full: Set<number> | undefined
  for (let i = 0; i < lanes.length; i++) {
    const lane = laneId(db, lanes[i]!, false)
    if (lane === undefined || !isFull(db, lane, most, body.length)) continue
    if (!db.get('SELECT 1 FROM queue WHERE sender = ? AND id = ? AND lane = ?', from, id, lane)) (full ??= new Set()).add(i)
  }
  return full
}

/** Puts an envelope into those of its lanes that have room; answers each lane's seq, 0 where there was none. */
export function putWithin(db: Db, put: StoredPut, limit: LaneLimit): number[] {
  const full = fullLanes(db, put, limit)
  if (!full) return putRow(db, put)
  const seqs = putRow(db, { ...put, lanes: put.lanes.filter((_lane, i) => !full.has(i)) })
  return put.lanes.map((_lane, i) => (full.has(i) ? 0 : seqs.shift()!))
}

/** Puts an envelope into its lanes and answers each lane's seq; where it waits already, that row's. */
export function putRow(db: Db, { envelope, lanes }: StoredPut): number[] {
  const { id, from, to, conversation, contentType, body, headers, sentAt, expiresAt, flags } = envelope
  const stored = typeof headers === 'string' ? headers : storedHeaders(headers)
  return lanes.map((name) => {
    const lane = laneId(db, name, true)!
    const seq = nextSeq(db)
    const { changes } = db.run(
      `INSERT INTO queue (seq, lane, sender, id, recipient, conversation, type, headers, sentAt, expiresAt, flags, lanes, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sender, id, lane) DO NOTHING`,
      seq, lane, from, id, to, conversation, contentType, stored, sentAt, expiresAt, flags, lanes.length, body)
    if (!changes) {
      return db.get<{ seq: number }>('SELECT seq FROM queue WHERE sender = ? AND id = ? AND lane = ?', from, id, lane)!.seq
    }
    count(db, lane, 1)
    return seq
  })
}

/** Takes a row out; false when it was not there any more. */
function removeRow(db: Db, { seq, lane }: RowKey): boolean {
  const number = laneId(db, lane, false)
  if (number === undefined) return false
  const { changes } = db.run('DELETE FROM queue WHERE seq = ? AND lane = ?', seq, number)
  if (changes) count(db, number, -1)
  return changes > 0
}

const isLast = (db: Db, { from, id }: Pick<RowKey, 'from' | 'id'>): boolean =>
  db.get('SELECT 1 FROM queue WHERE sender = ? AND id = ? LIMIT 1', from, id) === undefined

/**
 * A row leaves its lane. `gone` when it had left before; `last` when no other lane has its envelope waiting and none took it.
 */
export function settle(db: Db, row: RowKey, taken: boolean): 'gone' | 'left' | 'last' {
  if (!removeRow(db, row)) return 'gone'
  if (row.lanes === 1) return taken ? 'left' : 'last'
  if (!isLast(db, row)) {
    if (taken) db.run('INSERT OR IGNORE INTO took (sender, id) VALUES (?, ?)', row.from, row.id)
    return 'left'
  }
  const { changes } = db.run('DELETE FROM took WHERE sender = ? AND id = ?', row.from, row.id)
  return !taken && !changes ? 'last' : 'left'
}

/** The seq of a put in each of its lanes, 0 where it does not wait. */
export const waitingSeqs = (db: Db, { envelope: { id, from }, lanes }: StoredPut): number[] => lanes.map((name) => {
  const lane = laneId(db, name, false)
  if (lane === undefined) return 0
  return db.get<{ seq: number }>('SELECT seq FROM queue WHERE sender = ? AND id = ? AND lane = ?', from, id, lane)?.seq ?? 0
})

/** Where an envelope waits, and whether one of its lanes took it. */
export function standingOf(db: Db, from: string, id: string): { rows: RowKey[]; isTaken: boolean } {
  const { names } = keptOf(db)
  const rows = db.all<{ seq: number; lane: number; lanes: number }>('SELECT seq, lane, lanes FROM queue WHERE sender = ? AND id = ?', from, id)
    .map(({ seq, lane, lanes }) => ({ seq, lane: names.get(lane)!, from, id, lanes }))
  return { rows, isTaken: db.get('SELECT 1 FROM took WHERE sender = ? AND id = ?', from, id) !== undefined }
}

/** The rows of a put that wait already. */
export const waitingRows = (db: Db, put: Put): QueueRow[] => rowsOf(put, waitingSeqs(db, put)).filter(({ seq }) => seq)

/** What `readRow` reads, from `queueTables`; a row that shares its payload has type, headers and body from there. */
export const columns = `q.seq, q.lane, q.sender, q.id, q.recipient, q.conversation, coalesce(p.type, q.type) AS type,
  coalesce(p.headers, q.headers) AS headers, q.sentAt, q.expiresAt, q.flags, q.lanes, coalesce(p.body, q.body) AS body`
export const queueTables = 'queue q LEFT JOIN payloads p ON p.payload = q.payload'

export interface StoredRow {
  seq: number; lane: number; sender: string; id: string; recipient: string; conversation: string; type: string
  headers: string; sentAt: number; expiresAt: number; flags: number; lanes: number; body: Uint8Array
}

export const readRow = (db: Db, row: StoredRow): QueueRow => ({
  seq: row.seq,
  lane: keptOf(db).names.get(row.lane)!,
  lanes: row.lanes,
  id: row.id,
  from: row.sender,
  to: row.recipient,
  conversation: row.conversation,
  contentType: row.type,
  body: row.body,
  headers: readHeaders(row.headers),
  sentAt: row.sentAt,
  expiresAt: row.expiresAt,
  flags: row.flags,
})
