import { Dexie, liveQuery } from 'dexie'
import { SECOND, type Clock } from '../base/clock'
import type { Conversation, Message } from '../contract/message'
import { PAGE, pageOf, type ConversationRow, type PageRow, type StoreDatabase } from './database'

/** What a page holds, at index `place - page * 50`; undefined where the journal's row has not come yet. */
export type PageMessages = (Message | undefined)[]

const unpack = ({ conversation, page, messages }: PageRow): PageMessages =>
  messages.map((packed, index) => (packed ? { ...packed, conversation, place: page * PAGE + index } : undefined))

const asConversation = ({ seq: _, ...row }: ConversationRow): Conversation => row

/** All conversations, newest first. */
export async function conversations(db: StoreDatabase): Promise<Conversation[]> {
  const rows = await db.conversations.toArray()
  return rows.map(asConversation).sort(byNewest)
}

export const byNewest = (a: Conversation, b: Conversation): number => b.lastAt - a.lastAt

/** Conversations written after transaction `seq`, and the last one's number; undefined while the database is empty. */
export async function conversationsSince(db: StoreDatabase, seq: number): Promise<{ rows: Conversation[]; seq: number } | undefined> {
  const rows = await db.conversations.where('seq').above(seq).toArray()
  // One that nothing was ever written into is not an account without conversations.
  if (rows.length === 0 && seq < 0 && !(await db.meta.get('state'))) return undefined
  return { rows: rows.map(asConversation), seq: rows.reduce((most, row) => Math.max(most, row.seq), seq) }
}

/** One page of a conversation; undefined when the store holds nothing of it. */
export async function page(db: StoreDatabase, conversation: string, number: number): Promise<PageMessages | undefined> {
  const row = await db.pages.get([conversation, number])
  return row && unpack(row)
}

/** The message at a place of a conversation. */
export async function messageAt(db: StoreDatabase, conversation: string, place: number): Promise<Message | undefined> {
  return (await page(db, conversation, pageOf(place)))?.[place % PAGE]
}

/** The last `n` messages of a conversation that the store holds, oldest first. */
export async function lastMessages(db: StoreDatabase, conversation: string, n: number): Promise<Message[]> {
  const rows = await db.pages
    .where('[conversation+page]')
    .between([conversation, Dexie.minKey], [conversation, Dexie.maxKey])
    .reverse()
    .limit(Math.ceil(n / PAGE) + 1)
    .toArray()
  return rows.reverse().flatMap(unpack).filter((message) => message !== undefined).slice(-n)
}

/**
 * Runs a read now and again after every change of what it read, from whichever page or worker, until told to stop. One that
 * fails (the database was thrown away, or taken away) is taken up again every second.
 */
export function follow<T>(read: () => Promise<T>, on: (value: T) => void, clock: Clock): () => void {
  let end = () => {}
  const begin = () => {
    const subscription = liveQuery(read).subscribe(on, () => {
      const timer = clock.after(SECOND, begin)
      end = () => timer.cancel()
    })
    if (!subscription.closed) end = () => subscription.unsubscribe()
  }
  begin()
  return () => end()
}
