import type { Content } from '../../contract/message'
import type { Db } from '../ledger/db'
import { firstNumberAt, messageNumber, tookNumber } from './message-number'
import { nextNumber, number, takeNumbers } from './numbers'
import { conversationFor, conversationRow, statusNumber, type ConversationRow } from './rows'
import { indexMessage } from './search-index'

/** What became of an import so far. */
export interface Merged {
  /** Messages that wait still. */
  left: number
  merged: number
  known: number
  conversations: number
  /** The journal's number. */
  n: number
}

interface Thread { thread: number; import: number; address: string; name: string | null }

interface Findable { message: number; conversation: number; content: string }

interface StagedRow { at: number; row: number; sender: string; id: string; outgoing: number; sentAt: number; content: string; status: number }

/** A staged message and where it goes: before the existing message at place `before`, which `heard` incoming ones precede. */
interface Placed extends StagedRow { before: number; heard: number }

/** The most messages of one conversation that are merged at once. */
const MOST = 20_000

const columns = 'at, row, sender, id, outgoing, sentAt, content, status'
const delivered = statusNumber('delivered')
const displayed = statusNumber('displayed')
const failed = statusNumber('failed')
const refused = JSON.stringify({ code: 'refused' })

const incomingOf = (messages: readonly StagedRow[]): number => messages.reduce((sum, { outgoing }) => sum + 1 - outgoing, 0)

/** The first place with a time after `at`; times rise with places. */
function placeAfter(db: Db, { conversation, count, lastAt }: ConversationRow, at: number): number {
  if (!count || lastAt <= at) return count
  let [low, high] = [0, count - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    const row = db.one<{ at: number }>('SELECT at FROM messages WHERE conversation = ? AND place = ?', conversation, middle)
    if (row.at > at) high = middle
    else low = middle + 1
  }
  return low
}

/** Where each goes, behind what has the same time; `staged` is in order, `from` the place of the first. */
function place(db: Db, row: ConversationRow, staged: readonly StagedRow[], from: number): Placed[] {
  const existing = (sql: string, ...values: number[]) => db.get<{ place: number; heard: number; at: number }>(
    `SELECT place, heard, at FROM messages WHERE conversation = ? AND place >= ? ${sql} ORDER BY place LIMIT 1`, row.conversation, ...values)
  let next = from < row.count ? existing('', from) : undefined
  return staged.map((each) => {
    if (next && next.at <= each.at) next = existing('AND at > ?', next.place, each.at)
    return Object.assign(each, { before: next?.place ?? row.count, heard: next?.heard ?? row.heard })
  })
}

/**
 * Moves the existing messages from place `from` on behind those that are placed before them; `base` as from `takeNumbers`. From
 * the last one down, so that a place is free when it is taken: cheaper than two updates of all, which step aside and back.
 */
function move(db: Db, { conversation, count }: ConversationRow, placed: readonly Placed[], from: number, base: number): void {
  let before = placed.length
  let heard = incomingOf(placed)
  for (let place = count - 1; place >= from; place--) {
    for (; placed[before - 1]!.before > place; before--) heard -= 1 - placed[before - 1]!.outgoing
    db.run('UPDATE messages SET place = ?, heard = heard + ?, n = ? WHERE conversation = ? AND place = ?',
      place + before, heard, base + 1 + place + before - from, conversation, place)
  }
}

/** What of the conversation is read: before the first unread message everything, else all but the newest that were not read there. */
function readAfter(row: ConversationRow, placed: readonly Placed[], lastRead: Pick<StagedRow, 'at' | 'row'> | undefined): { readPlace: number; readHeard: number } {
  const { count, heard, readPlace, readHeard } = row
  const isUnread = ({ before, at, row: number }: Placed) => (readPlace < count ? before > readPlace
    : before === count && (!lastRead || at > lastRead.at || (at === lastRead.at && number > lastRead.row)))
  const read = placed.filter((each) => !isUnread(each))
  return { readPlace: (readPlace < count ? readPlace : count) + read.length, readHeard: (readPlace < count ? readHeard : heard) + incomingOf(read) }
}

/** Answers what is to be made findable. */
function insert(db: Db, conversation: number, placed: readonly Placed[], from: number, base: number, readPlace: number): Findable[] {
  let incoming = 0
  const inserted: Findable[] = []
  for (const [i, { before, heard, at, sender, id, outgoing, sentAt, content, status }] of placed.entries()) {
    const place = before + i
    const risen = outgoing ? status : place < readPlace ? displayed : delivered
    const add = (message: number): boolean => db.run(`INSERT INTO messages
      (message, conversation, place, sender, id, outgoing, heard, at, sentAt, content, status, fault, asked, n)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT (message) DO NOTHING`,
      message, conversation, place, sender, id, outgoing, heard + incoming, at, sentAt, content, risen,
      risen === failed ? refused : null, base + 1 + place - from).changes > 0
    let message = firstNumberAt(at)
    if (!add(message)) add((message = messageNumber(db, at)))
    tookNumber(db, message)
    incoming += 1 - outgoing
    inserted.push({ message, conversation, content })
  }
  return inserted
}

