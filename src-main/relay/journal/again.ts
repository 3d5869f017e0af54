import type { Db } from '../ledger/db'
import { rowsOf, type Put, type QueueRow } from '../queue/row'
import { putRow } from '../queue/rows'
import { unplaceAgain } from './groups-order'
import { addHop, setStatus, statusNumber, type MessageRow } from './rows'

/** A message of ours that had failed waits again, under its own id, as `put`; words that had waited for files go by themselves now. */
export function putAgain(db: Db, row: MessageRow, put: Put, now: number): QueueRow[] {
  db.run('DELETE FROM held_words WHERE id = ?', row.id)
  setStatus(db, unplaceAgain(db, row, now), statusNumber('queued'), undefined)
  addHop(db, row.message, { at: now, event: 'kept', by: 'this computer' })
  return rowsOf(put, putRow(db, put))
}
