import type { Content, SearchHit } from '../../contract/message'
import type { Db } from '../ledger/db'
import { firstNumberAt } from './append'
import { conversationRow, messageColumns, toMessage, type MessageRow } from './rows'
import { matches, readQuery } from './tokens'

export const searchVerbs = {
  /** Newest first. `before.at` goes on from the last hit's time: all hits of one millisecond are on one page. */
  'journal.search': (db: Db, { text, conversation, before, limit }: {
    text: string
    conversation?: string
    before?: { at: number }
    limit: number
  }): { hits: SearchHit[]; more: boolean } => {
    const query = readQuery(text)
    const row = conversation === undefined ? undefined : conversationRow(db, conversation)
    if (!query || (conversation !== undefined && !row)) return { hits: [], more: false }
    const match = `words : (${query.words})${row ? ` AND thread : c${row.conversation}` : ''}`
    const found = db.iterate<MessageRow>(`SELECT ${messageColumns} FROM search s CROSS JOIN messages m ON m.message = s.rowid
      CROSS JOIN conversations c ON c.conversation = m.conversation
      WHERE s.search MATCH ? AND s.rowid < ? ORDER BY s.rowid DESC`, match, before ? firstNumberAt(before.at) : Number.MAX_SAFE_INTEGER)
    const hits: SearchHit[] = []
    for (const hit of found) {
      const content = JSON.parse(hit.content) as Content
      if (content.kind !== 'text' || !matches(content.text, query)) continue
      if (hits.length >= limit && hit.at !== hits.at(-1)!.message.at) return { hits, more: true }
      hits.push({ conversation: hit.address, place: hit.place, message: toMessage(hit) })
    }
    return { hits, more: false }
  },
}
