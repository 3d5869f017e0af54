import type { Addressee, CampaignState, CampaignView, Enclosed, RecipientFilter, RecipientView } from '../../contract/campaign'
import { putAgain } from '../journal/again'
import type { Arriving } from '../journal/append'
import { number } from '../journal/numbers'
import { numberedRow, setContent, statusNumber } from '../journal/rows'
import { keepOutgoing } from '../journal/send'
import type { Db } from '../ledger/db'
import type { Put } from '../queue/row'
import { waitingSeqs, type StoredPut } from '../queue/rows'
import {
  campaignRow, dueOf, faultOf, isDue, markKept, recipientState, recount, setState, statusOf, toAddressee, toCampaign, toEnclosed, toRecipient,
} from './rows'
import type { CampaignRow, RecipientRow } from './rows'

/** A message of a recipient as it shall be kept. Its id follows from the campaign and the address: a repeat is known by it. */
export interface Part<P extends StoredPut = Put> {
  message: Arriving
  put: P
}

/** What a recipient gets: one message, or several in their order. */
export interface Letter<P extends StoredPut = Put> extends Part<P> {
  /** Of the recipient. */
  place: number
  more?: readonly Part<P>[]
}

/** The messages of a letter, in their order. */
export const partsOf = <P extends StoredPut>(letter: Letter<P>): Part<P>[] => [letter, ...(letter.more ?? [])]

/** Somebody whose message is due. */
export interface Due extends Addressee {
  place: number
  /** How many messages there are for it already, of an earlier time. */
  parts: number
}

/** What became of letters: the journal's number, a seq of the queue for each message, how many are still due, and how the campaign is. */
export interface Handed { n: number; seqs: number[]; due: number; state: CampaignState | null }

const failed = statusNumber('failed')
const wanted: Record<RecipientFilter, (status: string) => string> = {
  all: () => '1',
  failed: (status) => `r.state = 1 AND ${status} = ${failed}`,
  undelivered: (status) => `(r.state <> 1 OR ${status} <= ${failed})`,
  delivered: (status) => `r.state = 1 AND ${status} > ${failed}`,
}

const isHeld = (db: Db, { campaign }: CampaignRow): boolean =>
  db.get('SELECT 1 FROM recipients WHERE campaign = ? AND state = 3 LIMIT 1', campaign) !== undefined

/** One that had failed goes again. A receipt that it came after all may have been here meanwhile. */
function again(db: Db, message: number, { message: { content, now }, put }: Part<StoredPut>): number {
  const row = numberedRow(db, message)
  if (row?.status !== failed) return 0
  // Its files may lie elsewhere by now.
  if (content.kind === 'files') setContent(db, row, content)
  return putAgain(db, row, put, now)[0] ?? 0
}

function keepMore(db: Db, { campaign }: CampaignRow, place: number, more: readonly Part<StoredPut>[]): number[] {
  return more.map((part, i) => {
    const known = db.get<{ message: number }>('SELECT message FROM recipient_parts WHERE campaign = ? AND place = ? AND part = ?', campaign, place, i)
    if (known) return again(db, known.message, part)
    const kept = keepOutgoing(db, { ...part, isQuiet: true })
    db.run('INSERT INTO recipient_parts (campaign, place, part, message) VALUES (?, ?, ?, ?)', campaign, place, i, kept.message)
    return kept.seqs[0] ?? 0
  })
}

/** The recipients of letters, by their place. */
const recipientsOf = (db: Db, { campaign }: CampaignRow, letters: readonly Letter<StoredPut>[]): Map<number, RecipientRow> =>
  new Map(db.all<RecipientRow>('SELECT * FROM recipients WHERE campaign = ? AND place IN (SELECT value FROM json_each(?))',
    campaign, JSON.stringify(letters.map(({ place }) => place))).map((row) => [row.place, row]))

