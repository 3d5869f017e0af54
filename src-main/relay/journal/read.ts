import { randomIds } from '../../base/ids'
import { writeReceipts } from '../../rcs/write'
import { flag, type LaneName } from '../envelope'
import type { Db } from '../ledger/db'
import { rowsOf, type Put, type QueueRow } from '../queue/row'
import { putRow } from '../queue/rows'
import { nextNumber, number } from './numbers'
import { addHop, asked, conversationRow, statusNumber, type ConversationRow } from './rows'

/** How displayed receipts go out. */
export interface DisplayReceipts {
  /** Our own address. */
  from: string
  lane: LaneName
  /** ms since 1970. */
  expiresAt: number
  /** How many receipts may share one message (multipart, as Linphone does). @default 1 */
  together?: number
}

interface Unseen { message: number; place: number; sender: string; id: string; asked: number }

function* chunks<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size)
}

/** Receipts for what was read, to each author: those of messages that came without CPIM go without it, one by one. */
function displayPuts(row: ConversationRow, unseen: readonly Unseen[], receipts: DisplayReceipts, now: number): Put[] {
  const { from, lane, expiresAt, together = 1 } = receipts
  const wanted = unseen.filter((each) => each.asked & asked.display)
  const inCpim = wanted.filter((each) => each.asked & asked.cpim)
  const bare = wanted.filter((each) => !(each.asked & asked.cpim))
  const authors = new Set(inCpim.map(({ sender }) => sender))
  const batches = [...authors].flatMap((author) => [...chunks(inCpim.filter(({ sender }) => sender === author), together)])
  return [...batches, ...chunks(bare, 1)].map((about) => {
    const id = randomIds.token()
    const written = writeReceipts({
      // A group hands it to the author.
      from, to: about[0]!.sender, sentAt: now, id, bare: !(about[0]!.asked & asked.cpim),
      imdns: about.map((each) => ({ messageId: each.id, datetime: now, kind: 'display', status: 'displayed' })),
    })
    return {
      lanes: [lane],
      envelope: { id, from, to: row.address, conversation: row.address, ...written, headers: [], sentAt: now, expiresAt,
        flags: flag.receipt | flag.unordered },
    }
  })
}

export const readVerbs = {
  /**
   * Everything below `place` is read; `place` is the first that is not (the count when all is). The displayed receipts that
   * were asked for are put in the same transaction; without `receipts` none are sent.
   */
  'journal.read': (db: Db, { conversation, place, now, receipts }: {
    conversation: string
    place: number
    now: number
    receipts?: DisplayReceipts
  }): { n: number; unread: number; rows: QueueRow[] } => {
    const row = conversationRow(db, conversation)
    if (!row) return { n: number(db), unread: 0, rows: [] }
    const to = Math.min(Math.trunc(place), row.count)
    if (to <= row.readPlace) return { n: number(db), unread: row.heard - row.readHeard, rows: [] }
    const unseen = db.all<Unseen>(`SELECT message, place, sender, id, asked FROM messages
      WHERE conversation = ? AND place >= ? AND place < ? AND outgoing = 0 AND status < ?`,
      row.conversation, row.readPlace, to, statusNumber('displayed'))
    for (const { message } of unseen) {
      db.run('UPDATE messages SET status = ?, n = ? WHERE message = ?', statusNumber('displayed'), nextNumber(db), message)
      addHop(db, message, { at: now, event: 'displayed', by: 'this computer' })
    }
    const next = db.get<{ heard: number }>('SELECT heard FROM messages WHERE conversation = ? AND place = ?', row.conversation, to)
    const readHeard = next?.heard ?? row.heard
    db.run('UPDATE conversations SET readPlace = ?, readHeard = ?, n = ? WHERE conversation = ?',
      to, readHeard, nextNumber(db), row.conversation)
    const puts = receipts ? displayPuts(row, unseen, receipts, now) : []
    return { n: number(db), unread: row.heard - readHeard, rows: puts.flatMap((put) => rowsOf(put, putRow(db, put))) }
  },
}
