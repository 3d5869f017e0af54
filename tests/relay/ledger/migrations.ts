import type { Db, Migration } from '../../../src-main/relay/ledger/db'

/** A file of version 1 has this many rows; the long step to version 2 turns them over in chunks. */
export const ROWS = 3_000
const CHUNK = 10

export const first: Migration = { version: 1, sql: 'CREATE TABLE words (word TEXT NOT NULL, turned INTEGER NOT NULL DEFAULT 0) STRICT' }

/** `heard` before each chunk. */
export const second = (heard: (cursor: string | null) => void = () => {}): Migration => ({
  version: 2,
  sql: 'CREATE TABLE added (word TEXT) STRICT',
  chunk: (db: Db, cursor) => {
    heard(cursor)
    const from = Number(cursor ?? 0)
    db.run('UPDATE words SET turned = turned + 1, word = word || ? WHERE rowid > ? AND rowid <= ?', ' turned', from, from + CHUNK)
    return from + CHUNK < ROWS ? { cursor: String(from + CHUNK), done: from + CHUNK, total: ROWS } : undefined
  },
})

export const third: Migration = { version: 3, sql: 'CREATE TABLE last (word TEXT) STRICT' }

export function fill(db: Db): void {
  db.transaction(() => {
    for (let i = 0; i < ROWS; i++) db.run('INSERT INTO words (word) VALUES (?)', `w${i}`)
  })
}