/**
 * Merges the oldest of what is staged for a conversation, and moves what comes after it; adds to `inserted`, and answers how
 * much work that was.
 */
function mergeThread(db: Db, { thread, import: owner, address, name }: Thread, now: number, room: number, inserted: Findable[]): number {
  const first = db.get<{ at: number }>('SELECT at FROM staged WHERE thread = ? ORDER BY at, row LIMIT 1', thread)
  if (!first) return 0
  const known = conversationRow(db, address)
  const moving = known ? known.count - placeAfter(db, known, first.at) : 0
  // As many as must move at least, so that moving costs no more than inserting.
  const staged = db.all<StagedRow>(`SELECT ${columns} FROM staged WHERE thread = ? ORDER BY at, row LIMIT ?`,
    thread, Math.max(room, Math.min(moving, MOST)))
  const seen = new Set<string>()
  const fresh = staged.filter(({ id, sender }) => {
    const identity = `${sender} ${id}`
    if (seen.has(identity) || db.get('SELECT 1 FROM messages WHERE id = ? AND sender = ?', id, sender)) return false
    return seen.add(identity)
  })
  if (fresh.length) {
    const row = conversationFor(db, address, now, (known?.name ?? null) === null && name !== null ? { name } : {})
    const from = placeAfter(db, row, fresh[0]!.at)
    const placed = place(db, row, fresh, from)
    const read = readAfter(row, placed, db.get<{ at: number; row: number }>(
      'SELECT at, row FROM staged WHERE thread = ? AND (outgoing = 1 OR status <> ?) ORDER BY at DESC, row DESC LIMIT 1', thread, delivered))
    const base = takeNumbers(db, row.count - from + placed.length)
    move(db, row, placed, from, base)
    inserted.push(...insert(db, row.conversation, placed, from, base, read.readPlace))
    const last = placed.at(-1)!
    db.run('UPDATE conversations SET count = ?, heard = ?, readPlace = ?, readHeard = ?, lastAt = ?, quiet = 0, n = ? WHERE conversation = ?',
      row.count + placed.length, row.heard + incomingOf(placed), read.readPlace, read.readHeard,
      last.before === row.count ? last.at : row.lastAt, nextNumber(db), row.conversation)
  }
  const last = staged.at(-1)!
  db.run('DELETE FROM staged WHERE thread = ? AND (at, row) <= (?, ?)', thread, last.at, last.row)
  if (fresh.length) db.run('UPDATE staged_threads SET merged = merged + ? WHERE thread = ?', fresh.length, thread)
  db.run('UPDATE imports SET waiting = waiting - ?, merged = merged + ?, known = known + ? WHERE import = ?',
    staged.length, fresh.length, staged.length - fresh.length, owner)
  return staged.length + moving
}

const threadFrom = (db: Db, owner: number, thread: number): Thread | undefined =>
  db.get<Thread>('SELECT * FROM staged_threads WHERE import = ? AND thread >= ? ORDER BY thread LIMIT 1', owner, thread)

/** Merges conversation after conversation until about `limit` messages are in. */
export function merge(db: Db, owner: number, now: number, limit: number): Merged {
  const inserted: Findable[] = []
  let room = limit
  let thread = threadFrom(db, owner, db.one<{ thread: number }>('SELECT thread FROM imports WHERE import = ?', owner).thread)
  while (thread && room > 0) {
    const done = mergeThread(db, thread, now, room, inserted)
    room -= done
    if (!done) thread = threadFrom(db, owner, thread.thread + 1)
  }
  db.run('UPDATE imports SET thread = ? WHERE import = ?', thread?.thread ?? Number.MAX_SAFE_INTEGER, owner)
  // In the order that the index likes.
  inserted.sort((a, b) => a.message - b.message)
  for (const { message, conversation, content } of inserted) indexMessage(db, message, conversation, JSON.parse(content) as Content)
  return { n: number(db), ...db.one<Omit<Merged, 'n'>>(`SELECT waiting AS left, merged, known,
    (SELECT count(*) FROM staged_threads t WHERE t.import = i.import AND t.merged > 0) AS conversations FROM imports i WHERE import = ?`, owner) }
}
