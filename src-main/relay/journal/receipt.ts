import { DAY } from '../../base/clock'
import type { FaultView } from '../../contract/faults'
import type { Hop } from '../../contract/message'
import type { Db } from '../ledger/db'
import type { Final, Taken } from '../policy'
import { keyOf, rowsOf, type Put, type QueueRow, type RowKey } from '../queue/row'
import { settle, waitingRows } from '../queue/rows'
import { putAgain } from './again'
import { failedPlace } from './groups-order'
import { isMember, riseTogether } from './groups-receipts'
import { number, renumber } from './numbers'
import { addHop, messageRow, outgoingRow, setStatus, statusNumber, type MessageRow } from './rows'

/** A receipt for a message of ours. */
export interface Receipt {
  /** Of the message. */
  id: string
  /** Who says it, as the relay has verified it. */
  from: string
  /** The group whose member says it. */
  conversation?: string
  status: 'delivered' | 'displayed' | 'failed'
  /** When it happened, ms. */
  at: number
  fault?: FaultView
  /** The reason in the peer's own words. */
  answer?: string
}

/** How long, and how many, receipts wait for a message that is not known. */
const PATIENCE = 30 * DAY
const MOST = 10_000

const isTold = (db: Db, row: MessageRow, { status, from }: Receipt): boolean =>
  db.get('SELECT 1 FROM hops WHERE message = ? AND event = ? AND by = ?', row.message, status, from) !== undefined

/** Raises the status, never lowers it; each event of each peer is one hop. */
function apply(db: Db, row: MessageRow, receipt: Receipt): void {
  const { from, conversation, status, at, fault, answer } = receipt
  const isNew = !isTold(db, row, receipt)
  if (isNew) {
    addHop(db, row.message, { at, event: status, by: from, ...(answer !== undefined && { answer }), ...(fault && { fault }) })
  }
  // What one member could not take is its journey's; the others have it.
  if (conversation === undefined) return rise(db, row, status, status === 'failed' ? fault ?? { code: 'refused' } : undefined)
  riseTogether(db, row)
  // Who has it and who has read it is another list now, also where its status is the same: whoever follows looks again.
  if (isNew) renumber(db, (n) => db.run('UPDATE messages SET n = ? WHERE message = ?', n, row.message))
}

/** Who may say it: the recipient, or a member of the group. */
const counts = (db: Db, row: MessageRow, { from, conversation }: Pick<Receipt, 'from' | 'conversation'>): boolean =>
  (conversation === undefined ? row.address === from : row.address === conversation && isMember(db, row.conversation, from))

function rise(db: Db, row: MessageRow, to: 'failed' | 'delivered' | 'displayed', fault: FaultView | undefined): void {
  const status = statusNumber(to)
  if (status > row.status) setStatus(db, to === 'failed' ? failedPlace(db, row) : row, status, fault)
}

/** Whether any receipt has waited for its message since the file was opened: nearly always none, and every message asks. */
const early = (db: Db): { isAny: boolean } =>
  db.keep('early receipts', () => ({ isAny: db.get('SELECT 1 FROM waiting_receipts LIMIT 1') !== undefined }))

/** Receipts that came before the message they are about. */
export function applyEarly(db: Db, id: string, now: number): void {
  if (!early(db).isAny) return
  const waiting = db.all<Omit<Receipt, 'fault' | 'from' | 'answer' | 'conversation'> & {
    sender: string; conversation: string | null; fault: string | null; answer: string | null
  }>(
    'SELECT * FROM waiting_receipts WHERE id = ? ORDER BY at', id)
  if (!waiting.length) return
  for (const { sender, conversation, fault, answer, ...rest } of waiting) {
    const row = outgoingRow(db, id)
    const who = { from: sender, ...(conversation !== null && { conversation }) }
    if (!row || !counts(db, row, who)) continue
    apply(db, row, { ...rest, at: Math.min(rest.at, now), ...who, ...(answer !== null && { answer }),
      ...(fault !== null && { fault: JSON.parse(fault) as FaultView }) })
  }
  db.run('DELETE FROM waiting_receipts WHERE id = ?', id)
}

function keepEarly(db: Db, { id, from, conversation, status, at, answer, fault }: Receipt, now: number): void {
  early(db).isAny = true
  const { waiting } = db.one<{ waiting: number }>('SELECT count(*) AS waiting FROM waiting_receipts')
  if (waiting >= MOST) {
    db.run('DELETE FROM waiting_receipts WHERE at < ?', now - PATIENCE)
    db.run('DELETE FROM waiting_receipts WHERE rowid IN (SELECT rowid FROM waiting_receipts ORDER BY rowid LIMIT ?)', MOST / 10)
  }
  db.run('INSERT OR IGNORE INTO waiting_receipts (id, sender, status, at, answer, fault, conversation) VALUES (?, ?, ?, ?, ?, ?, ?)',
    id, from, status, at, answer ?? null, fault ? JSON.stringify(fault) : null, conversation ?? null)
}

