// Runs inside Chromium: what a test may do with the store, by name.
import { systemClock } from '../../src-main/base/clock'
import type { ChangePage, Conversation, FillPage, Message } from '../../src-main/contract/message'
import { storeState } from '../../src-main/store/apply'
import { Catalog } from '../../src-main/store/catalog'
import { databaseName, forgetOthers, SCHEMA, StoreDatabase, storeName } from '../../src-main/store/database'
import type { Feed } from '../../src-main/store/feed'
import { Projector } from '../../src-main/store/projector'
import { conversations, lastMessages, messageAt, page, type PageMessages } from '../../src-main/store/read'
import type { ProjectorReport } from '../../src-main/store/report'
import { startProjecting, type Projecting } from '../../src-main/store/start'
import { storeReader } from '../../src-renderer/state/reader'
import { benchStore } from '../bench/store-page'

declare global {
  interface Window {
    /** The journal, played by Node; as text, since Playwright is slow with large values. */
    changes(after: number, limit: number, epoch?: string): Promise<string>
    filling(cursor: string | null, pages: number): Promise<string>
    play: typeof play
  }
}

const feed: Feed = {
  changes: async (after, limit, epoch) => JSON.parse(await window.changes(after, limit, epoch)) as ChangePage,
  filling: async (cursor, pages) => JSON.parse(await window.filling(cursor, pages)) as FillPage,
}
const catalogs = new Map<string, Catalog>()
const catalog = (journal: string): Catalog => {
  let kept = catalogs.get(journal)
  if (!kept) catalogs.set(journal, (kept = new Catalog(journal, systemClock)))
  return kept
}
/** What is read of a journal's store now. */
async function reading<T>(journal: string, read: (db: StoreDatabase) => Promise<T>): Promise<T | undefined> {
  const row = await catalog(journal).row()
  if (!row) return undefined
  const db = catalog(journal).database(row.reading)
  try {
    return await read(await db.open() as StoreDatabase)
  } finally {
    db.close()
  }
}
const reports: ProjectorReport[] = []
let projecting: Projecting | undefined

export const play = {
  reports,
  start(journal: string) {
    projecting = startProjecting({
      journal, feed, onReport: (report) => void reports.push(report), clock: systemClock, random: Math.random,
    })
  },
  stop() {
    projecting?.stop()
  },
  grew(n: number) {
    projecting?.grew(n)
  },
  applied: async (journal: string): Promise<number> => (await reading(journal, storeState))?.n ?? 0,
  /** The number that the store is whole up to; 0 while it is filled. */
  async whole(journal: string): Promise<number> {
    const state = await reading(journal, storeState)
    return state && !state.fill ? state.n : 0
  },
  filled: async (journal: string): Promise<number> => (await reading(journal, storeState))?.fill?.done ?? 0,
  /** Everything the store holds, as JSON. */
  contents: (journal: string) => reading(journal, async (db) => {
    const rows = await db.pages.toCollection().sortBy('page')
    const list = (await conversations(db)).sort((a, b) => (a.id < b.id ? -1 : 1))
    const messages: Message[] = []
    for (const { id } of list) {
      for (const row of rows) {
        if (row.conversation === id) for (const message of (await page(db, id, row.page)) ?? []) if (message) messages.push(message)
      }
    }
    return JSON.stringify({ conversations: list, messages })
  }),
  conversations: (journal: string) => reading(journal, conversations),
  messageAt: (journal: string, conversation: string, place: number) => reading(journal, (db) => messageAt(db, conversation, place)),
  lastMessages: (journal: string, conversation: string, n: number) => reading(journal, (db) => lastMessages(db, conversation, n)),
  databases: () => indexedDB.databases().then((all) => all.map(({ name }) => name ?? '')),
  makeDatabase: (name: string) => new StoreDatabase(name).open().then((db) => db.close()),
  forgetOthers: (kept: string) => forgetOthers((name) => name === kept),
  row: (journal: string) => catalog(journal).row(),
  rebuild: (journal: string) => catalog(journal).askRebuild(),
  cancel: (journal: string) => catalog(journal).cancelRebuild(),
  databaseName: (journal: string, generation: number, schema = SCHEMA) => databaseName(storeName(journal, schema), generation),
  /** A store as another layout of it left it. */
  async makeOther(journal: string, schema: number) {
    const other = new Catalog(journal, systemClock, schema)
    const { reading } = await other.ensure()
    await (await other.database(reading).open()).close()
    other.close()
    return databaseName(storeName(journal, schema), reading)
  },
  /** Deletes what is read, under everybody's eyes. */
  async loseDatabase(journal: string) {
    const row = await catalog(journal).row()
    indexedDB.deleteDatabase(databaseName(storeName(journal), row!.reading))
  },

  /** Follows a page live, as a window does; what it told is in `seen`. */
  seen: [] as (PageMessages | undefined)[],
  /** Every list that was told, and in which frame. */
  lists: [] as (readonly Conversation[])[],
  frames: 0,
  told: [] as { frame: number; at: number }[],
  follow(journal: string, conversation: string, number: number) {
    const reader = storeReader(new Catalog(journal, systemClock), systemClock, (run) => requestAnimationFrame(() => run()))
    reader.page(conversation, number, (messages) => {
      play.seen.push(messages)
      play.told.push({ frame: play.frames, at: performance.now() })
    })
    reader.conversations((list) => void play.lists.push(list))
  },
  countFrames() {
    const count = () => {
      play.frames++
      requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
  },

  /** A projector in this page, whose writes fail with errors of these names, one after the other. */
  startFailing(journal: string, names: string[]) {
    const failing = new Catalog(journal, systemClock)
    const open = failing.database.bind(failing)
    failing.database = (generation) => open(generation).use({
      stack: 'dbcore',
      name: 'failing disk',
      create: (core) => ({
        ...core,
        table: (name) => {
          const table = core.table(name)
          return {
            ...table,
            mutate: (request) => {
              const failure = request.type === 'put' ? names.shift() : undefined
              return failure ? Promise.reject(new DOMException('made to fail', failure)) : table.mutate(request)
            },
          }
        },
      }),
    })
    const projector = new Projector({
      catalog: failing, feed, clock: systemClock, random: () => 0,
      report: (report) => void reports.push(report), range: { first: 20, longest: 50 },
    })
    void projector.run()
    projecting = { grew: (n) => projector.grew(n), stop: () => projector.stop() }
  },
  benchStore,
}
window.play = play
