import type { Content, Status } from '../../contract/message'
import type { Db } from '../ledger/db'
import { nextNumber } from './numbers'
import { addHop, conversationFor, statusNumber } from './rows'
import { indexWords } from './tokens'

/** A message on its way into the journal. */
export interface Arriving {
  /** The other party's address of record. */
  conversation: string
  id: string
  from: string
  content: Content
  /** When its sender says it was sent, ms. */
  sentAt: number
  now: number
}

interface How {
  outgoing: boolean
  status: Status
  asked?: number
  about?: { name?: string; isChatbot?: boolean }
  by: string
}

/** Messages of one millisecond that keep their order; more of them spill into the next. */
const PER_MS = 1_024
/** 2^43 ms is the year 2248: a time and its counter fit into the 53 bits of a number. */
const LATEST = 2 ** 43 - 1

/** A row number that sorts by time, then by arrival. */
export function messageNumber(db: Db, at: number): number {
  for (let ms = at; ; ms++) {
    const { last } = db.get<{ last: number | null }>('SELECT max(message) AS last FROM messages WHERE message >= ? AND message < ?',
      ms * PER_MS, (ms + 1) * PER_MS)!
    if (last === null) return ms * PER_MS
    if (last + 1 < (ms + 1) * PER_MS) return last + 1
  }
}

/** The row numbers before this one belong to times before `at`. */
export const firstNumberAt = (at: number): number => inRange(at) * PER_MS

/** A time that fits into a message's number. */
export const inRange = (time: number): number => Math.min(Math.max(Math.trunc(time) || 0, 0), LATEST)

/**
 * Gives a message its place and its time, once: the earlier of now and its sent time, but never before the conversation's
 * last (guarantee 3).
 */
export function append(db: Db, message: Arriving, { outgoing, status, asked = 0, about, by }: How): { message: number; place: number } {
  const { id, from, content, now } = message
  const sentAt = inRange(Number.isNaN(message.sentAt) ? now : message.sentAt)
  const row = conversationFor(db, message.conversation, now, about)
  const at = Math.max(inRange(Math.min(now, sentAt)), row.count ? row.lastAt : 0)
  const number = messageNumber(db, at)
  db.run(`INSERT INTO messages (message, conversation, place, sender, id, outgoing, heard, at, sentAt, content, status, asked, n)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    number, row.conversation, row.count, from, id, Number(outgoing), row.heard, at, sentAt, JSON.stringify(content),
    statusNumber(status), asked, nextNumber(db))
  const heard = row.heard + (outgoing ? 0 : 1)
  // Where all was read, what one writes oneself does not become unread.
  const readPlace = outgoing && row.readPlace === row.count ? row.count + 1 : row.readPlace
  db.run('UPDATE conversations SET count = ?, heard = ?, readPlace = ?, lastAt = ?, n = ? WHERE conversation = ?',
    row.count + 1, heard, readPlace, at, nextNumber(db), row.conversation)
  indexMessage(db, number, row.conversation, content)
  addHop(db, number, { at: now, event: outgoing ? 'kept' : 'received', by })
  return { message: number, place: row.count }
}

/** Makes a message findable. */
export function indexMessage(db: Db, message: number, conversation: number, content: Content): void {
  const words = content.kind === 'text' ? indexWords(content.text) : ''
  if (words) db.run('INSERT INTO search (rowid, words, thread) VALUES (?, ?, ?)', message, words, `c${conversation}`)
}
