import type { Content, Status } from '../../contract/message'
import type { Db } from '../ledger/db'
import { gapFor, open } from './groups-order'
import { inRange, messageNumber } from './message-number'
import { nextNumber } from './numbers'
import { addHop, asked as bits, conversationFor, statusNumber } from './rows'
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
  /** Of the group, where its focus has told that the message is ours and has its place. */
  version?: number
}

/**
 * Gives a message its place and its time, once: the earlier of now and its sent time, but never before the conversation's
 * last (guarantee 3). In a group a message of ours has no place before its focus has told (see groups-order.ts).
 */
export function append(db: Db, message: Arriving, { outgoing, status, asked = 0, about, by, isQuiet = false, version }: How): { message: number; place: number } {
  const { id, from, content, now } = message
  const sentAt = inRange(Number.isNaN(message.sentAt) ? now : message.sentAt)
  const row = conversationFor(db, message.conversation, now, about, isQuiet)
  const isUnplaced = outgoing && row.groupSummary !== null && version === undefined
  // A change of a group is nobody's message: it is not counted as unread.
  const isHeard = !outgoing && content.kind !== 'group'
  const gap = gapFor(db, row, inRange(Math.min(now, sentAt)), isUnplaced)
  const { place, at, heard } = gap
  open(db, row, gap, isHeard ? 1 : 0)
  const number = messageNumber(db, at)
  db.run(`INSERT INTO messages (message, conversation, place, sender, id, outgoing, heard, at, sentAt, content, status, asked, n, version)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    number, row.conversation, place, from, id, Number(outgoing), heard, at, sentAt, JSON.stringify(content),
    statusNumber(status), asked | (isUnplaced ? bits.unplaced : 0), nextNumber(db), version ?? null)
  // Where all was read, what one writes oneself does not become unread; nor does it hide what comes in above it.
  const readPlace = isHeard ? Math.min(row.readPlace, place) : row.readPlace >= place ? row.readPlace + 1 : row.readPlace
  db.run('UPDATE conversations SET count = ?, heard = ?, readPlace = ?, readHeard = ?, lastAt = ?, quiet = ?, n = ? WHERE conversation = ?',
    row.count + 1, row.heard + (isHeard ? 1 : 0), readPlace, isHeard ? Math.min(row.readHeard, heard) : row.readHeard,
    place === row.count ? at : Math.max(row.lastAt, at), isQuiet ? row.quiet : 0, nextNumber(db), row.conversation)
  indexMessage(db, number, row.conversation, content)
  if (content.kind !== 'group') addHop(db, number, { at: now, event: outgoing ? 'kept' : 'received', by })
  return { message: number, place }
}
