import type { Content, Status } from '../../contract/message'
import type { Db } from '../ledger/db'
import { inRange } from './append'
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

/** The numbers behind the addresses of a batch. */
function threadsOf(db: Db, row: ImportRow) {
  const known = new Map<string, { thread: number; name: string | undefined; waiting: number }>()
  return {
    of(address: string, name: string | undefined) {
      let one = known.get(address)
      if (!one) {
        const { thread } = db.get<{ thread: number }>(`INSERT INTO staged_threads (import, address) VALUES (?, ?)
          ON CONFLICT (import, address) DO UPDATE SET address = address RETURNING thread`, row.import, address)!
        known.set(address, (one = { thread, name: undefined, waiting: 0 }))
      }
      one.name = name ?? one.name
      return one
    },
    save() {
      for (const { thread, name, waiting } of known.values()) {
        db.run('UPDATE staged_threads SET waiting = waiting + ?, name = coalesce(?, name) WHERE thread = ?', waiting, name ?? null, thread)
      }
    },
  }
}

export const importVerbs = {
  /**
   * Keeps messages, with how far their import has come, until they are merged: readers see none of them yet. What is in the
   * journal, or staged already, is counted as known. `progress` is small JSON and differs from batch to batch.
   */
  'journal.stage': (db: Db, { import: name, messages, progress, now }: {
    import: string
    messages: readonly StagedMessage[]
    progress: unknown
    now: number
  }): { staged: number; known: number } => {
    const saved = JSON.stringify(progress ?? null)
    const before = importRow(db, name)
    // The thread died after its commit: what is repeated was counted.
    const isRepeated = before?.progress === saved
    if (!before) db.run('INSERT INTO imports (name, progress) VALUES (?, ?)', name, saved)
    const row = before ?? importRow(db, name)!
    const threads = threadsOf(db, row)
    let staged = 0
    for (const [i, { conversation, name: called, id, from, outgoing, content, sentAt, status }] of messages.entries()) {
      if (db.get('SELECT 1 FROM messages WHERE id = ? AND sender = ?', id, from)) continue
      const thread = threads.of(conversation, called)
      const at = inRange(sentAt)
      const { changes } = db.run(`INSERT INTO staged (thread, at, row, sender, id, outgoing, sentAt, content, status)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, sender) DO NOTHING`,
        thread.thread, Math.min(at, now), row.seen + i, from, id, Number(outgoing), at, JSON.stringify(content),
        statusNumber(status ?? (outgoing ? 'sent' : 'displayed')))
      thread.waiting += changes
      staged += changes
    }
    threads.save()
    const known = messages.length - staged
    db.run('UPDATE imports SET progress = ?, waiting = waiting + ?, known = known + ?, seen = seen + ? WHERE import = ?',
      saved, staged, isRepeated ? 0 : known, messages.length, row.import)
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
    let room = SWEEP
    for (;;) {
      const thread = db.get<{ thread: number }>('SELECT thread FROM staged_threads WHERE import = ? AND waiting > 0 LIMIT 1', row.import)?.thread
      if (thread === undefined) break
      const { changes } = db.run('DELETE FROM staged WHERE thread = ? AND (at, row) IN (SELECT at, row FROM staged WHERE thread = ? LIMIT ?)',
        thread, thread, room)
      db.run('UPDATE staged_threads SET waiting = waiting - ? WHERE thread = ?', changes, thread)
      db.run('UPDATE imports SET waiting = waiting - ? WHERE import = ?', changes, row.import)
      room -= changes
      if (room <= 0) return { left: db.get<{ waiting: number }>('SELECT waiting FROM imports WHERE import = ?', row.import)!.waiting || 1 }
    }
    db.run('DELETE FROM staged_threads WHERE import = ?', row.import)
    db.run('DELETE FROM imports WHERE import = ?', row.import)
    return { left: 0 }
  },
}
