import type { Db } from '../ledger/db'

/** Messages of one millisecond that keep their order; more of them spill into the next. */
const PER_MS = 1_024
/** 2^43 ms is the year 2248: a time and its counter fit into the 53 bits of a number. */
const LATEST = 2 ** 43 - 1

/** A row number that sorts by time, then by arrival. */
export function messageNumber(db: Db, at: number): number {
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
