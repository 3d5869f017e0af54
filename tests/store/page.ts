// Runs inside Chromium: what a test may do with the store, by name.
import { systemClock } from '../../src-main/base/clock'
import type { ChangePage, Message } from '../../src-main/contract/message'
import { databaseName, forgetOthers, StoreDatabase } from '../../src-main/store/database'
import { appliedNumber } from '../../src-main/store/apply'
import { Projector } from '../../src-main/store/projector'
import { conversations, lastMessages, live, messageAt, page, type PageMessages } from '../../src-main/store/read'
import type { ProjectorReport } from '../../src-main/store/report'
import { startProjecting, type Projecting } from '../../src-main/store/start'
import { benchStore } from '../bench/store-page'

declare global {
  interface Window {
    /** The journal, played by Node; as text, since Playwright is slow with large values. */
    changes(after: number, limit: number): Promise<string>
    play: typeof play
  }
}

const changes = async (after: number, limit: number) => JSON.parse(await window.changes(after, limit)) as ChangePage
const databases = new Map<string, StoreDatabase>()
const database = (journal: string): StoreDatabase => {
  let db = databases.get(journal)
  if (!db) databases.set(journal, (db = new StoreDatabase(databaseName(journal))))
  return db
}
const reports: ProjectorReport[] = []
let projecting: Projecting | undefined

export const play = {
  reports,
  start(journal: string) {
    projecting = startProjecting({
      journal, changes, onReport: (report) => void reports.push(report), clock: systemClock, random: Math.random,
    })
  },
  stop() {
    projecting?.stop()
  },
  grew(n: number) {
    projecting?.grew(n)
  },
  applied: (journal: string): Promise<number> => appliedNumber(database(journal)),
  /** Everything the store holds, as JSON. */
  async contents(journal: string): Promise<string> {
    const db = database(journal)
    const rows = await db.pages.toCollection().sortBy('page')
    const list = await db.conversations.orderBy('id').toArray()
    const messages: Message[] = []
    for (const { id } of list) {
      for (const row of rows) {
        if (row.conversation === id) for (const message of (await page(db, id, row.page)) ?? []) if (message) messages.push(message)
      }
    }
    return JSON.stringify({ conversations: list, messages })
  },
  conversations: (journal: string) => conversations(database(journal)),
  messageAt: (journal: string, conversation: string, place: number) => messageAt(database(journal), conversation, place),
  lastMessages: (journal: string, conversation: string, n: number) => lastMessages(database(journal), conversation, n),
  databases: () => indexedDB.databases().then((all) => all.map(({ name }) => name ?? '')),
  makeDatabase: (name: string) => new StoreDatabase(name).open().then((db) => db.close()),
  forgetOthers,

  /** Follows a page live; what it told is in `seen`. */
  seen: [] as (PageMessages | undefined)[],
  follow(journal: string, conversation: string, number: number) {
    live(() => page(database(journal), conversation, number), (messages) => void play.seen.push(messages), () => {})
  },

  /** A projector in this page, whose writes fail with errors of these names, one after the other. */
  startFailing(journal: string, names: string[]) {
    const db = new StoreDatabase(databaseName(journal))
    db.use({
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
      db, feed: { changes }, clock: systemClock, random: () => 0,
      report: (report) => void reports.push(report), range: { first: 20, longest: 50 },
    })
    void projector.run()
    projecting = { grew: (n) => projector.grew(n), stop: () => projector.stop() }
  },
  benchStore,
}
window.play = play
