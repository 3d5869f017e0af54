// Runs inside Chromium: how fast a backlog goes into the store, beside raw IndexedDB in the same run.
import { systemClock } from '../../src-main/base/clock'
import type { Change, Message, PackedMessage } from '../../src-main/contract/message'
import { applyChanges, storeState } from '../../src-main/store/apply'
import { Catalog } from '../../src-main/store/catalog'
import { PAGE, type StoreDatabase } from '../../src-main/store/database'
import type { Feed } from '../../src-main/store/feed'
import { Projector } from '../../src-main/store/projector'

export interface StoreBench {
  messages: number
  /** Messages a second, one record a message, three indexes, 500 a transaction: the ceiling that platform.md names. */
  rawPerSecond: number
  /** Messages a second into an empty store, by `filling`: whole pages. */
  filledPerSecond: number
  /** Messages a second into a store that follows, by `changes`: 1,000 conversations by Zipf, interleaved. */
  appliedPerSecond: number
  /** One live message from commit to the next, ms, median. */
  liveMs: number
  /** The last page of a conversation, ms, median. */
  readMs: number
}

const CONVERSATIONS = 1_000
const text = '你好 Yanxin '.repeat(8)
const addressOf = (who: number): string => `sip:p${who}@bench.example`
const packedOf = (who: number, place: number): PackedMessage => {
  const at = 1.7e12 + place * 60_000 + who
  return {
    id: `m${who}-${place}-0123456789abcdef`, from: addressOf(who), outgoing: place % 3 === 0, at, sentAt: at,
    content: { kind: 'text', text: `${text}${place}` }, status: 'displayed',
  }
}
const messageOf = (who: number, place: number): Message => ({ conversation: addressOf(who), place, ...packedOf(who, place) })

/** A journal of any size, made while it is read: whose message each number is. */
class MadeJournal {
  readonly #who: Uint16Array
  readonly #place: Uint32Array
  readonly counts = new Uint32Array(CONVERSATIONS)
  readonly #pages: { who: number; page: number }[] = []

  constructor(readonly size: number) {
    const total = Array.from({ length: CONVERSATIONS }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b)
    const cumulative: number[] = []
    for (let i = 0, sum = 0; i < CONVERSATIONS; i++) cumulative.push((sum += 1 / (i + 1) / total))
    let state = 42
    const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
    this.#who = new Uint16Array(size)
    this.#place = new Uint32Array(size)
    for (let n = 0; n < size; n++) {
      const r = random()
      let low = 0
      for (let high = CONVERSATIONS - 1; low < high;) {
        const middle = (low + high) >> 1
        if (cumulative[middle]! < r) low = middle + 1
        else high = middle
      }
      this.#who[n] = low
      this.#place[n] = this.counts[low]!++
    }
    const last = (who: number) => Math.ceil(this.counts[who]! / PAGE) - 1
    for (let who = 0; who < CONVERSATIONS; who++) if (last(who) >= 0) this.#pages.push({ who, page: last(who) })
    for (let who = 0; who < CONVERSATIONS; who++) for (let page = last(who) - 1; page >= 0; page--) this.#pages.push({ who, page })
  }

  message(n: number): Message {
    return messageOf(this.#who[n]!, this.#place[n]!)
  }

  #changes(after: number, limit: number): Change[] {
    return Array.from({ length: Math.min(limit, this.size - after) }, (_, i) => ({ n: after + i + 1, kind: 'message', message: this.message(after + i) }))
  }

  /** Everything at once, whole pages. */
  filled(): Feed {
    return {
      changes: (after) => Promise.resolve({ changes: [], upTo: after, more: false, newest: this.size, epoch: 'bench' }),
      filling: (cursor, pages) => {
        const from = Number(cursor ?? 0)
        return Promise.resolve({
          newest: this.size, epoch: 'bench', total: this.size, conversations: [],
          pages: this.#pages.slice(from, from + pages).map(({ who, page }) => ({
            conversation: addressOf(who), page,
            messages: Array.from({ length: Math.min(PAGE, this.counts[who]! - page * PAGE) }, (_, i) => packedOf(who, page * PAGE + i)),
          })),
          ...(from + pages < this.#pages.length && { next: String(from + pages) }),
        })
      },
    }
  }

  /** Nothing to fill with, then one change after the other. */
  followed(): Feed {
    return {
      changes: (after, limit) => {
        const changes = this.#changes(after, limit)
        const upTo = after + changes.length
        return Promise.resolve({ changes, upTo, more: upTo < this.size, newest: this.size, epoch: 'bench' })
      },
      filling: () => Promise.resolve({ newest: 0, epoch: 'bench', total: 0, conversations: [], pages: [] }),
    }
  }
}

async function raw(journal: MadeJournal, count: number): Promise<number> {
  const name = 'bench-raw'
  indexedDB.deleteDatabase(name)
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore('messages', { keyPath: ['conversation', 'place'] })
      store.createIndex('id', 'id')
      store.createIndex('at', 'at')
      store.createIndex('status', 'status')
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('open'))
  })
  const begin = performance.now()
  for (let i = 0; i < count; i += 500) {
    await new Promise<void>((resolve, reject) => {
      const transaction = db.transaction('messages', 'readwrite', { durability: 'relaxed' })
      for (let n = i; n < Math.min(i + 500, count); n++) transaction.objectStore('messages').put(journal.message(n))
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error ?? new Error('abort'))
    })
  }
  const rate = count / ((performance.now() - begin) / 1_000)
  db.close()
  indexedDB.deleteDatabase(name)
  return rate
}

async function projected(name: string, size: number, feed: Feed): Promise<{ rate: number; db: StoreDatabase }> {
  const catalog = new Catalog(name, systemClock)
  const begin = performance.now()
  const rate = await new Promise<number>((resolve) => {
    const projector = new Projector({
      catalog, feed, clock: systemClock, random: Math.random,
      report: (report) => {
        if (report.at !== 'live' || report.applied !== size) return
        projector.stop()
        resolve(size / ((performance.now() - begin) / 1_000))
      },
    })
    void projector.run()
  })
  const db = catalog.database((await catalog.row())!.reading)
  await db.open()
  return { rate, db }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0

/** Measures the store with `count` messages of 300 bytes; raw IndexedDB with at most 20,000 of them, its rate being constant. */
export async function benchStore(count: number): Promise<StoreBench> {
  const journal = new MadeJournal(count)
  const rawPerSecond = await raw(journal, Math.min(count, 20_000))
  const filled = await projected('bench-filled', count, journal.filled())
  await filled.db.delete()
  const { rate, db } = await projected('bench-followed', count, journal.followed())
  const live: number[] = []
  const read: number[] = []
  for (let i = 0; i < 100; i++) {
    const n = count + i
    const state = (await storeState(db))!
    let begin = performance.now()
    await applyChanges(db, state, { after: n, upTo: n + 1, epoch: 'bench', changes: [{ n: n + 1, kind: 'message', message: messageOf(0, journal.counts[0]! + i) }] })
    live.push(performance.now() - begin)
    begin = performance.now()
    await db.pages.get([addressOf(0), 0])
    read.push(performance.now() - begin)
  }
  await db.delete()
  return {
    messages: count, rawPerSecond: Math.round(rawPerSecond), filledPerSecond: Math.round(filled.rate), appliedPerSecond: Math.round(rate),
    liveMs: median(live), readMs: median(read),
  }
}
