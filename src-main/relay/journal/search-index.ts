import type { SearchCoverage } from '../../contract/calls'
import { findable } from '../../contract/findable'
import type { Content } from '../../contract/message'
import type { Db } from '../ledger/db'
import { timeOfNumber } from './message-number'
import { conversationToken, indexTokens } from './tokens'

/** The rule by which tokens are made, and by which the index was: another number, and it is built anew. */
const RULE = 1

interface Build {
  rule: number
  /** Messages from this number on are in the index, none below it is; 0 when all are. */
  cursor: number
  done: number
  total: number
}

/** A message for the index. */
export interface Indexed { message: number; conversation: number; content: Content }

const read = (db: Db): Build => db.one<Build>('SELECT rule, cursor, done, total FROM search_build')

/** How far the index is by the rule of this version; as it will be when it is written next, where it is of another. */
const buildOf = (db: Db): Build => {
  const build = read(db)
  return build.rule === RULE ? build : unbuilt(db)
}

const unbuilt = (db: Db, but = -1): Build => {
  const all = db.one<{ cursor: number; total: number }>(
    'SELECT coalesce(max(message) + 1, 0) AS cursor, count(*) AS total FROM messages WHERE message <> ?', but)
  return { rule: RULE, done: 0, ...all }
}

/** Where the index stands, for a transaction that writes to it; one of another rule is emptied first. */
function cursorFor(db: Db, message?: number): number {
  return db.keep('search', () => {
    const build = read(db)
    if (build.rule !== RULE) begin(db, unbuilt(db, message))
    return { cursor: build.rule === RULE ? build.cursor : read(db).cursor }
  }).cursor
}

function begin(db: Db, { rule, cursor, done, total }: Build): void {
  db.run(`INSERT INTO search (search) VALUES ('delete-all')`)
  db.run('UPDATE search_build SET rule = ?, cursor = ?, done = ?, total = ?', rule, cursor, done, total)
}

function add(db: Db, { message, conversation, content }: Indexed): void {
  const tokens = indexTokens(findable(content))
  if (tokens) db.run('INSERT INTO search (rowid, tokens) VALUES (?, ?)', message, `${conversationToken(conversation)} ${tokens}`)
}

/**
 * Makes a message findable: at once, or when the building of the index comes to where it is. FTS5 writes out all it has in
 * memory when a number is lower than the one before: many are best added in the order of their numbers.
 */
export function indexMessage(db: Db, message: number, conversation: number, content: Content): void {
  if (message >= cursorFor(db, message)) add(db, { message, conversation, content })
}

/** Takes a message out of the index; its row may be gone already. */
export function unindexMessage(db: Db, message: number): void {
  if (message >= cursorFor(db)) db.run('DELETE FROM search WHERE rowid = ?', message)
}

/** For a journal that is emptied. */
export function forgetIndex(db: Db): void {
  begin(db, { rule: RULE, cursor: 0, done: 0, total: 0 })
}

/** What searches do not find yet; nothing when they find all. */
export function coverageOf(db: Db): SearchCoverage | undefined {
  const { cursor, done, total } = buildOf(db)
  return cursor === 0 ? undefined : { from: timeOfNumber(cursor), done, total, next: cursor }
}

export const indexVerbs = {
  /**
   * Indexes the next older `limit` messages. What was killed before its commit is done again. `from` is the time back to which
   * all is found; absent at the end.
   */
  'search.index': (db: Db, { limit }: { limit: number }): { done: number; total: number; from?: number } => {
    const cursor = cursorFor(db)
    const rows = cursor === 0 ? [] : db.all<{ message: number; conversation: number; content: string }>(
      'SELECT message, conversation, content FROM messages WHERE message < ? ORDER BY message DESC LIMIT ?', cursor, limit)
    for (const { content, ...row } of rows.reverse()) add(db, { ...row, content: JSON.parse(content) as Content })
    const next = rows.length === limit ? rows[0]!.message : 0
    if (cursor !== 0) {
      // What came in meanwhile and was older than the cursor is counted now.
      db.run('UPDATE search_build SET cursor = ?, done = done + ?, total = max(total, done + ?)', next, rows.length, rows.length)
      db.keep('search', () => ({ cursor })).cursor = next
    }
    const { done, total } = read(db)
    return { done, total, ...(next !== 0 && { from: timeOfNumber(next) }) }
  },

  /** Nothing when all is indexed. */
  'search.coverage': (db: Db, _args: null): SearchCoverage | null => coverageOf(db) ?? null,
}
