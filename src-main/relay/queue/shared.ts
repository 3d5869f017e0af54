import type { Envelope, LaneName } from '../envelope'
import type { Db } from '../ledger/db'
import { storedHeaders } from './headers'
import { count, keptOf, laneId, nextSeq } from './rows'

/** More rows than these that share their payload wait in no lane: each costs some 150 bytes, whatever they carry. */
const MOST = 1_000_000

/** An envelope that is kept once, as far as its rows need it. */
export type Kept = Pick<Envelope, 'id' | 'from' | 'to' | 'conversation' | 'sentAt' | 'flags'> & { payload: number; expiresAt: number }

/**
 * Keeps what an envelope carries, for rows in many lanes; one that is kept already stays as it is.
 * @param how.until it stays until then even when no row names it any more, ms: a repeat is known by it
 */
export function keepPayload(
  db: Db, { id, from, to, contentType, headers, body, sentAt, flags }: Envelope, how: { now: number; until: number; isHistory: boolean },
): { payload: number; isNew: boolean } {
  const { changes, lastInsertRowid } = db.run(
    `INSERT INTO payloads (sender, id, recipient, type, headers, sentAt, flags, body, keptAt, keptUntil, isHistory)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (recipient, sender, id) DO NOTHING`,
    from, id, to, contentType, storedHeaders(headers), sentAt, flags, body, how.now, how.until, Number(how.isHistory))
  if (changes) return { payload: lastInsertRowid, isNew: true }
  return { payload: db.one<{ payload: number }>('SELECT payload FROM payloads WHERE recipient = ? AND sender = ? AND id = ?', to, from, id).payload, isNew: false }
}

/** What went to `recipient` since a time and may be had by who comes later, in order; the newest `most`. */
export const historyOf = (db: Db, recipient: string, since: number, most: number): Omit<Kept, 'to' | 'conversation' | 'expiresAt'>[] =>
  db.all<{ payload: number; id: string; sender: string; sentAt: number; flags: number }>(
    'SELECT payload, id, sender, sentAt, flags FROM payloads WHERE recipient = ? AND isHistory = 1 AND keptAt >= ? ORDER BY payload DESC LIMIT ?',
    recipient, since, most).reverse().map(({ sender, ...rest }) => ({ ...rest, from: sender }))

/**
 * Puts a row of what is kept into each lane; answers their seqs, 0 for a lane that has too much waiting or has it already. What
 * becomes of one says nothing of the others: each counts as the only one.
 */
export function putShared(db: Db, { payload, id, from, to, conversation, sentAt, expiresAt, flags }: Kept, lanes: readonly LaneName[]): number[] {
  const { waiting } = keptOf(db)
  return lanes.map((name) => {
    const lane = laneId(db, name, true)!
    if ((waiting.get(lane) ?? 0) >= MOST) return 0
    const seq = nextSeq(db)
    const { changes } = db.run(
      `INSERT INTO queue (seq, lane, sender, id, recipient, conversation, type, headers, sentAt, expiresAt, flags, lanes, body, payload)
       VALUES (?, ?, ?, ?, ?, ?, '', '', ?, ?, ?, 1, x'', ?) ON CONFLICT (sender, id, lane) DO NOTHING`,
      seq, lane, from, id, to, conversation, sentAt, expiresAt, flags, payload)
    if (!changes) return 0
    count(db, lane, 1)
    countShared(db, lane)
    return seq
  })
}

function countShared(db: Db, lane: number): void {
  const known = keptOf(db).own.get(lane)
  if (!known) return
  known.shared++
  known.rows++
}

/** Looks at `limit` payloads behind `after`; answers where to go on, nothing at the end. */
export function sweepPayloads(db: Db, now: number, after: number, limit: number): { removed: number; next: number | null } {
  const looked = db.all<{ payload: number; keptUntil: number }>('SELECT payload, keptUntil FROM payloads WHERE payload > ? ORDER BY payload LIMIT ?', after, limit)
  let removed = 0
  for (const { payload, keptUntil } of looked) {
    if (keptUntil > now) continue
    removed += db.run('DELETE FROM payloads WHERE payload = ? AND NOT EXISTS (SELECT 1 FROM queue q WHERE q.payload = payloads.payload)', payload).changes
  }
  return { removed, next: looked.length === limit ? looked.at(-1)!.payload : null }
}
