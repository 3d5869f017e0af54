import type { FaultView } from '../../contract/faults'
import type { GroupSummary } from '../../contract/group'
import { statuses, type Content, type Conversation, type Hop, type Message, type Status } from '../../contract/message'
import type { Db } from '../ledger/db'
import { nextNumber, renumber } from './numbers'

export interface ConversationRow {
  conversation: number; address: string; name: string | null; isChatbot: number; count: number; heard: number
  readPlace: number; readHeard: number; lastAt: number; draft: string | null; n: number; quiet: number
  groupSummary: string | null; mutedUntil: number
}

export interface MessageRow {
  message: number; conversation: number; address: string; place: number; sender: string; id: string; outgoing: number
  heard: number; at: number; sentAt: number; content: string; status: number; fault: string | null; asked: number; n: number
  /** See schema.ts. */
  version: number | null
}

/**
 * Bits of `messages.asked`: what an incoming message wants of us, and that it mentions us; that the place of one of ours is not known
 * yet. The indexes of groups have their numbers.
 */
export const asked = { display: 1, cpim: 2, unplaced: 4, mention: 8 } as const

export const statusNumber = (status: Status): number => statuses.indexOf(status)

export const conversationRow = (db: Db, address: string): ConversationRow | undefined =>
  db.get<ConversationRow>('SELECT * FROM conversations WHERE address = ?', address)

/** The conversation, made if there is none, and quiet then if so wished. */
export function conversationFor(db: Db, address: string, now: number, about: { name?: string; isChatbot?: boolean } = {}, isQuiet = false): ConversationRow {
  const known = conversationRow(db, address)
  const name = about.name ?? known?.name ?? null
  const isChatbot = Number(about.isChatbot ?? known?.isChatbot ?? 0)
  if (!known) {
    const [quiet, n] = [Number(isQuiet), nextNumber(db)]
    const { lastInsertRowid: conversation } = db.run('INSERT INTO conversations (address, name, isChatbot, lastAt, quiet, n) VALUES (?, ?, ?, ?, ?, ?)',
      address, name, isChatbot, now, quiet, n)
    return { conversation, address, name, isChatbot, count: 0, heard: 0, readPlace: 0, readHeard: 0, lastAt: now, draft: null, n, quiet, groupSummary: null, mutedUntil: 0 }
  }
  if (name === known.name && isChatbot === known.isChatbot) return known
  const n = nextNumber(db)
  db.run('UPDATE conversations SET name = ?, isChatbot = ?, n = ? WHERE conversation = ?', name, isChatbot, n, known.conversation)
  return { ...known, name, isChatbot, n }
}

export const messageColumns = `m.message, m.conversation, c.address, m.place, m.sender, m.id, m.outgoing, m.heard, m.at, m.sentAt,
  m.content, m.status, m.fault, m.asked, m.n, m.version`
export const messageTables = 'FROM messages m JOIN conversations c ON c.conversation = m.conversation'

export const messageRow = (db: Db, id: string, sender: string): MessageRow | undefined =>
  db.get<MessageRow>(`SELECT ${messageColumns} ${messageTables} WHERE m.id = ? AND m.sender = ?`, id, sender)

/** By the number that it has in the file. */
export const numberedRow = (db: Db, message: number): MessageRow | undefined =>
  db.get<MessageRow>(`SELECT ${messageColumns} ${messageTables} WHERE m.message = ?`, message)

/** A message of our own, whichever of our addresses it went out under. */
export const outgoingRow = (db: Db, id: string): MessageRow | undefined =>
  db.get<MessageRow>(`SELECT ${messageColumns} ${messageTables} WHERE m.id = ? AND m.outgoing = 1`, id)

export const messagesFrom = (db: Db, conversation: number, place: number, limit: number): MessageRow[] =>
  db.all<MessageRow>(`SELECT ${messageColumns} ${messageTables} WHERE m.conversation = ? AND m.place >= ? ORDER BY m.place LIMIT ?`,
    conversation, place, limit)

export const messagesAfter = (db: Db, n: number, limit: number): MessageRow[] =>
  db.all<MessageRow>(`SELECT ${messageColumns} ${messageTables} WHERE m.n > ? ORDER BY m.n LIMIT ?`, n, limit)

