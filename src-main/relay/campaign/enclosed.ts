import type { Enclosed } from '../../contract/campaign'
import type { FaultView } from '../../contract/faults'
import type { FileView, RemoteFile } from '../../contract/message'
import type { Db } from '../ledger/db'
import { campaignRow, setState, toEnclosed, type CampaignRow } from './rows'

/** Whether it lies at the content server, and still will at `now` (ms). */
export const isThere = ({ remote, transfer }: FileView, now: number): boolean => !transfer && remote !== undefined && (remote.until ?? Infinity) > now

function setFiles(db: Db, row: CampaignRow, change: (file: FileView, index: number) => FileView): Enclosed {
  const before = toEnclosed(row)
  const after: Enclosed = { ...before, ...(before.files && { files: before.files.map(change) }) }
  db.run('UPDATE campaigns SET enclosed = ? WHERE campaign = ?', JSON.stringify(after), row.campaign)
  return after
}

/** The way of the files of a message to many: once to the content server, for all. */
export const enclosedVerbs = {
  /** What goes beside the words of one that runs; nothing of any other. Reads only. */
  'campaign.enclosed': (db: Db, { id }: { id: string }): Enclosed | null => {
    const row = campaignRow(db, id)
    return row?.state === 'running' ? toEnclosed(row) : null
  },

  /** Files that do not lie at the content server, or no longer at `now`, are to go there. Answers all as they are then. */
  'campaign.upload': (db: Db, { id, now }: { id: string; now: number }): Enclosed => {
    const row = campaignRow(db, id)
    if (!row?.enclosed) return {}
    return setFiles(db, row, (file) => {
      if (isThere(file, now)) return file
      const { remote: _, ...rest } = file
      return { ...rest, transfer: { way: 'up', at: 'waiting' } }
    })
  },

  'campaign.uploaded': (db: Db, { id, file: at, remote }: { id: string; file: number; remote: RemoteFile }): void => {
    const row = campaignRow(db, id)
    if (!row?.enclosed) return
    setFiles(db, row, (file, index) => {
      if (index !== at) return file
      const { transfer: _, ...rest } = file
      return { ...rest, remote }
    })
  },

  /** It does not go up: nobody gets anything more until the person says so. */
  'campaign.uploadFailed': (db: Db, { id, file: at, fault }: { id: string; file: number; fault: FaultView }): void => {
    const row = campaignRow(db, id)
    if (!row?.enclosed) return
    setFiles(db, row, (file, index) => (index === at ? { ...file, transfer: { way: 'up', at: 'failed', fault } } : file))
    if (row.state === 'running') setState(db, row, 'stopped')
  },
}
