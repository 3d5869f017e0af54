// Runs inside Chromium: how fast a backlog goes into the store, beside raw IndexedDB in the same run.
import { systemClock } from '../../src-main/base/clock'
import type { Change, Message } from '../../src-main/contract/message'
import { apply } from '../../src-main/store/apply'
import { databaseName, StoreDatabase } from '../../src-main/store/database'
import { Projector } from '../../src-main/store/projector'

export interface StoreBench {
  messages: number
  /** Messages a second, one record a message, three indexes, 500 a transaction: the ceiling that platform.md names. */
  rawPerSecond: number
  /** Messages a second through the projector, a journal of 1,000 conversations by Zipf. */
  appliedPerSecond: number
  /** The same when the journal gives one conversation after the other. */
  groupedPerSecond: number
  /** One live message from commit to the next, ms, median. */
  liveMs: number
  /** The last page of a conversation, ms, median. */
  readMs: number
}

const CONVERSATIONS = 1_000

function makeChanges(count: number, grouped: boolean): Change[] {
  const places = new Map<number, number>()
  const total = Array.from({ length: CONVERSATIONS }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b)
  const cumulative: number[] = []
  for (let i = 0, sum = 0; i < CONVERSATIONS; i++) cumulative.push((sum += 1 / (i + 1) / total))
  let state = 42
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
  const text = '你好 Yanxin '.repeat(8)
  const drawn = Array.from({ length: count }, () => {
    const r = random()
    let low = 0
    for (let high = CONVERSATIONS - 1; low < high;) {
      const middle = (low + high) >> 1
      if (cumulative[middle]! < r) low = middle + 1
      else high = middle
    }
    return low
  })
  if (grouped) drawn.sort((a, b) => a - b)
  return drawn.map((who, index) => {
    const place = places.get(who) ?? 0
    places.set(who, place + 1)
    const conversation = `sip:p${who}@bench.example`
    const message: Message = {
      conversation, place, id: `m${index}-0123456789abcdef`, from: conversation, outgoing: index % 3 === 0, at: 1.7e12 + index,
      sentAt: 1.7e12 + index, content: { kind: 'text', text: `${text}${index}` }, status: 'displayed',
    }
    return { n: index + 1, kind: 'message', message }
  })
}

async function raw(changes: Change[]): Promise<number> {
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
  for (let i = 0; i < changes.length; i += 500) {
    await new Promise<void>((resolve, reject) => {
      const transaction = db.transaction('messages', 'readwrite', { durability: 'relaxed' })
      for (const change of changes.slice(i, i + 500)) if (change.kind === 'message') transaction.objectStore('messages').put(change.message)
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error ?? new Error('abort'))
    })
  }
  const rate = changes.length / ((performance.now() - begin) / 1_000)
  db.close()
  indexedDB.deleteDatabase(name)
  return rate
}

async function projected(name: string, changes: Change[]): Promise<{ rate: number; db: StoreDatabase }> {
  const db = new StoreDatabase(databaseName(name))
  await db.delete()
  await db.open()
  const newest = changes.length
  const begin = performance.now()
  await new Promise<void>((resolve) => {
    const projector = new Projector({
      db, clock: systemClock, random: Math.random,
      feed: {
        changes: (after, limit) => {
          const page = changes.slice(after, after + limit)
          return Promise.resolve({ changes: page, upTo: after + page.length, more: after + page.length < newest, newest })
        },
      },
      report: (report) => {
        if (report.at === 'live' && report.applied === newest) {
          projector.stop()
          resolve()
        }
      },
    })
    void projector.run()
  })
  return { rate: newest / ((performance.now() - begin) / 1_000), db }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0

/** Measures the store with `count` messages of 300 bytes; raw IndexedDB with a tenth of them, its rate being constant. */
export async function benchStore(count: number): Promise<StoreBench> {
  const zipf = makeChanges(count, false)
  const rawPerSecond = await raw(zipf.slice(0, Math.max(5_000, count / 10)))
  const grouped = await projected('bench-grouped', makeChanges(count, true))
  await grouped.db.delete()
  const { rate, db } = await projected('bench-zipf', zipf)
  const last = zipf.at(-1)
  const conversation = last?.kind === 'message' ? last.message.conversation : ''
  const live: number[] = []
  const read: number[] = []
  for (let i = 0; i < 100; i++) {
    const n = count + i
    const change = zipf[i]!
    let begin = performance.now()
    await apply(db, { after: n, upTo: n + 1, changes: [{ ...change, n: n + 1 }] })
    live.push(performance.now() - begin)
    begin = performance.now()
    await db.pages.get([conversation, 0])
    read.push(performance.now() - begin)
  }
  await db.delete()
  return {
    messages: count, rawPerSecond: Math.round(rawPerSecond), appliedPerSecond: Math.round(rate), groupedPerSecond: Math.round(grouped.rate),
    liveMs: median(live), readMs: median(read),
  }
}
