import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Db } from '../../../src-main/relay/ledger/db'
import { temporaryFolder } from '../../fakes/database'

const first = { version: 1, sql: 'CREATE TABLE words (word TEXT NOT NULL) STRICT' }
const second = { version: 2, sql: `INSERT INTO words VALUES ('from the second step')` }
const words = (db: Db) => db.all<{ word: string }>('SELECT word FROM words ORDER BY word').map(({ word }) => word)

it('a commit waits for its fsync, and a checkpoint never runs inside one', () => {
  const db = new Db(join(temporaryFolder(), 'x.db'), [first])
  expect({ ...db.get('PRAGMA synchronous'), ...db.get('PRAGMA journal_mode'), ...db.get('PRAGMA wal_autocheckpoint') })
    .toEqual({ synchronous: 2, journal_mode: 'wal', wal_autocheckpoint: 0 })
  for (let i = 0; i < 20; i++) db.transaction(() => db.run('INSERT INTO words VALUES (?)', 'x'.repeat(5_000)))
  expect(db.logPages()).toBeGreaterThan(20)
  db.checkpoint()
  expect(db.logPages()).toBe(0)
  db.close()
})

it('a schema takes each step once, in order', () => {
  const file = join(temporaryFolder(), 'x.db')
  new Db(file, [first]).close()
  for (let i = 0; i < 2; i++) {
    const db = new Db(file, [second, first])
    expect(words(db)).toEqual(['from the second step'])
    db.close()
  }
  expect(() => new Db(file, [first])).toThrowError(expect.objectContaining({ code: 'newer-version' }))
})

it('a step that fails leaves the schema before it', () => {
  const file = join(temporaryFolder(), 'x.db')
  expect(() => new Db(file, [first, { version: 2, sql: 'INSERT INTO words VALUES (1); INSERT INTO nothing VALUES (1)' }])).toThrow()
  const db = new Db(file, [first])
  expect(words(db)).toEqual([])
  db.close()
})

it('what was kept of a transaction that failed is forgotten', () => {
  const db = new Db(':memory:', [first])
  const count = () => db.keep('count', () => ({ words: words(db).length }))
  db.transaction(() => {
    db.run('INSERT INTO words VALUES (?)', 'a')
    count()
  })
  expect(() => db.transaction(() => {
    db.run('INSERT INTO words VALUES (?)', 'b')
    count().words++
    throw new Error('no')
  })).toThrow('no')
  expect(count()).toEqual({ words: 1 })
  db.close()
})
