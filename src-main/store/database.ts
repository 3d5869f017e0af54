import { Dexie, type Table } from 'dexie'
import type { Conversation, Message } from '../contract/message'

/** A page of the store holds this many consecutive places of one conversation: the cost of IndexedDB is per put. */
export const PAGE = 50

/** The page that holds `place`. */
export const pageOf = (place: number): number => Math.floor(place / PAGE)

/** What a page keeps of a message: its conversation and place are the page's key and the index. */
export type PackedMessage = Omit<Message, 'conversation' | 'place'>

/** 50 consecutive places of one conversation, always written whole. */
export interface PageRow {
  conversation: string
  page: number
  /** At index `place - page * 50`; null where the journal's row has not come yet. */
  messages: (PackedMessage | null)[]
}

/** The last journal number that the database holds, saved in the transaction of the change itself. */
export interface AppliedRow {
  key: 'applied'
  n: number
}

/** The projection of one journal: never the only copy of anything, thrown away and filled again at will. */
export class StoreDatabase extends Dexie {
  declare readonly pages: Table<PageRow, [string, number]>
  declare readonly conversations: Table<Conversation, string>
  declare readonly meta: Table<AppliedRow, string>

  constructor(name: string) {
    // The cache of results would hold every page that was ever shown; live queries work without it.
    super(name, { chromeTransactionDurability: 'relaxed', cache: 'disabled' })
    this.version(1).stores({ pages: '[conversation+page]', conversations: 'id, lastAt', meta: 'key' })
  }
}

const PREFIX = 'yanxin-'

/** The name of a journal's database, and of the Web Lock of its projector. */
export const databaseName = (journal: string): string => PREFIX + journal

/** Removes the projections of other journals (another account, a restored copy): they can be filled again at any time. */
export async function forgetOthers(kept: string | undefined): Promise<void> {
  const names = await Dexie.getDatabaseNames()
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== kept).map((name) => Dexie.delete(name)),
  )
}
