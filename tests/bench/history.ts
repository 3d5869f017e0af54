import { DatabaseSync } from 'node:sqlite'
import { DAY } from '../../src-main/base/clock'
import { migrations } from '../../src-main/database-verbs'
import { statusNumber } from '../../src-main/relay/journal/rows'
import { searchVerbs } from '../../src-main/relay/journal/search'
import { Db } from '../../src-main/relay/ledger/db'
import { chatTexts, seeded, zipf, type Vocabulary } from './texts'

export interface HistoryOptions {
  /** Messages in all. */
  count: number
  /** @default 1_000, or a hundredth of the messages if that is less */
  conversations?: number
  /** Messages of the largest conversation. @default 100_000, or a tenth of the messages if that is less */
  largest?: number
  /** Our own address. @default sip:mei@example.org */
  account?: string
  seed?: number
  /** When the last message came, ms. @default 3 May 2026, noon, UTC */
  until?: number
  /** How far back it goes, ms. @default four years */
  span?: number
  /** Its search index is built. @default false: it is left to be built as after an update */
  indexed?: boolean
}

export interface History {
  account: string
  /** Largest first. */
  conversations: { address: string; count: number }[]
  count: number
  vocabulary: Vocabulary
  /** How long writing took, ms. */
  took: number
}

/** A message's number carries its time, 1,024 to the millisecond (relay/journal/append.ts). */
const PER_MS = 1_024
const TRANSACTION = 20_000

const surnames = ['Mei', 'Lan', 'Wei', 'Anna', 'Tom', '王芳', '李强', '陳志明', '张伟', '林怡君', '火车票助手', 'Bank']

/** How many messages each conversation has: one of exactly `largest`, the others by Zipf. */
function sizes(count: number, conversations: number, largest: number): number[] {
  const weights = Array.from({ length: conversations - 1 }, (_, i) => (i + 1) ** -0.9)
  const sum = weights.reduce((a, b) => a + b, 0)
  const rest = count - largest
  const others = weights.map((weight) => Math.max(1, Math.min(largest, Math.floor((weight / sum) * rest))))
  let left = rest - others.reduce((a, b) => a + b, 0)
  for (let i = 0; left !== 0; i = (i + 1) % others.length) {
    const step = Math.sign(left)
    const next = others[i]! + step
    if (next < 1 || next > largest) continue
    others[i] = next
    left -= step
  }
  return [largest, ...others]
}

/** Which conversation each message is of: people talk a few messages at a time. */
function order(counts: readonly number[], random: () => number): Uint16Array {
  const runs: [conversation: number, length: number][] = []
  counts.forEach((count, conversation) => {
    for (let left = count; left > 0;) {
      const length = Math.min(left, 1 + Math.floor(random() * 8))
      runs.push([conversation, length])
      left -= length
    }
  })
  for (let i = runs.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[runs[i], runs[j]] = [runs[j]!, runs[i]!]
  }
  const of = new Uint16Array(counts.reduce((a, b) => a + b, 0))
  let at = 0
  for (const [conversation, length] of runs) of.fill(conversation, at, (at += length))
  return of
}

/**
 * Fills a journal (made if there is none) with a history that is the same for the same seed: conversations of very different
 * size, chat texts in Chinese of both scripts and English, receipts, some of it unread.
 */
