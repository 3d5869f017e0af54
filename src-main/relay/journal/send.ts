import { found, type Db } from '../ledger/db'
import { rowsOf, type Put, type QueueRow } from '../queue/row'
import { putRow, waitingRows, waitingSeqs, type StoredPut } from '../queue/rows'
import { append, type Arriving } from './append'
import { echoed } from './groups-receipts'
import { told } from './groups-rows'
import { number, renumber } from './numbers'
import { messageRow, outgoingRow, statusNumber } from './rows'
import { putAgain } from './again'
import { applyEarly } from './receipt'

/** `seqs` of the queue, one for each lane: 0 where a message that was known does not wait any more. */
interface Kept { message: number; place: number; known: boolean; seqs: number[] }

/** A message of our own: its row and its way to the network, or nothing when it is known. @param isQuiet as `append` has it */
export function keepOutgoing(db: Db, { message, put, isQuiet = false }: { message: Arriving; put: StoredPut; isQuiet?: boolean }): Kept {
  const before = db.get<Pick<Kept, 'message' | 'place'>>('SELECT message, place FROM messages WHERE id = ? AND sender = ?', message.id, message.from)
  if (before) return { ...before, known: true, seqs: waitingSeqs(db, put) }
  const kept = append(db, message, { outgoing: true, status: 'queued', by: 'this computer', isQuiet })
  const seqs = putRow(db, put)
  applyEarly(db, message.id, message.now)
  return { ...kept, known: false, seqs }
}

export const sendVerbs = {
  /** A message of our own, and the draft cleared, or nothing when it is known. */
  'journal.send': (db: Db, { message, put }: {
    message: Arriving
    put: Put
  }): { n: number; place: number; known: boolean; rows: QueueRow[] } => {
    const { place, known, seqs } = keepOutgoing(db, { message, put })
    // What stands in the composer became this text; beside a place it still stands there.
    if (!known && message.content.kind === 'text') db.run('UPDATE conversations SET draft = NULL WHERE address = ?', message.conversation)
    return { n: number(db), place, known, rows: rowsOf(put, seqs).filter(({ seq }) => seq) }
  },

  /**
   * A message that another device of our own account sent. Of a group, at its `version`, also what this one sent: the focus gives
   * it its place. `isBehind`: of its group more is to be known.
   */
  'journal.copy': (db: Db, { message, version }: { message: Arriving; version?: number }): { n: number; place: number; known: boolean; isBehind?: boolean } => {
    const behind = version !== undefined && { isBehind: told(db, message.conversation, version, message.now) }
    const before = messageRow(db, message.id, message.from)
    if (before && version !== undefined && before.version === null) echoed(db, before, version, message)
    else if (!before) append(db, message, { outgoing: true, status: 'sent', by: 'network', ...(version !== undefined && { version }) })
    if (!before) applyEarly(db, message.id, message.now)
    return { n: number(db), place: found(messageRow(db, message.id, message.from)).place, known: before !== undefined, ...behind }
  },

  /** A failed message goes out again under its own id. Anything else stays as it is. */
  'journal.again': (db: Db, { id, put, now }: { conversation: string; id: string; put: Put; now: number }): { n: number; rows: QueueRow[] } => {
    const row = outgoingRow(db, id)
    if (!row || row.status !== statusNumber('failed')) return { n: number(db), rows: waitingRows(db, put) }
    return { n: number(db), rows: rowsOf(put, putAgain(db, row, put, now)) }
  },

  /** What stands unsent in the composer; '' when nothing does. */
  'journal.draft': (db: Db, { conversation, text }: { conversation: string; text: string; now: number }): { n: number } => {
    const draft = text === '' ? null : text
    renumber(db, (n) => db.run('UPDATE conversations SET draft = ?, quiet = quiet AND ? IS NULL, n = ? WHERE address = ? AND draft IS NOT ?', draft, draft, n, conversation, draft))
    return { n: number(db) }
  },
}
