import type { Addressee, CampaignCounts, CampaignState, CampaignView, Enclosed, RecipientView } from '../../contract/campaign'
import type { FaultView } from '../../contract/faults'
import { statuses } from '../../contract/message'
import { statusNumber } from '../journal/rows'
import type { Db } from '../ledger/db'

export interface CampaignRow { campaign: number; id: string; words: string; perMinute: number; createdAt: number; state: CampaignState; enclosed: string | null }

export interface RecipientRow { place: number; address: string; fields: string; state: number; message: number | null }

const failed = statusNumber('failed')

/** `recipients.state`; the index of those that are due leaves out `kept`. `held` wait until a stopped one is gone on with. */
export const recipientState = { waiting: 0, kept: 1, again: 2, held: 3 } as const

/** Of a recipient whose message is to be handed to the queue, in the words of the index. */
export const isDue = 'state <> 1 AND state <> 3'

export const campaignRow = (db: Db, id: string): CampaignRow | undefined => db.get<CampaignRow>('SELECT * FROM campaigns WHERE id = ?', id)

export const setState = (db: Db, { campaign }: Pick<CampaignRow, 'campaign'>, state: CampaignState): void =>
  void db.run('UPDATE campaigns SET state = ? WHERE campaign = ?', state, campaign)

/** How many were due when they were counted last, less those that were marked since; by campaign. */
const counted = (db: Db) => db.keep('campaigns due', () => new Map<number, number>())

/** How many have still to be handed to the queue. */
export function dueOf(db: Db, { campaign }: Pick<CampaignRow, 'campaign'>): number {
  const known = counted(db).get(campaign)
  if (known !== undefined) return known
  const { due } = db.one<{ due: number }>(`SELECT count(*) AS due FROM recipients WHERE campaign = ? AND ${isDue}`, campaign)
  counted(db).set(campaign, due)
  return due
}

/** Recipients became due, or are not any more, otherwise than by `markKept`. */
export const recount = (db: Db, { campaign }: Pick<CampaignRow, 'campaign'>): void => void counted(db).delete(campaign)

/** A recipient who was due is not any more: the message is in the queue, or needs not be. */
export function markKept(db: Db, { campaign }: Pick<CampaignRow, 'campaign'>, row: RecipientRow, message: number): void {
  const due = dueOf(db, { campaign })
  db.run('UPDATE recipients SET state = 1, message = ? WHERE campaign = ? AND place = ?', message, campaign, row.place)
  Object.assign(row, { state: recipientState.kept, message })
  counted(db).set(campaign, due - 1)
}

/** The messages of recipient `r`. */
const allOf = (r: string): string =>
  `(SELECT ${r}.message UNION ALL SELECT p.message FROM recipient_parts p WHERE p.campaign = ${r}.campaign AND p.place = ${r}.place)`

/** The status of recipient `r` as SQL: of several messages that of the one that is least far, or that one of them has failed. `m` is the first. */
export const statusOf = ({ enclosed }: Pick<CampaignRow, 'enclosed'>, r = 'r'): string => (enclosed === null ? 'm.status'
  : `(SELECT iif(max(a.status = ${failed}), ${failed}, min(a.status)) FROM messages a WHERE a.message IN ${allOf(r)})`)

/** Why a message of recipient `r` has failed, as SQL. */
export const faultOf = ({ enclosed }: Pick<CampaignRow, 'enclosed'>, r = 'r'): string => (enclosed === null ? 'm.fault'
  : `(SELECT a.fault FROM messages a WHERE a.message IN ${allOf(r)} AND a.fault IS NOT NULL LIMIT 1)`)

export const toEnclosed = ({ enclosed }: Pick<CampaignRow, 'enclosed'>): Enclosed => (enclosed === null ? {} : JSON.parse(enclosed) as Enclosed)

function countsOf(db: Db, row: CampaignRow): CampaignCounts {
  const counts: CampaignCounts = { total: 0, waiting: 0, queued: 0, sent: 0, failed: 0, delivered: 0, displayed: 0 }
  const rows = db.all<{ status: number | null; count: number }>(`SELECT iif(r.state = 1, ${statusOf(row)}, NULL) AS status, count(*) AS count
    FROM recipients r LEFT JOIN messages m ON m.message = r.message WHERE r.campaign = ? GROUP BY 1`, row.campaign)
  for (const { status, count } of rows) {
    counts[status === null ? 'waiting' : statuses[status]!] += count
    counts.total += count
  }
  return counts
}

export function toCampaign(db: Db, row: CampaignRow): CampaignView {
  const { id, words, perMinute, createdAt, state } = row
  return { id, words, perMinute, createdAt, state, ...toEnclosed(row), counts: countsOf(db, row) }
}

export const toAddressee = ({ address, fields }: { address: string; fields: string }): Addressee =>
  ({ address, fields: JSON.parse(fields) as Record<string, string> })

export const toRecipient = (row: RecipientRow & { status: number | null; fault: string | null; messagePlace: number | null }): RecipientView => ({
  ...toAddressee(row),
  place: row.place,
  status: row.state === recipientState.kept && row.status !== null ? statuses[row.status]! : 'waiting',
  ...(row.fault !== null && { fault: JSON.parse(row.fault) as FaultView }),
  ...(row.messagePlace !== null && { messagePlace: row.messagePlace }),
})