/** What the network took is sent: a row of the queue leaves, and its message rises. */
function taken(db: Db, key: Taken, now: number): void {
  if (settle(db, key, true) === 'gone') return
  const row = db.get<Pick<MessageRow, 'message' | 'conversation' | 'place' | 'status'>>(
    'SELECT message, conversation, place, status FROM messages WHERE id = ? AND sender = ? AND outgoing = 1', key.id, key.from)
  if (!row) return
  if (row.status < statusNumber('sent')) setStatus(db, row, statusNumber('sent'), undefined)
  addHop(db, row.message, { at: now, event: 'sent', by: 'network', ...(key.answer !== undefined && { answer: key.answer }) })
}

/** The message that a row of the queue carries, when it is one of our own. */
function carried(db: Db, { id, from }: RowKey): MessageRow | undefined {
  const row = messageRow(db, id, from)
  return row?.outgoing ? row : undefined
}

function failed(db: Db, key: RowKey, fault: FaultView, now: number): void {
  const row = settle(db, key, false) === 'gone' ? undefined : carried(db, key)
  if (!row) return
  addHop(db, row.message, { at: now, event: fault.code === 'expired' ? 'expired' : 'failed', by: 'network', fault })
  // A focus that has told a message's place has it, whatever became of its answer.
  if (row.version === null) rise(db, row, 'failed', fault)
}

export const receiptVerbs = {
  /**
   * Counts only from the recipient of that message, in a group from a member; one that comes before it waits. What is to go out `instead` of what failed
   * does so once, unless another device took the message.
   */
  'journal.receipt': (db: Db, { now, instead, ...receipt }: Receipt & { now: number; instead?: Put }): { n: number; counted: boolean; rows: QueueRow[] } => {
    const row = outgoingRow(db, receipt.id)
    let rows: QueueRow[] = []
    if (!row) keepEarly(db, receipt, now)
    else if (counts(db, row, receipt)) {
      const isFirst = !isTold(db, row, receipt)
      // As long as what goes instead waits here, no refusal is about it: the device's and its relay's may both come.
      if (isFirst || !instead || row.status !== statusNumber('queued')) apply(db, row, receipt)
      if (instead && isFirst && row.status < statusNumber('delivered')) {
        // The receipt may be here before the answer is settled; what waited for that answer is done with.
        for (const waiting of waitingRows(db, instead)) settle(db, keyOf(waiting), true)
        rows = rowsOf(instead, putAgain(db, row, instead, now))
      } else if (instead) rows = waitingRows(db, instead)
    }
    return { n: number(db), counted: row !== undefined && counts(db, row, receipt), rows }
  },

  /** A row to the network has its outcome and leaves the queue; a message of ours becomes sent or failed with it. */
  'journal.settled': (db: Db, { row: key, outcome, now }: { row: RowKey; outcome: Final; now: number }): { n: number } => {
    if (outcome.kind === 'taken') taken(db, outcome.answer === undefined ? key : { ...key, answer: outcome.answer }, now)
    else failed(db, key, outcome.fault, now)
    return { n: number(db) }
  },

  /** Rows that the network took, as `journal.settled` has one. */
  'journal.taken': (db: Db, { rows, now }: { rows: readonly Taken[]; now: number }): { n: number } => {
    for (const row of rows) taken(db, row, now)
    return { n: number(db) }
  },

  /** A hop of the journey that changes nothing else; the same fault again moves the hop's time only. */
  'journal.retrying': (db: Db, { row: key, hop }: { row: RowKey; hop: Hop }): { n: number } => {
    const row = carried(db, key)
    if (!row) return { n: number(db) }
    const last = db.get<{ hop: number; event: string; answer: string | null; fault: string | null }>(
      'SELECT rowid AS hop, event, answer, fault FROM hops WHERE message = ? ORDER BY rowid DESC LIMIT 1', row.message)
    const fault = hop.fault ? JSON.stringify(hop.fault) : null
    if (last?.event === hop.event && last.fault === fault && last.answer === (hop.answer ?? null)) {
      db.run('UPDATE hops SET at = ? WHERE rowid = ?', hop.at, last.hop)
    } else {
      addHop(db, row.message, hop)
    }
    return { n: number(db) }
  },
}
