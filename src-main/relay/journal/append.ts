import type { Content, Status } from '../../contract/message'
import type { Db } from '../ledger/db'
import { inRange, messageNumber } from './message-number'
import { nextNumber } from './numbers'
import { addHop, conversationFor, statusNumber } from './rows'
import { indexMessage } from './search-index'

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
  /** It is one of many alike: a conversation that is made for it is quiet. Anything else ends that. @default false */
  isQuiet?: boolean
}

/**
 * Gives a message its place and its time, once: the earlier of now and its sent time, but never before the conversation's
 * last (guarantee 3).
 */
export function append(db: Db, message: Arriving, { outgoing, status, asked = 0, about, by, isQuiet = false }: How): { message: number; place: number } {
  const { id, from, content, now } = message
  const sentAt = inRange(Number.isNaN(message.sentAt) ? now : message.sentAt)
  const row = conversationFor(db, message.conversation, now, about, isQuiet)
  const at = Math.max(inRange(Math.min(now, sentAt)), row.count ? row.lastAt : 0)
  const number = messageNumber(db, at)
  db.run(`INSERT INTO messages (message, conversation, place, sender, id, outgoing, heard, at, sentAt, content, status, asked, n)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    number, row.conversation, row.count, from, id, Number(outgoing), row.heard, at, sentAt, JSON.stringify(content),
    statusNumber(status), asked, nextNumber(db))
  const heard = row.heard + (outgoing ? 0 : 1)
  // Where all was read, what one writes oneself does not become unread.
  const readPlace = outgoing && row.readPlace === row.count ? row.count + 1 : row.readPlace
  db.run('UPDATE conversations SET count = ?, heard = ?, readPlace = ?, lastAt = ?, quiet = ?, n = ? WHERE conversation = ?',
    row.count + 1, heard, readPlace, at, isQuiet ? row.quiet : 0, nextNumber(db), row.conversation)
  indexMessage(db, number, row.conversation, content)
  addHop(db, number, { at: now, event: outgoing ? 'kept' : 'received', by })
  return { message: number, place: row.count }
}
