import { Dexie, liveQuery } from 'dexie'
import type { Conversation, Message } from '../contract/message'
import { PAGE, pageOf, type PageRow, type StoreDatabase } from './database'

/** What a page holds, at index `place - page * 50`; undefined where the journal's row has not come yet. */
export type PageMessages = (Message | undefined)[]

const unpack = ({ conversation, page, messages }: PageRow): PageMessages =>
  messages.map((packed, index) => (packed ? { ...packed, conversation, place: page * PAGE + index } : undefined))

/** All conversations, newest first. */
export const conversations = (db: StoreDatabase): Promise<Conversation[]> =>
  db.conversations.orderBy('lastAt').reverse().toArray()

/** One conversation by its address. */
export const conversation = (db: StoreDatabase, id: string): Promise<Conversation | undefined> => db.conversations.get(id)

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

/** Runs a read now and again after every change of what it read, from whichever page or worker, until told to stop. */
export function live<T>(read: () => Promise<T>, onValue: (value: T) => void, onThrow: (thrown: unknown) => void): () => void {
  const subscription = liveQuery(read).subscribe(onValue, onThrow)
  return () => subscription.unsubscribe()
}
