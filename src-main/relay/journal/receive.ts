import type { Db } from '../ledger/db'
import { rowsOf, type Put, type QueueRow } from '../queue/row'
import { putRow, waitingRows } from '../queue/rows'
import { append, type Arriving } from './append'
import { told } from './groups-rows'
import { number } from './numbers'
import { asked, conversationRow, messageRow } from './rows'

const unreadOf = (db: Db, address: string): number => {
  const row = conversationRow(db, address)
  return row ? row.heard - row.readHeard : 0
}

export const receiveVerbs = {
  /** A message for us and its delivered receipt, once; a repeat is `known` and changes nothing. `isBehind`: of its group more is to be known. */
  'journal.receive': (db: Db, { message, receipt, wantsDisplay = false, isCpim = false, name, isChatbot, version, isMention = false }: {
    message: Arriving
    receipt?: Put
    /** It asked for a displayed receipt. */
    wantsDisplay?: boolean
    /** It came in CPIM: so do its receipts. */
    isCpim?: boolean
    name?: string
    isChatbot?: boolean
    /** Of the group that it is of, as its focus says it. */
    version?: number
    isMention?: boolean
  }): { n: number; place: number; known: boolean; unread: number; rows: QueueRow[]; isBehind?: boolean } => {
    const behind = version !== undefined && { isBehind: told(db, message.conversation, version, message.now) }
    const before = messageRow(db, message.id, message.from)
    if (before) {
      const rows = receipt ? waitingRows(db, receipt) : []
      return { n: number(db), place: before.place, known: true, unread: unreadOf(db, before.address), rows, ...behind }
    }
    const { place } = append(db, message, {
      outgoing: false, status: 'delivered', by: message.from,
      asked: (wantsDisplay ? asked.display : 0) | (isCpim ? asked.cpim : 0) | (isMention ? asked.mention : 0),
      about: { ...(name !== undefined && { name }), ...(isChatbot !== undefined && { isChatbot }) },
    })
    const rows = receipt ? rowsOf(receipt, putRow(db, receipt)) : []
    return { n: number(db), place, known: false, unread: unreadOf(db, message.conversation), rows, ...behind }
  },
}
