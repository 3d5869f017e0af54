import { matches, readParts } from '../../base/search-rule'
import type { SearchPage, SearchQuery } from '../../contract/calls'
import { findable } from '../../contract/findable'
import type { Content, SearchHit } from '../../contract/message'
import type { Db } from '../ledger/db'
import { conversationRow, messageColumns, toMessage, type MessageRow } from './rows'
import { coverageOf, indexVerbs } from './search-index'
import { conversationToken, matchOf } from './tokens'

/** Hits of the index that are held against the rule for one answer, in vain: some 5 ms. */
const LOOK = 500

function hitOf(db: Db, number: number): SearchHit {
  const row = db.one<MessageRow>(`SELECT ${messageColumns} FROM messages m JOIN conversations c ON c.conversation = m.conversation
    WHERE m.message = ?`, number)
  return { conversation: row.address, place: row.place, message: toMessage(row) }
}

export const searchVerbs = {
  ...indexVerbs,

  /**
   * Newest first, from below the number `before`. Ends at `limit` hits, or when it has looked at so much that an answer is
   * due; `next` is where to go on.
   */
  'journal.search': (db: Db, { text, conversation, before = Number.MAX_SAFE_INTEGER, limit }: SearchQuery): SearchPage => {
    const page: SearchPage = { hits: [] }
    const parts = readParts(text)
    const row = conversation === undefined ? undefined : conversationRow(db, conversation)
    if (!parts || (conversation !== undefined && !row)) return page
    const coverage = coverageOf(db)
    if (coverage) page.coverage = coverage
    const found = db.iterate<Pick<MessageRow, 'message' | 'content'>>(`SELECT m.message, m.content FROM search s
      CROSS JOIN messages m ON m.message = s.rowid WHERE s.search MATCH ? AND s.rowid < ? AND s.rowid >= ? ORDER BY s.rowid DESC`,
      `${matchOf(parts)}${row ? ` AND ${conversationToken(row.conversation)}` : ''}`, before, coverage?.next ?? 0)
    let inVain = 0
    let last = before
    for (const { message: number, content } of found) {
      if (page.hits.length >= limit || inVain >= LOOK) return { ...page, next: last }
      last = number
      if (!matches(findable(JSON.parse(content) as Content), parts)) inVain++
      else page.hits.push(hitOf(db, number))
    }
    return page
  },
}
