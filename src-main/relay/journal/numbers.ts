import type { Db } from '../ledger/db'

/** Openings of the file that are remembered; a reader that was away for more of them begins anew. */
const OPENINGS = 1_000

interface Counter {
  n: number
  /** This opening has its epoch in the file. */
  isBegun: boolean
}

const counter = (db: Db) => db.keep<Counter>('journal', () => ({
  n: db.one<{ n: number }>(`SELECT max(coalesce((SELECT max(n) FROM messages), 0),
    coalesce((SELECT max(n) FROM conversations), 0)) AS n`).n,
  isBegun: false,
}))

/** The journal's newest number. */
export const number = (db: Db): number => counter(db).n

/**
 * The number of the next change, which must be written to a row: after a crash the newest number is the highest there is.
 * For an update that may change nothing, see `renumber`.
 */
export function nextNumber(db: Db): number {
  const kept = counter(db)
  begin(db, kept)
  return ++kept.n
}

/** Runs an update with the next number, which counts as given only when a row has it. */
export function renumber(db: Db, update: (n: number) => { changes: number }): void {
  const kept = counter(db)
  if (update(kept.n + 1).changes) nextNumber(db)
}

/** Takes numbers for `count` rows, all of which must be written; answers the one before the first. */
export function takeNumbers(db: Db, count: number): number {
  const before = number(db)
  if (count) {
    nextNumber(db)
    counter(db).n = before + count
  }
  return before
}

/** Names the opening of the file that gave the newest number. */
export const epochOf = (db: Db): string => newestEpoch(db)?.epoch ?? ''

const newestEpoch = (db: Db) => db.get<{ epoch: string }>('SELECT epoch FROM epochs ORDER BY opening DESC LIMIT 1')

/** The epoch that each opening wrote. A kept value would be forgotten with a transaction that fails. */
const written = new WeakMap<Db, string>()

/** Before an opening gives its first number it leaves its name with the last number of those before it. */
function begin(db: Db, kept: Counter): void {
  if (kept.isBegun) return
  const newest = newestEpoch(db)
  if (!newest || newest.epoch !== written.get(db)) {
    const { epoch } = db.one<{ epoch: string }>('INSERT INTO epochs (n, epoch) VALUES (?, lower(hex(randomblob(10)))) RETURNING epoch', kept.n)
    written.set(db, epoch)
    db.run('DELETE FROM epochs WHERE opening <= (SELECT max(opening) FROM epochs) - ?', OPENINGS)
  }
  kept.isBegun = true
}

/**
 * Whether what a reader has up to number `after` is this file's history. It is not when the file is an older copy that was
 * put back and went on differently: then it does not know the reader's epoch, or the next one began before `after`.
 */
export function isHistory(db: Db, after: number, epoch: string | undefined): boolean {
  if (after === 0) return true
  if (after > number(db)) return false
  if (epoch === undefined) return true
  const known = db.get<{ opening: number }>('SELECT opening FROM epochs WHERE epoch = ?', epoch)
  if (!known) return false
  const next = db.get<{ n: number }>('SELECT n FROM epochs WHERE opening > ? ORDER BY opening LIMIT 1', known.opening)
  return !next || after <= next.n
}

/** For a journal that is emptied: no reader of before is a reader of this one. */
export function forgetEpochs(db: Db): void {
  db.run('DELETE FROM epochs')
  db.run('INSERT INTO epochs (n, epoch) VALUES (0, lower(hex(randomblob(10))))')
}
