import type { Change, ChangePage, Conversation, Hop, Message } from '../../contract/message'
import { found, type Db } from '../ledger/db'
import { epochOf, forgetEpochs, isHistory, number, renumber } from './numbers'
import {
  conversationFor, conversationRow, messageColumns, messagesAfter, messagesFrom, toConversation, toHop, toMessage,
  type ConversationRow, type MessageRow,
} from './rows'
import { forgetIndex } from './search-index'

const idOf = (db: Db) => db.one<{ id: string }>('SELECT id FROM journal').id

const find = (db: Db, conversation: string, id: string): MessageRow | undefined => db.get<MessageRow>(
  `SELECT ${messageColumns} FROM messages m JOIN conversations c ON c.conversation = m.conversation WHERE m.id = ? AND c.address = ?`,
  id, conversation)

const everything = [
  'messages', 'conversations', 'hops', 'waiting_receipts', 'held_words', 'groups', 'group_members', 'imports', 'staged_threads', 'staged', 'queue', 'took',
  'campaigns', 'recipients', 'recipient_parts', 'lists', 'members',
]

export const changeVerbs = {
  /**
   * What changed after number `after`, in order. A row that changed twice is there once, at its newest number; applying a
   * change again changes nothing. `isReplaced` when the reader's number, of `epoch`, is of another history than this file's.
   */
  'journal.changes': (db: Db, { after, limit, epoch: known }: { after: number; limit: number; epoch?: string }): ChangePage => {
    const newest = number(db)
    const epoch = epochOf(db)
    if (!isHistory(db, after, known)) return { changes: [], upTo: 0, more: newest > 0, newest, epoch, isReplaced: true }
    const messages = messagesAfter(db, after, limit + 1)
    const conversations = db.all<ConversationRow>('SELECT * FROM conversations WHERE n > ? ORDER BY n LIMIT ?', after, limit + 1)
    const changes: Change[] = []
    let m = 0
    let c = 0
    while (changes.length < limit && (m < messages.length || c < conversations.length)) {
      const message = messages[m]
      const conversation = conversations[c]
      if (message && (!conversation || message.n < conversation.n)) {
        changes.push({ n: message.n, kind: 'message', message: toMessage(message) })
        m++
      } else {
        changes.push({ n: conversation!.n, kind: 'conversation', conversation: toConversation(db, conversation!) })
        c++
      }
    }
    const more = m < messages.length || c < conversations.length
    return { changes, upTo: more ? changes.at(-1)!.n : newest, more, newest, epoch }
  },

  /** The newest number and its epoch, and the journal's name, made once. */
  'journal.number': (db: Db, _args: null): { n: number; epoch: string; id: string } => ({ n: number(db), epoch: epochOf(db), id: idOf(db) }),

  'journal.journey': (db: Db, { conversation, id }: { conversation: string; id: string }): Hop[] => {
    const row = find(db, conversation, id)
    return row ? db.all<Parameters<typeof toHop>[0]>('SELECT at, event, by, answer, fault FROM hops WHERE message = ? ORDER BY rowid',
      row.message).map(toHop) : []
  },

  /** Messages from a place on, in order. */
  'journal.page': (db: Db, { conversation, fromPlace, limit }: { conversation: string; fromPlace: number; limit: number }): Message[] => {
    const row = conversationRow(db, conversation)
    return row ? messagesFrom(db, row.conversation, fromPlace, limit).map(toMessage) : []
  },

  'journal.message': (db: Db, { conversation, id }: { conversation: string; id: string }): Message | null => {
    const row = find(db, conversation, id)
    return row ? toMessage(row) : null
  },

  'journal.conversation': (db: Db, { conversation }: { conversation: string }): Conversation | null => {
    const row = conversationRow(db, conversation)
    return row ? toConversation(db, row) : null
  },

  /** Newest first. */
  'journal.conversations': (db: Db, _args: null): Conversation[] =>
    db.all<ConversationRow>('SELECT * FROM conversations ORDER BY lastAt DESC').map((row) => toConversation(db, row)),

  /** How many incoming messages are unread in all, for a badge: of what is muted only that it mentions us, once. */
  'journal.unread': (db: Db, { now }: { now: number }): number => db.one<{ unread: number }>(`SELECT coalesce(sum(
    iif(mutedUntil = -1 OR mutedUntil > ?, groupSummary IS NOT NULL AND EXISTS (SELECT 1 FROM messages m
      WHERE m.conversation = c.conversation AND m.place >= c.readPlace AND m.asked & 8), heard - readHeard)), 0) AS unread FROM conversations c`, now).unread,

  /** The conversation, made if there is none; a name or a kind that is new is kept. */
  'journal.open': (db: Db, { conversation, now, name, isChatbot }: {
    conversation: string
    now: number
    name?: string
    isChatbot?: boolean
  }): { n: number; conversation: Conversation } => {
    conversationFor(db, conversation, now, { ...(name !== undefined && { name }), ...(isChatbot !== undefined && { isChatbot }) })
    renumber(db, (n) => db.run('UPDATE conversations SET quiet = 0, n = ? WHERE address = ? AND quiet', n, conversation))
    const row = found(conversationRow(db, conversation))
    return { n: number(db), conversation: toConversation(db, row) }
  },

  /** Everything is deleted, what waits to be sent included; the journal gets another name. */
  'journal.forget': (db: Db, _args: null): { n: number; id: string } => {
    for (const table of everything) db.run(`DELETE FROM ${table}`)
    forgetIndex(db)
    forgetEpochs(db)
    db.run('UPDATE journal SET id = lower(hex(randomblob(10)))')
    db.drop()
    return { n: number(db), id: idOf(db) }
  },
}
