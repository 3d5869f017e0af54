import type { Change, Conversation, FillPage, PackedMessage } from '../contract/message'
import { PAGE, pageOf, type PageRow, type StoreDatabase, type StoreState } from './database'

/** Consecutive changes of the journal, `after` exclusive, `upTo` inclusive. */
export interface Batch {
  after: number
  upTo: number
  epoch: string
  changes: readonly Change[]
}

/** What a batch writes: the newest row of each conversation, and the messages of each page. */
export interface Grouped {
  conversations: Map<string, Conversation>
  pages: Map<string, { key: [string, number]; messages: Map<number, PackedMessage> }>
}

/** Groups changes by what they write, later ones over earlier ones. */
export function group(changes: readonly Change[]): Grouped {
  const conversations: Grouped['conversations'] = new Map()
  const pages: Grouped['pages'] = new Map()
  for (const change of changes) {
    if (change.kind === 'conversation') {
      conversations.set(change.conversation.id, change.conversation)
      continue
    }
    const { conversation, place, ...packed } = change.message
    const page = pageOf(place)
    const name = `${page} ${conversation}`
    let group = pages.get(name)
    if (!group) pages.set(name, (group = { key: [conversation, page], messages: new Map() }))
    group.messages.set(place - page * PAGE, packed)
  }
  return { conversations, pages }
}

/** How the database stands to its journal; undefined when nothing was ever written. */
export const storeState = (db: StoreDatabase): Promise<StoreState | undefined> => db.meta.get('state')

/**
 * Writes changes and their last number in one transaction, so that the database is always exactly the journal up to a number.
 * Does nothing when it no longer stands at `before` (another projector was faster: the lock goes over while a worker's last
 * transaction still runs) or `batch` leaves a gap. Resolves with how it stands now.
 */
export async function applyChanges(db: StoreDatabase, before: StoreState, batch: Batch): Promise<StoreState | undefined> {
  const { conversations, pages } = group(batch.changes)
  return db.transaction('rw', db.pages, db.conversations, db.meta, async () => {
    const now = await storeState(db)
    if (now?.seq !== before.seq || now.n !== batch.after) return now
    const groups = [...pages.values()]
    const kept = await db.pages.bulkGet(groups.filter(isPart).map(({ key }) => key))
    const old = new Map(kept.filter((row) => row !== undefined).map((row) => [`${row.page} ${row.conversation}`, row]))
    const rows = groups.map(({ key: [conversation, page], messages }): PageRow => {
      const whole = old.get(`${page} ${conversation}`)?.messages.slice() ?? []
      for (const [index, message] of messages) {
        while (whole.length < index) whole.push(null)
        whole[index] = message
      }
      return { conversation, page, messages: whole }
    })
    return write(db, rows, [...conversations.values()], { ...now, n: batch.upTo, epoch: batch.epoch, seq: now.seq + 1 })
  })
}

/** A page that the batch fills whole need not be read. */
const isPart = ({ messages }: { messages: ReadonlyMap<number, PackedMessage> }) => messages.size < PAGE

/**
 * Writes whole pages of a filling and where it goes on in one transaction. The first begins it: changes are followed from its
 * number. Does nothing when the database no longer stands at `before`. Resolves with how it stands now.
 */
export async function applyFill(db: StoreDatabase, before: StoreState | undefined, filled: FillPage): Promise<StoreState | undefined> {
  const { conversations, pages, next, newest, epoch } = filled
  const messages = pages.reduce((sum, page) => sum + page.messages.length, 0)
  return db.transaction('rw', db.pages, db.conversations, db.meta, async () => {
    const now = await storeState(db)
    if (now?.seq !== before?.seq) return now
    const done = (now?.fill?.done ?? 0) + messages
    const { fill: _, ...at } = now ?? { key: 'state' as const, n: newest, epoch, seq: 0 }
    return write(db, pages, conversations, {
      ...at, seq: at.seq + 1, ...(next !== undefined && { fill: { next, done, total: Math.max(done, filled.total) } }),
    })
  })
}

async function write(
  db: StoreDatabase, pages: readonly PageRow[], conversations: readonly Conversation[], state: StoreState,
): Promise<StoreState> {
  await db.pages.bulkPut(pages)
  await db.conversations.bulkPut(conversations.map((row) => ({ ...row, seq: state.seq })))
  await db.meta.put(state)
  return state
}