/** A message changed: its conversation gets a number too when it is the last there. */
const renumberLast = (db: Db, { conversation, place }: Pick<MessageRow, 'conversation' | 'place'>): void =>
  renumber(db, (n) => db.run('UPDATE conversations SET n = ? WHERE conversation = ? AND count = ?', n, conversation, place + 1))

/** Gives a message a status (and its fault), a new number, and its conversation one too when it is the last there. */
export function setStatus(db: Db, row: Pick<MessageRow, 'message' | 'conversation' | 'place'>, status: number, fault: FaultView | undefined): void {
  db.run('UPDATE messages SET status = ?, fault = ?, n = ? WHERE message = ?', status, fault ? JSON.stringify(fault) : null,
    nextNumber(db), row.message)
  renumberLast(db, row)
}

/** Gives a message another content, and the numbers as `setStatus` does. What of it is found must stay the same. */
export function setContent(db: Db, row: Pick<MessageRow, 'message' | 'conversation' | 'place'>, content: Content): void {
  db.run('UPDATE messages SET content = ?, n = ? WHERE message = ?', JSON.stringify(content), nextNumber(db), row.message)
  renumberLast(db, row)
}

export function addHop(db: Db, message: number, { at, event, by, answer, fault }: Hop): void {
  db.run('INSERT INTO hops (message, at, event, by, answer, fault) VALUES (?, ?, ?, ?, ?, ?)', message, at, event, by ?? null,
    answer ?? null, fault ? JSON.stringify(fault) : null)
}

const parse = <T>(text: string): T => JSON.parse(text) as T

/** A content that the disk has damaged is said in its place: all others are still to be read. */
export function toContent(text: string): Content {
  try {
    return parse<Content>(text)
  } catch {
    return { kind: 'unsupported', contentType: 'damaged', size: text.length }
  }
}

export const toMessage = (row: MessageRow): Message => ({
  conversation: row.address,
  place: row.place,
  id: row.id,
  from: row.sender,
  outgoing: row.outgoing === 1,
  at: row.at,
  sentAt: row.sentAt,
  content: toContent(row.content),
  status: statuses[row.status]!,
  ...(row.fault !== null && { fault: parse<FaultView>(row.fault) }),
})

/** The first place from `readPlace` on whose message mentions us. */
const mentionOf = (db: Db, { conversation, readPlace }: ConversationRow): number | undefined => db.get<{ place: number }>(
  'SELECT place FROM messages WHERE conversation = ? AND place >= ? AND asked & 8 ORDER BY place LIMIT 1', conversation, readPlace)?.place

export function toConversation(db: Db, row: ConversationRow): Conversation {
  const last = db.get<Pick<MessageRow, 'id' | 'sender' | 'outgoing' | 'status' | 'content' | 'at'>>(
    'SELECT id, sender, outgoing, status, content, at FROM messages WHERE conversation = ? AND place = ?', row.conversation, row.count - 1)
  const isGroup = row.groupSummary !== null
  const mention = isGroup ? mentionOf(db, row) : undefined
  return {
    id: row.address,
    ...(row.name !== null && { name: row.name }),
    ...(row.isChatbot && { isChatbot: true }),
    count: row.count,
    lastAt: row.lastAt,
    ...(last && {
      last: { id: last.id, outgoing: last.outgoing === 1, status: statuses[last.status]!, content: toContent(last.content), at: last.at, ...(isGroup && { from: last.sender }) },
    }),
    readPlace: row.readPlace,
    unread: row.heard - row.readHeard,
    ...(row.draft !== null && { draft: row.draft }),
    ...(row.quiet && { isQuiet: true }),
    ...(row.groupSummary !== null && { group: parse<GroupSummary>(row.groupSummary) }),
    ...(row.mutedUntil !== 0 && { mutedUntil: row.mutedUntil }),
    ...(mention !== undefined && { mention }),
  }
}

export const toHop = (row: { at: number; event: Hop['event']; by: string | null; answer: string | null; fault: string | null }): Hop => ({
  at: row.at,
  event: row.event,
  ...(row.by !== null && { by: row.by }),
  ...(row.answer !== null && { answer: row.answer }),
  ...(row.fault !== null && { fault: parse<FaultView>(row.fault) }),
})
