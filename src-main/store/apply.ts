import type { Change, Conversation } from '../contract/message'
import { PAGE, pageOf, type PackedMessage, type PageRow, type StoreDatabase } from './database'

/** Consecutive changes of the journal, `after` exclusive, `upTo` inclusive. */
export interface Batch {
  after: number
  upTo: number
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

/**
 * Writes a batch and its last number in one transaction, so that the database is always exactly the journal up to a number.
 * One that was applied before changes nothing; one that leaves a gap is refused. Resolves with the number that holds now.
 */
export async function apply(db: StoreDatabase, batch: Batch): Promise<number> {
  const { conversations, pages } = group(batch.changes)
  return db.transaction('rw', db.pages, db.conversations, db.meta, async () => {
    const applied = (await db.meta.get('applied'))?.n ?? 0
    // Another projector was faster (the lock goes over while a worker's last transaction still runs).
    if (applied >= batch.upTo || applied < batch.after) return applied
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
    await db.pages.bulkPut(rows)
    await db.conversations.bulkPut([...conversations.values()])
    await db.meta.put({ key: 'applied', n: batch.upTo })
    return batch.upTo
  })
}

/** A page that the batch fills whole need not be read. */
const isPart = ({ messages }: { messages: ReadonlyMap<number, PackedMessage> }) => messages.size < PAGE

/** The last journal number that the database holds. */
export const appliedNumber = async (db: StoreDatabase): Promise<number> => (await db.meta.get('applied'))?.n ?? 0

/** Empties the database for a journal that was replaced, under the eyes of windows that go on reading it. */
export const clear = (db: StoreDatabase): Promise<void> =>
  db.transaction('rw', db.pages, db.conversations, db.meta, async () => {
    await Promise.all([db.pages.clear(), db.conversations.clear(), db.meta.clear()])
  })
