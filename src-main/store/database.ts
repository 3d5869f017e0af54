import { Dexie, type Table } from 'dexie'
import type { Conversation, PackedMessage } from '../contract/message'

/** A page of the store holds this many consecutive places of one conversation: the cost of IndexedDB is per put. */
export const PAGE = 50

/** The page that holds `place`. */
export const pageOf = (place: number): number => Math.floor(place / PAGE)

/** 50 consecutive places of one conversation, always written whole. */
export interface PageRow {
  conversation: string
  page: number
  /** At index `place - page * 50`; null where the journal's row has not come yet. */
  messages: (PackedMessage | null)[]
}

/** `seq` of the transaction that wrote it: what is newer than the last look is one short range. */
export type ConversationRow = Conversation & { seq: number }

/** How far a filling is. */
export interface FillState {
  /** What to ask with next. */
  next: string
  /** Messages written so far, and about how many there are. */
  done: number
  total: number
}

/** How the database stands to its journal, written in the transaction of the change itself. */
export interface StoreState {
  key: 'state'
  /** The last journal number that is in it, and the epoch that gave it. */
  n: number
  epoch: string
  /** Counts the transactions. */
  seq: number
  /** Absent when everything up to `n` is there. */
  fill?: FillState
}

/**
 * The number of the layout of the database. Another number is another database, filled from the journal: a change here is
 * never a migration.
 */
export const SCHEMA = 2

/** The projection of one journal: never the only copy of anything, thrown away and filled again at will. */
export class StoreDatabase extends Dexie {
  declare readonly pages: Table<PageRow, [string, number]>
  declare readonly conversations: Table<ConversationRow, string>
  declare readonly meta: Table<StoreState, string>

  constructor(name: string) {
    // The cache of results would hold every page that was ever shown; live queries work without it. One that was deleted must
    // not come back, empty, because somebody still reads it: it is opened by hand.
    super(name, { chromeTransactionDurability: 'relaxed', cache: 'disabled', autoOpen: false })
    this.version(1).stores({ pages: '[conversation+page]', conversations: 'id, seq', meta: 'key' })
  }
}

const PREFIX = 'yanxin-'

/** Where it is kept which database of each journal is read. */
export const CATALOG = `${PREFIX}stores`

/** Names a journal's store in this layout: in the catalog, and the Web Lock of its projector. */
export const storeName = (journal: string, schema = SCHEMA): string => `${PREFIX}${journal}-${schema}`

/** The name of one generation of a store: each rebuild fills another. */
export const databaseName = (store: string, generation: number | ''): string => `${store}-${generation}`

/** Deletes our databases but those kept: they can be filled again at any time. */
export async function forgetOthers(kept: (name: string) => boolean = () => false): Promise<void> {
  const names = await Dexie.getDatabaseNames()
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && !kept(name)).map((name) => Dexie.delete(name)))
}
