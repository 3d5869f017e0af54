import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { migrations } from '../../../src-main/database-verbs'
import { matches, readParts } from '../../../src-main/base/search-rule'
import { Db } from '../../../src-main/relay/ledger/db'
import { journalVerbs as verbs } from '../../../src-main/relay/journal/verbs'
import { unindexMessage } from '../../../src-main/relay/journal/search-index'
import { writeHistory } from '../../bench/history'
import { temporaryFolder } from '../../fakes/database'
import { lan, noon } from '../people'

const newFile = () => join(temporaryFolder(), 'test.db')

const receive = (db: Db, id: string, text: string, at = noon) => db.transaction(() => verbs['journal.receive'](db, {
  message: { conversation: lan, id: `${id}0000000`, from: lan, content: { kind: 'text', text }, sentAt: at, now: noon },
}))
const index = (db: Db, limit: number) => db.transaction(() => verbs['search.index'](db, { limit }))
const search = (db: Db, text: string, before?: number) => verbs['journal.search'](db, { text, limit: 100_000, ...(before !== undefined && { before }) })
const ids = (db: Db, text: string) => search(db, text).hits.map(({ message }) => message.id)

/** A file whose rows are there and whose index is not, as after an update. */
function unindexed(texts: readonly string[]): Db {
  const db = new Db(newFile(), migrations)
  texts.forEach((text, i) => receive(db, `old${i}`, text, noon - (texts.length - i) * 60_000))
  db.transaction(() => db.run('UPDATE search_build SET rule = 0'))
  db.drop()
  return db
}

describe('the index', () => {
  it('of a new journal is whole, and stays so', () => {
    const db = new Db(newFile(), migrations)
    expect(verbs['search.coverage'](db, null)).toBeNull()
    receive(db, 'a', '發展')
    expect(verbs['search.coverage'](db, null)).toBeNull()
    expect(search(db, '发展')).toMatchObject({ hits: [{ place: 0 }] })
    expect(search(db, '发展').coverage).toBeUndefined()
    db.close()
  })

  it('by another rule is built anew, the newest first, and says how far it reaches', () => {
    const db = unindexed(['fish one', 'fish two', 'fish three', 'fish four', 'fish five'])
    expect(search(db, 'fish')).toMatchObject({ hits: [], coverage: { done: 0, total: 5 } })
    expect(index(db, 2)).toEqual({ done: 2, total: 5, from: noon - 2 * 60_000 })
    const half = search(db, 'fish')
    expect(half.hits.map(({ place }) => place)).toEqual([4, 3])
    expect(half).toMatchObject({ coverage: { from: noon - 2 * 60_000, done: 2, total: 5 } })
    expect(half.next).toBeUndefined()
    index(db, 2)
    // A search that came to the end of what was indexed goes on where it was.
    expect(search(db, 'fish', half.coverage!.next).hits.map(({ place }) => place)).toEqual([2, 1])
    expect(index(db, 2)).toEqual({ done: 5, total: 5 })
    expect(index(db, 2)).toEqual({ done: 5, total: 5 })
    expect(search(db, 'fish').hits).toHaveLength(5)
    expect(search(db, 'fish').coverage).toBeUndefined()
    db.close()
  })

  it('takes new messages at once while it is built, and each only once', () => {
    const db = unindexed(['fish one', 'fish two', 'fish three'])
    receive(db, 'new', 'fish new')
    expect(ids(db, 'fish')).toEqual(['new0000000'])
    index(db, 1)
    receive(db, 'next', 'fish next')
    expect(ids(db, 'fish')).toEqual(['next0000000', 'new0000000', 'old20000000'])
    // Of another conversation and so long ago that the building has not come to it.
    db.transaction(() => verbs['journal.receive'](db, {
      message: { conversation: 'sip:wei@x', id: 'late0000', from: 'sip:wei@x', content: { kind: 'text', text: 'fish late' }, sentAt: noon - 3_600_000, now: noon },
    }))
    expect(ids(db, 'fish')).not.toContain('late0000')
    while (index(db, 1).from !== undefined);
    expect(ids(db, 'fish')).toEqual(['next0000000', 'new0000000', 'old20000000', 'old10000000', 'old00000000', 'late0000'])
    expect(db.get('SELECT count(*) AS n FROM search_docsize')).toEqual({ n: 6 })
    db.close()
  })

  it('forgets a message, whether the building has come to it or not', () => {
    const db = unindexed(['fish one', 'fish two'])
    index(db, 1)
    const numbers = db.all<{ message: number }>('SELECT message FROM messages ORDER BY message').map(({ message }) => message)
    db.transaction(() => numbers.forEach((number) => unindexMessage(db, number)))
    expect(db.get('SELECT count(*) AS n FROM search_docsize')).toEqual({ n: 0 })
    db.close()
  })

  it('goes on where it was after a transaction that failed and after the file was closed', () => {
    const file = newFile()
    writeHistory(file, { count: 1_000, conversations: 5, largest: 400 })
    let db = new Db(file, migrations)
    index(db, 300)
    expect(() => db.transaction(() => {
      verbs['search.index'](db, { limit: 300 })
      throw new Error('the disk is full')
    })).toThrow()
    db.close()
    db = new Db(file, migrations)
    for (let done = 300; done < 1_000;) done = index(db, 300).done
    const texts = db.all<{ id: string; content: string }>('SELECT id, content FROM messages ORDER BY message DESC')
      .map(({ id, content }) => ({ id, text: (JSON.parse(content) as { text: string }).text }))
    for (const query of ['的', '明天', '發', '1', 'th', 'tomorrow', '👍', '的 不']) {
      const parts = readParts(query)!
      expect(ids(db, query), query).toEqual(texts.filter(({ text }) => matches(text, parts)).map(({ id }) => id))
    }
    db.close()
  })

  it('is emptied with the journal', () => {
    const db = unindexed(['secret', 'secret too'])
    index(db, 1)
    db.transaction(() => verbs['journal.forget'](db, null))
    expect(search(db, 'secret')).toEqual({ hits: [] })
    receive(db, 'a', 'secret again')
    expect(search(db, 'secret').hits).toHaveLength(1)
    db.close()
  })

  it('of a journal of version 1 is built anew', () => {
    const file = newFile()
    const old = new Db(file, migrations.slice(0, 1))
    old.run('INSERT INTO conversations (conversation, address, count, lastAt, n) VALUES (1, ?, 1, ?, 2)', lan, noon)
    old.run(`INSERT INTO messages (message, conversation, place, sender, id, outgoing, heard, at, sentAt, content, status, asked, n)
      VALUES (?, 1, 0, ?, 'x', 0, 0, ?, ?, ?, 3, 0, 1)`, noon * 1_024, lan, noon, noon, JSON.stringify({ kind: 'text', text: '發展' }))
    old.run('INSERT INTO search (rowid, words, thread) VALUES (?, ?, ?)', noon * 1_024, '發 展', 'c1')
    old.close()
    const db = new Db(file, migrations)
    expect(search(db, '发展')).toMatchObject({ hits: [], coverage: { done: 0, total: 1 } })
    expect(index(db, 10)).toEqual({ done: 1, total: 1 })
    expect(search(db, '发展').hits).toHaveLength(1)
    db.close()
    const raw = new DatabaseSync(file)
    expect(raw.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    raw.close()
  })
})