export function writeHistory(file: string, options: HistoryOptions): History {
  const { count, seed = 1, account = 'sip:mei@example.org', until = Date.UTC(2026, 4, 3, 12), span = 4 * 365 * DAY } = options
  const { conversations = Math.max(2, Math.min(1_000, Math.floor(count / 100))), largest = Math.min(100_000, Math.ceil(count / 10)) } = options
  const began = performance.now()
  new Db(file, migrations).close()
  const db = new DatabaseSync(file)
  // Nothing else has the file, and a test that loses it makes it again.
  db.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -800000; PRAGMA wal_autocheckpoint = 20000; BEGIN')
  const random = seeded(seed)
  const { text, vocabulary } = chatTexts(seed)
  const counts = sizes(count, conversations, largest)
  const state = counts.map((_, i) => ({ address: addressOf(i), place: 0, heard: 0, at: 0, own: random() < 0.5 }))
  const unread = counts.map((size) => (random() < 0.15 ? 1 + Math.floor(random() * Math.min(40, size)) : 0))

  const newest = db.prepare(`SELECT max(coalesce((SELECT max(n) FROM messages), 0), coalesce((SELECT max(n) FROM conversations), 0)) AS n,
    coalesce((SELECT max(conversation) FROM conversations), 0) AS conversation`).get() as { n: number; conversation: number }
  let n = newest.n
  const first = newest.conversation + 1
  const insert = db.prepare(`INSERT INTO messages (message, conversation, place, sender, id, outgoing, heard, at, sentAt, content, status, fault, asked, n)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`)
  const hop = db.prepare('INSERT INTO hops (message, at, event, by) VALUES (?, ?, ?, ?)')
  const length = zipf(10, 1, random)
  const gap = span / count
  order(counts, random).forEach((conversation, i) => {
    const at = Math.floor(until - span + (i + random()) * gap)
    const has = state[conversation]!
    // Answers come in turns of a few messages.
    if (random() < 0.45) has.own = !has.own
    const isUnread = has.place >= counts[conversation]! - unread[conversation]!
    const outgoing = has.own && !isUnread
    const chance = random()
    const status = !outgoing ? (isUnread ? 'delivered' : 'displayed')
      : chance < 0.8 ? 'displayed' : chance < 0.93 ? 'delivered' : chance < 0.99 ? 'sent' : 'failed'
    const message = at * PER_MS
    const sentAt = at - length() * 100
    insert.run(message, first + conversation, has.place++, outgoing ? account : has.address, `h${seed}.${i.toString(36).padStart(8, '0')}`, Number(outgoing),
      has.heard, at, sentAt, JSON.stringify({ kind: 'text', text: text() }), statusNumber(status),
      status === 'failed' ? '{"code":"refused"}' : null, ++n)
    hop.run(message, at, outgoing ? 'kept' : 'received', outgoing ? 'this computer' : has.address)
    if (!outgoing) has.heard++
    has.at = at
    if (i % TRANSACTION === TRANSACTION - 1) db.exec('COMMIT; BEGIN')
  })

  const keep = db.prepare(`INSERT INTO conversations (conversation, address, name, isChatbot, count, heard, readPlace, readHeard, lastAt, n)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  state.forEach(({ address, place, heard, at }, i) => {
    const readPlace = place - unread[i]!
    keep.run(first + i, address, nameOf(i), Number(i % 20 === 19), place, heard, readPlace, heard - unread[i]!, at, ++n)
  })
  db.exec(`INSERT INTO search (search) VALUES ('delete-all');
    UPDATE search_build SET done = 0, (cursor, total) = (SELECT coalesce(max(message) + 1, 0), count(*) FROM messages);
    COMMIT; PRAGMA wal_checkpoint(TRUNCATE)`)
  db.close()
  if (options.indexed) buildIndex(file)
  return { account, count, vocabulary, took: performance.now() - began, conversations: state.map(({ address }, i) => ({ address, count: counts[i]! })) }
}

/** Builds the search index in one go. */
export function buildIndex(file: string): void {
  const db = new Db(file, migrations)
  for (let left = true; left;) {
    left = db.transaction(() => searchVerbs['search.index'](db, { limit: 5_000 })).from !== undefined
    if (db.logPages() > 4_000) db.checkpoint()
  }
  db.checkpoint()
  db.close()
}

const addressOf = (i: number): string => (i % 3 === 2 ? `sip:friend${i}@example.org` : `tel:+86138${String(10_000_000 + i * 7_919).slice(-8)}`)
const nameOf = (i: number): string | null => (i % 5 === 4 ? null : `${surnames[i % surnames.length]!} ${i}`)
