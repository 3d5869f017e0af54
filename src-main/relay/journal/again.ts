import type { Db } from '../ledger/db'
import { putRow, type StoredPut } from '../queue/rows'
import { unplaceAgain } from './groups-order'
import { addHop, setStatus, statusNumber, type MessageRow } from './rows'

/** A message of ours that had failed waits again, under its own id, as `put`, whose seqs it answers; words that had waited for files go by themselves now. */
export function putAgain(db: Db, row: MessageRow, put: StoredPut, now: number): number[] {
  db.run('DELETE FROM held_words WHERE id = ?', row.id)
  setStatus(db, unplaceAgain(db, row, now), statusNumber('queued'), undefined)
  addHop(db, row.message, { at: now, event: 'kept', by: 'this computer' })
  return putRow(db, put)
}
