import type { Content, Status } from '../../contract/message'
import { found, type Db } from '../ledger/db'
import { inRange } from './message-number'
import { merge, type Merged } from './merge'
import { number } from './numbers'
import { statusNumber } from './rows'

/** A message from elsewhere, with the time that it had there. */
export interface StagedMessage {
  /** The other party's address of record. */
  conversation: string
  /** What the other side is called; names a conversation that has no name. */
  name?: string
  /** With `from` its identity: what is known under it is not taken again. */
  id: string
  from: string
  outgoing: boolean
  content: Content
  /** ms since 1970. */
  sentAt: number
  /** An incoming one that is only `delivered` was not read there. @default 'sent' or 'displayed' */
  status?: Status
}

/** An import that has begun and was not ended by `journal.importDone`. */
export interface ImportInfo {
  import: string
  /** As the last `journal.stage` gave it. */
  progress: unknown
  /** Messages that wait to be merged, that were merged, and that were known before. */
  staged: number
  merged: number
  known: number
  /** Conversations that messages were merged into. */
  conversations: number
}

interface ImportRow { import: number; name: string; progress: string; waiting: number; merged: number; known: number; seen: number }

/** Rows that one `journal.importDone` takes away. */
const SWEEP = 5_000

const importRow = (db: Db, name: string): ImportRow | undefined => db.get<ImportRow>('SELECT * FROM imports WHERE name = ?', name)

/** The numbers behind the addresses of a batch; a conversation that was called by a name keeps the first. */
function threadsOf(db: Db, owner: number): (address: string, name: string | undefined) => number {
  const known = new Map<string, { thread: number; name: string | null }>()
  return (address, name) => {
    let one = known.get(address)
    if (!one) {
      one = db.get<{ thread: number; name: string | null }>('SELECT thread, name FROM staged_threads WHERE import = ? AND address = ?', owner, address)
        ?? { thread: db.run('INSERT INTO staged_threads (import, address) VALUES (?, ?)', owner, address).lastInsertRowid, name: null }
      known.set(address, one)
    }
    if (one.name === null && name !== undefined) db.run('UPDATE staged_threads SET name = ? WHERE thread = ?', (one.name = name), one.thread)
    return one.thread
  }
}

const isKept = (db: Db, id: string, from: string): boolean =>
  db.get('SELECT 1 FROM messages WHERE id = ? AND sender = ?', id, from) !== undefined

/** Whether a batch is the last one again: the thread died behind its commit. */
function isStaged(db: Db, { import: owner, seen }: ImportRow, messages: readonly StagedMessage[], now: number): boolean {
  return messages.every(({ conversation, id, from, sentAt }, i) => isKept(db, id, from) || db.get(`SELECT 1 FROM staged s
    JOIN staged_threads t ON t.thread = s.thread WHERE import = ? AND address = ? AND at = ? AND row = ? AND s.id = ? AND sender = ?`,
    owner, conversation, Math.min(inRange(sentAt), now), seen - messages.length + i, id, from) !== undefined)
}

export const importVerbs = {
  /**
   * Keeps messages, with how far their import has come, until they are merged: readers see none of them yet. What is in the
   * journal already is known and not staged, what is staged twice is known when it is merged. `progress` is small JSON that
   * differs from batch to batch.
   */
  'journal.stage': (db: Db, { import: name, messages, progress, now }: {
    import: string
    messages: readonly StagedMessage[]
    progress: unknown
    now: number
  }): { staged: number; known: number } => {
    const saved = JSON.stringify(progress ?? null)
    const before = importRow(db, name)
    if (before?.progress === saved && isStaged(db, before, messages, now)) return { staged: 0, known: 0 }
    if (!before) db.run('INSERT INTO imports (name, progress) VALUES (?, ?)', name, saved)
    const row = found(before ?? importRow(db, name))
    const threadOf = threadsOf(db, row.import)
    let staged = 0
    for (const [i, { conversation, name: called, id, from, outgoing, content, sentAt, status }] of messages.entries()) {
      if (isKept(db, id, from)) continue
      const at = inRange(sentAt)
      db.run(`INSERT INTO staged (thread, at, row, sender, id, outgoing, sentAt, content, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        threadOf(conversation, called), Math.min(at, now), row.seen + i, from, id, Number(outgoing), at, JSON.stringify(content),
        statusNumber(status ?? (outgoing ? 'sent' : 'displayed')))
      staged++
    }
    const known = messages.length - staged
    db.run('UPDATE imports SET progress = ?, waiting = waiting + ?, known = known + ?, seen = seen + ?, thread = 0 WHERE import = ?',
      saved, staged, known, messages.length, row.import)
    return { staged, known }
  },

  /**
   * Brings some of what is staged into its conversations, at its time: messages that come after it get new places and numbers.
   * About `limit` messages are merged or moved, more only where what must move for one is more. To be called until `left` is 0.
   */
  'journal.merge': (db: Db, { import: name, now, limit = 1_000 }: { import: string; now: number; limit?: number }): Merged => {
    const row = importRow(db, name)
    if (!row) return { left: 0, merged: 0, known: 0, conversations: 0, n: number(db) }
    return merge(db, row.import, now, limit)
  },

  'journal.imports': (db: Db, _args: null): ImportInfo[] => db.all<ImportRow & { conversations: number }>(`SELECT *,
    (SELECT count(*) FROM staged_threads t WHERE t.import = i.import AND t.merged > 0) AS conversations FROM imports i ORDER BY import`)
    .map(({ name, progress, waiting, merged, known, conversations }) => (
      { import: name, progress: JSON.parse(progress) as unknown, staged: waiting, merged, known, conversations }
    )),

  /** Ends an import: what it has merged stays, what is still staged goes. To be called until `left` is 0. */
  'journal.importDone': (db: Db, { import: name }: { import: string }): { left: number } => {
    const row = importRow(db, name)
    if (!row) return { left: 0 }
    const { changes } = db.run(`DELETE FROM staged WHERE (thread, at, row) IN (SELECT s.thread, at, row FROM staged_threads t
      JOIN staged s ON s.thread = t.thread WHERE import = ? LIMIT ?)`, row.import, SWEEP)
    if (changes < row.waiting) {
      db.run('UPDATE imports SET waiting = waiting - ? WHERE import = ?', changes, row.import)
      return { left: row.waiting - changes }
    }
    db.run('DELETE FROM staged_threads WHERE import = ?', row.import)
    db.run('DELETE FROM imports WHERE import = ?', row.import)
    return { left: 0 }
  },
}
