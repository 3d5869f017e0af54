import type { MemberReceipt } from '../../contract/group'
import type { Db } from '../ledger/db'
import { place } from './groups-order'
import { addHop, outgoingRow, setStatus, statusNumber, type MessageRow } from './rows'

/** Messages of ours whose status is looked at again when somebody has gone, newest first. */
const MOST = 200

export const isMember = (db: Db, conversation: number, address: string): boolean =>
  db.get(`SELECT 1 FROM group_members WHERE conversation = ? AND address = ? AND state = 'joined'`, conversation, address) !== undefined

/** Who is in the group now, was so when the message got its place, and is not its author. */
const recipients = `FROM group_members WHERE conversation = ? AND state = 'joined' AND since <= ? AND address <> ?`

/** A message is what all its recipients have said that it is: delivered, displayed. */
export function riseTogether(db: Db, row: MessageRow): void {
  const { message, conversation, version, sender } = row
  // Before it has its place nobody knows for whom it was.
  if (version === null) return
  const isMissing = (events: string) => db.get(`SELECT 1 ${recipients} AND address NOT IN (SELECT by FROM hops WHERE message = ? AND event IN (${events})) LIMIT 1`,
    conversation, version, sender, message) !== undefined
  if (!db.get(`SELECT 1 ${recipients} LIMIT 1`, conversation, version, sender)) return
  const status = statusNumber(!isMissing(`'displayed'`) ? 'displayed' : !isMissing(`'delivered', 'displayed'`) ? 'delivered' : 'sent')
  if (status > row.status) setStatus(db, row, status, undefined)
}

/** The focus has told that it has a message of ours, and where it stands. */
export function echoed(db: Db, before: MessageRow, version: number, { conversation, now }: { conversation: string; now: number }): void {
  if (before.address !== conversation || !before.outgoing) return
  db.run('UPDATE messages SET version = ? WHERE message = ?', version, before.message)
  place(db, before)
  const row = outgoingRow(db, before.id)!
  if (row.status < statusNumber('sent') || row.status === statusNumber('failed')) {
    addHop(db, row.message, { at: now, event: 'sent', by: conversation })
    setStatus(db, row, statusNumber('sent'), undefined)
  }
  riseTogether(db, outgoingRow(db, before.id)!)
}

/** Somebody has gone: who is left may all have said it. */
export function riseAll(db: Db, conversation: number): void {
  const ids = db.all<{ id: string }>(`SELECT id FROM (SELECT id, outgoing, status, version FROM messages WHERE conversation = ? ORDER BY place DESC LIMIT ?)
    WHERE outgoing = 1 AND version IS NOT NULL AND status < ?`, conversation, MOST, statusNumber('displayed'))
  for (const { id } of ids) riseTogether(db, outgoingRow(db, id)!)
}

export const groupReceiptVerbs = {
  /** What the members have said of a message of ours: who should have said something and has not is there as well. */
  'journal.memberReceipts': (db: Db, { conversation, id }: { conversation: string; id: string }): MemberReceipt[] => {
    const row = outgoingRow(db, id)
    if (row?.address !== conversation) return []
    const said = new Map<string, MemberReceipt>()
    const of = (address: string): MemberReceipt => {
      const known = said.get(address) ?? { address }
      said.set(address, known)
      return known
    }
    for (const { address } of db.all<{ address: string }>(`SELECT address ${recipients} ORDER BY address`, row.conversation, row.version ?? Number.MAX_SAFE_INTEGER, row.sender)) of(address)
    for (const { by, event, at } of db.all<{ by: string; event: 'delivered' | 'displayed'; at: number }>(
      `SELECT by, event, at FROM hops WHERE message = ? AND event IN ('delivered', 'displayed') ORDER BY rowid`, row.message)) of(by)[event] ??= at
    return [...said.values()]
  },
}