/** Answers each message's seq in the queue, 0 for one that does not wait there. */
function keep(db: Db, campaign: CampaignRow, row: RecipientRow | undefined, letter: Letter<StoredPut>): number[] {
  const { place, message, put, more = [] } = letter
  if (row?.address === message.conversation && row.state === recipientState.kept) return partsOf(letter).map((part) => waitingSeqs(db, part.put)[0] ?? 0)
  if (row?.address !== message.conversation || campaign.state !== 'running' || row.state === recipientState.held) return partsOf(letter).map(() => 0)
  if (row.message !== null) {
    markKept(db, campaign, row, row.message)
    return [again(db, row.message, letter), ...keepMore(db, campaign, place, more)]
  }
  const kept = keepOutgoing(db, { message, put, isQuiet: true })
  markKept(db, campaign, row, kept.message)
  return [kept.seqs[0] ?? 0, ...keepMore(db, campaign, place, more)]
}

const drop = (db: Db, { campaign }: CampaignRow): void => {
  for (const table of ['recipient_parts', 'recipients', 'campaigns']) db.run(`DELETE FROM ${table} WHERE campaign = ?`, campaign)
}

export const campaignVerbs = {
  /** A draft without recipients; one that is known stays as it is. */
  'campaign.begin': (db: Db, { id, words, perMinute, enclosed, now }: Pick<CampaignView, 'id' | 'words' | 'perMinute'> & { enclosed?: Enclosed; now: number }): void => {
    db.run(`INSERT INTO campaigns (id, words, perMinute, createdAt, state, enclosed) VALUES (?, ?, ?, ?, 'draft', ?) ON CONFLICT (id) DO NOTHING`,
      id, words, perMinute, now, enclosed ? JSON.stringify(enclosed) : null)
  },

  /** Recipients of a draft from place `from` on, each address once. */
  'campaign.add': (db: Db, { id, from, recipients }: { id: string; from: number; recipients: readonly Addressee[] }): void => {
    const row = campaignRow(db, id)
    if (row?.state !== 'draft') return
    for (const [i, { address, fields }] of recipients.entries()) {
      db.run('INSERT OR IGNORE INTO recipients (campaign, place, address, fields) VALUES (?, ?, ?, ?)', row.campaign, from + i, address, JSON.stringify(fields))
    }
  },

  /** It runs from now on. Nothing when it is not known, or there is nobody to send to. */
  'campaign.start': (db: Db, { id }: { id: string }): CampaignView | null => {
    const row = campaignRow(db, id)
    if (!row) return null
    db.run('UPDATE recipients SET state = 0 WHERE campaign = ? AND state = 3', row.campaign)
    recount(db, row)
    if (dueOf(db, row) > 0) setState(db, row, 'running')
    return toCampaign(db, campaignRow(db, id)!)
  },

  'campaign.stop': (db: Db, { id }: { id: string }): void => {
    const row = campaignRow(db, id)
    if (row?.state === 'running') setState(db, row, 'stopped')
  },

  /** The next recipients of one that runs, in order. Reads only. */
  'campaign.next': (db: Db, { id, limit }: { id: string; limit: number }): { recipients: Due[]; words: string; enclosed: Enclosed } => {
    const row = campaignRow(db, id)
    if (row?.state !== 'running') return { recipients: [], words: '', enclosed: {} }
    const rows = db.all<RecipientRow>(`SELECT * FROM recipients WHERE campaign = ? AND ${isDue} ORDER BY place LIMIT ?`, row.campaign, limit)
    const more = ({ place }: RecipientRow): number => (row.enclosed === null ? 0
      : db.one<{ count: number }>('SELECT count(*) AS count FROM recipient_parts WHERE campaign = ? AND place = ?', row.campaign, place).count)
    return {
      words: row.words, enclosed: toEnclosed(row),
      recipients: rows.map((each) => ({ place: each.place, parts: each.message === null ? 0 : 1 + more(each), ...toAddressee(each) })),
    }
  },

  /**
   * Hands messages to the queue, each with its journal row and with its recipient marked: after a crash all three are there or none.
   * One that is done stays as it is. With the last the campaign is done. Answers each message's seq, 0 for one that does not wait.
   */
  'campaign.send': (db: Db, { id, letters }: { id: string; letters: readonly Letter<StoredPut>[] }): Handed => {
    const row = campaignRow(db, id)
    const recipients = row ? recipientsOf(db, row, letters) : new Map<number, RecipientRow>()
    const seqs = letters.flatMap((letter) => (row ? keep(db, row, recipients.get(letter.place), letter) : partsOf(letter).map(() => 0)))
    const due = row ? dueOf(db, row) : 0
    if (row?.state === 'running' && due === 0) setState(db, row, isHeld(db, row) ? 'stopped' : 'done')
    return { n: number(db), seqs, due, state: row ? campaignRow(db, id)!.state : null }
  },

  /** Those whose message failed are due again, and of one that was stopped only they. Answers how many. */
  'campaign.retry': (db: Db, { id }: { id: string }): number => {
    const row = campaignRow(db, id)
    if (!row || row.state === 'draft') return 0
    const status = row.enclosed === null ? '(SELECT status FROM messages m WHERE m.message = recipients.message)' : statusOf(row, 'recipients')
    const { changes } = db.run(`UPDATE recipients SET state = 2 WHERE campaign = ? AND state = 1 AND ${status} = ${failed}`, row.campaign)
    if (changes && row.state === 'stopped') db.run('UPDATE recipients SET state = 3 WHERE campaign = ? AND state = 0', row.campaign)
    if (changes) setState(db, row, 'running')
    recount(db, row)
    return changes
  },

  /** Its messages stay. Nothing while it runs. */
  'campaign.forget': (db: Db, { id }: { id: string }): boolean => {
    const row = campaignRow(db, id)
    if (row?.state === 'running') return false
    if (!row) return true
    drop(db, row)
    return true
  },

  /** Drafts that were begun before `before` and never started: what a window that was closed has left. */
  'campaign.tidy': (db: Db, { before }: { before: number }): void => {
    for (const row of db.all<CampaignRow>(`SELECT * FROM campaigns WHERE state = 'draft' AND createdAt < ?`, before)) drop(db, row)
  },

  'campaign.view': (db: Db, { id }: { id: string }): CampaignView | null => {
    const row = campaignRow(db, id)
    return row ? toCampaign(db, row) : null
  },

  /** Newest first, without drafts. */
  'campaign.views': (db: Db, _args: null): CampaignView[] =>
    db.all<CampaignRow>(`SELECT * FROM campaigns WHERE state <> 'draft' ORDER BY campaign DESC`).map((row) => toCampaign(db, row)),

  /** Those that run, oldest first. */
  'campaign.running': (db: Db, _args: null): string[] =>
    db.all<{ id: string }>(`SELECT id FROM campaigns WHERE state = 'running' ORDER BY campaign`).map(({ id }) => id),

  /** Recipients by their place, the first `offset` of those wanted left out. */
  'campaign.recipients': (db: Db, { id, filter, offset, limit }: { id: string; filter: RecipientFilter; offset: number; limit: number }): RecipientView[] => {
    const row = campaignRow(db, id)
    if (!row) return []
    // Of a message without a gap in the places, the place itself says where to begin.
    const [from, skipped] = filter === 'all' ? [offset, 0] : [0, offset]
    return db.all<Parameters<typeof toRecipient>[0]>(`SELECT r.*, ${statusOf(row)} AS status, ${faultOf(row)} AS fault, m.place AS messagePlace
      FROM recipients r LEFT JOIN messages m ON m.message = r.message
      WHERE r.campaign = ? AND r.place >= ? AND ${wanted[filter](statusOf(row))} ORDER BY r.place LIMIT ? OFFSET ?`, row.campaign, from, limit, skipped).map(toRecipient)
  },
}
