import { found, type Db } from '../ledger/db'
import { inRange } from './message-number'
import { nextNumber } from './numbers'
import { asked, numberedRow, type ConversationRow, type MessageRow } from './rows'

// The focus gives a group one order for everybody. Until it has told where a message of ours belongs, the message is unplaced, and
// what is unplaced is always the tail of its conversation: whatever has a place goes before it.

/** The place of the first message whose place is not known yet. */
export const firstUnplaced = (db: Db, conversation: number): number | undefined => db.get<{ place: number }>(
  'SELECT place FROM messages WHERE conversation = ? AND asked & 4 ORDER BY place LIMIT 1', conversation)?.place

/** Where a new message goes that has the time `at` and is not before the message above it. */
export interface Gap {
  place: number
  at: number
  /** Incoming messages above it. */
  heard: number
}

/** The end of the conversation, or in a group, for what has its place, the beginning of the tail. */
export function gapFor(db: Db, row: ConversationRow, at: number, isUnplaced: boolean): Gap {
  const place = row.groupSummary === null || isUnplaced ? undefined : firstUnplaced(db, row.conversation)
  if (place === undefined) return { place: row.count, at: row.count ? Math.max(at, row.lastAt) : at, heard: row.heard }
  const { heard } = db.one<{ heard: number }>('SELECT heard FROM messages WHERE conversation = ? AND place = ?', row.conversation, place)
  return { place, at: Math.max(at, timeAt(db, row.conversation, place - 1) ?? 0), heard }
}

const timeAt = (db: Db, conversation: number, place: number): number | undefined =>
  db.get<{ at: number }>('SELECT at FROM messages WHERE conversation = ? AND place = ?', conversation, place)?.at

/** Moves what stands from the gap on one place down: no earlier than what comes into the gap, which is counted where `heard` is 1. */
export function open(db: Db, { conversation, count }: ConversationRow, { place: gap, at }: Gap, heard: 0 | 1): void {
  // From the last one up, so that a place is free when it is taken.
  for (let place = count - 1; place >= gap; place--) {
    db.run('UPDATE messages SET place = place + 1, heard = heard + ?, at = max(at, ?), n = ? WHERE conversation = ? AND place = ?',
      heard, at, nextNumber(db), conversation, place)
  }
}

/**
 * Moves a message of ours to the place `to`, counted without it, and what lies between by one. Its time is brought between those of
 * its new neighbours. What was read stays read.
 */
function move(db: Db, { message, conversation, place: from, at }: MessageRow, to: number): void {
  if (from !== to) {
    db.run('UPDATE messages SET place = -1 WHERE message = ?', message)
    const step = from < to ? 1 : -1
    for (let place = from + step; place !== to + step; place += step) {
      db.run('UPDATE messages SET place = ?, n = ? WHERE conversation = ? AND place = ?', place - step, nextNumber(db), conversation, place)
    }
  }
  const below = db.get<{ at: number; heard: number }>('SELECT at, heard FROM messages WHERE conversation = ? AND place = ?', conversation, to + 1)
  const { readPlace, heard } = db.one<Pick<ConversationRow, 'readPlace' | 'heard'>>(
    'SELECT readPlace, heard FROM conversations WHERE conversation = ?', conversation)
  const time = Math.min(Math.max(at, timeAt(db, conversation, to - 1) ?? 0), below?.at ?? Infinity)
  db.run('UPDATE messages SET place = ?, at = ?, heard = ?, n = ? WHERE message = ?', to, time, below?.heard ?? heard, nextNumber(db), message)
  const without = readPlace > from ? readPlace - 1 : readPlace
  db.run(`UPDATE conversations SET readPlace = ?, n = ?, lastAt = (SELECT at FROM messages WHERE conversation = ? AND place = count - 1)
    WHERE conversation = ?`, without >= to ? without + 1 : without, nextNumber(db), conversation, conversation)
}

/** The place of a message of ours is known now: before everything that has none. */
export function place(db: Db, row: MessageRow): void {
  db.run('UPDATE messages SET asked = asked & ~4 WHERE message = ?', row.message)
  const { count } = db.one<{ count: number }>('SELECT count FROM conversations WHERE conversation = ?', row.conversation)
  const first = firstUnplaced(db, row.conversation) ?? count
  move(db, row, row.place < first ? first - 1 : first)
}

const again = (db: Db, { message }: MessageRow): MessageRow => found(numberedRow(db, message))

/** A message that fails has its place, if only here: nobody else has it. Answers its row. */
export function failedPlace(db: Db, row: MessageRow): MessageRow {
  if (!(row.asked & asked.unplaced)) return row
  place(db, row)
  return again(db, row)
}

/** A message that had failed goes out again: in a group it gets a place anew, and waits for it at the end. Answers its row. */
export function unplaceAgain(db: Db, row: MessageRow, now: number): MessageRow {
  const { count, groupSummary } = db.one<Pick<ConversationRow, 'count' | 'groupSummary'>>(
    'SELECT count, groupSummary FROM conversations WHERE conversation = ?', row.conversation)
  if (groupSummary === null || row.version !== null) return row
  db.run('UPDATE messages SET asked = asked | ? WHERE message = ?', asked.unplaced, row.message)
  move(db, { ...row, at: Math.max(row.at, inRange(now)) }, count - 1)
  return again(db, row)
}
