import type { Db } from '../ledger/db'

/** Messages of one millisecond that keep their order; more of them spill into the next. */
const PER_MS = 1_024
/** 2^43 ms is the year 2248: a time and its counter fit into the 53 bits of a number. */
const LATEST = 2 ** 43 - 1

/** The highest number that a message has or had, -1 when there was none. */
const highest = (db: Db): { number: number } =>
  db.keep('message numbers', () => ({ number: db.one<{ last: number | null }>('SELECT max(message) AS last FROM messages').last ?? -1 }))

/** A row number that sorts by time, then by arrival; a row must get it. */
export function messageNumber(db: Db, at: number): number {
  const { number: last } = highest(db)
  const first = at * PER_MS
  // What comes now is nearly always later than all that is there: nobody has to be asked.
  const number = last < first ? first : last < first + PER_MS ? last + 1 : nextFree(db, at)
  tookNumber(db, number)
  return number
}

/** A row was made with a number that may not be of `messageNumber`. */
export function tookNumber(db: Db, number: number): void {
  const kept = highest(db)
  kept.number = Math.max(kept.number, number)
}

function nextFree(db: Db, at: number): number {
  for (let ms = at; ; ms++) {
    const { last } = db.one<{ last: number | null }>('SELECT max(message) AS last FROM messages WHERE message >= ? AND message < ?',
      ms * PER_MS, (ms + 1) * PER_MS)
    if (last === null) return ms * PER_MS
    if (last + 1 < (ms + 1) * PER_MS) return last + 1
  }
}

/** The number of the first message of a time. */
export const firstNumberAt = (at: number): number => at * PER_MS

/** The time of a row number, ms. */
export const timeOfNumber = (message: number): number => Math.floor(message / PER_MS)

/** A time that fits into a message's number. */
export const inRange = (time: number): number => Math.min(Math.max(Math.trunc(time) || 0, 0), LATEST)
