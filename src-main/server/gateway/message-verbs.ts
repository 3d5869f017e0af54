import { DAY } from '../../base/clock'
import type { FaultView } from '../../contract/faults'
import type { Envelope, LaneName } from '../../relay/envelope'
import type { LaneLimit, Put, QueueRow, RowKey } from '../../relay/queue/row'
import type { AccountsDb } from '../verbs'
import { rankOf, report, statuses, type BotStatus } from './bot'

/** The queue, as far as bots write into it within their own transactions. */
export interface BotQueue {
  putRow(db: never, put: Put): number[]
  putWithin(db: never, put: Put, limit: LaneLimit): number[]
  /** `last` when no other lane has its envelope waiting and none took it. */
  settle(db: never, row: RowKey, taken: boolean): 'gone' | 'left' | 'last'
  waitingRows(db: never, put: Put): QueueRow[]
  /** Where an envelope waits, and whether some lane took it. */
  standing(db: never, from: string, id: string): { rows: RowKey[]; isTaken: boolean }
}

/** One message towards one recipient. */
export interface BotPut {
  wire: string
  recipient: string
  envelope: Envelope
  lanes: readonly LaneName[]
}

/** What a receipt says of a message of a bot's. */
export interface BotReceipt {
  wire: string
  status: Extract<BotStatus, 'delivered' | 'displayed' | 'failed'>
  /** ms */
  at: number
  reason?: string | undefined
}

export interface BotStanding {
  recipient: string
  status: BotStatus
  sentAt: number
  changedAt: number
  reason: string | null
}

/** What waits in a bot's lane when it can be told, and nowhere when it has no webhook. */
type Told = { put: Put; isTold: boolean }
type Adopted = { rows: QueueRow[] }

const bitOf: Partial<Record<BotStatus, number>> = report

/** Each is one transaction; a repeat changes nothing. What is refused is an answer, as one that throws has its whole batch done again. */
export function botMessageVerbs(queue: BotQueue) {
  /** Keeps what is new of it; answers whether the bot wanted to be told. */
  const learn = (db: AccountsDb, bot: string, from: string | undefined, { wire, status, at, reason }: BotReceipt): boolean => {
    const { changes } = db.run('UPDATE bot_messages SET status = ?1, changedAt = ?2, reason = ?3 WHERE bot = ?4 AND wire = ?5 AND status < ?1 AND recipient = coalesce(?6, recipient)',
      rankOf(status), at, reason ?? null, bot, wire, from ?? null)
    if (!changes) return false
    const { reports } = db.get('SELECT reports FROM bot_messages WHERE bot = ? AND wire = ?', bot, wire) as { reports: number }
    return Boolean(reports & (bitOf[status] ?? 0))
  }

  const rowsOf = ({ envelope, lanes }: Put, seqs: readonly number[]): QueueRow[] => {
    const kept = seqs.filter(Boolean).length
    return lanes.flatMap((lane, i) => (seqs[i] ? [{ ...envelope, lane, seq: seqs[i], lanes: kept }] : []))
  }

  const tell = (db: AccountsDb, { put, isTold }: Told): QueueRow[] => (isTold ? rowsOf(put, queue.putRow(db as never, put)) : [])

  return {
    /** A message of a bot to one or many: all of it is kept, or nothing; `again` when it was kept before. */
    'bots.send': (db: AccountsDb, { bot, id, digest, puts, limit, perDay, reports, now, told }: {
      bot: string; id: string; digest: string; puts: readonly BotPut[]; limit: LaneLimit; perDay: number; reports: number; now: number
      /** What the bot is to be told at once. */
      told: readonly Told[]
    }): { refused: FaultView } | { again: boolean; rows: QueueRow[] } => {
      const before = db.get('SELECT digest FROM bot_messages WHERE bot = ? AND id = ?', bot, id) as { digest: string } | undefined
      if (before) return before.digest === digest ? { again: true, rows: [] } : { refused: { code: 'not-acceptable', text: `${id} was another message before` } }
      const day = Math.floor(now / DAY)
      const { sent } = (db.get('SELECT sent FROM bot_days WHERE bot = ? AND day = ?', bot, day) as { sent: number } | undefined) ?? { sent: 0 }
      if (sent + puts.length > perDay) return { refused: { code: 'quota-reached', text: `this bot may send ${perDay} messages a day`, detail: { limit: perDay, retryAfter: Math.ceil(((day + 1) * DAY - now) / 1_000) } } }
      const kept = puts.map((put) => ({ put, seqs: queue.putWithin(db as never, put, limit) }))
      const rows = kept.flatMap(({ put, seqs }) => rowsOf(put, seqs))
      if (!rows.length) return { refused: { code: 'mailbox-full', text: `too much waits for ${puts[0]!.recipient}` } }
      for (const { put: { wire, recipient }, seqs } of kept) {
        const isFull = !seqs.some(Boolean)
        db.run('INSERT INTO bot_messages (bot, wire, id, recipient, digest, status, reports, sentAt, changedAt, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
          bot, wire, id, recipient, digest, rankOf(isFull ? 'failed' : 'pending'), reports, now, now, isFull ? 'mailbox-full' : null)
      }
      db.run('INSERT INTO bot_days (bot, day, sent) VALUES (?1, ?2, ?3) ON CONFLICT (bot, day) DO UPDATE SET sent = sent + ?3', bot, day, puts.length)
      return { again: false, rows: [...rows, ...told.flatMap((each) => tell(db, each))] }
    },

    /** What comes for a bot. A receipt that tells it nothing new, or nothing that it wanted to know, is kept and goes no further. */
    'bots.hear': (db: AccountsDb, { put, isTold, limit, receipts, heard }: Told & {
      limit: LaneLimit; receipts: readonly BotReceipt[]; heard: { at: number } | null
    }): { isFull: boolean; rows: QueueRow[] } => {
      const { id, from, to: bot } = put.envelope
      if (receipts.length) {
        const wanted = receipts.filter((receipt) => learn(db, bot, from, receipt))
        if (!wanted.length || !isTold) return { isFull: false, rows: [] }
      }
      const seqs = queue.putWithin(db as never, put, limit)
      if (!seqs.some(Boolean)) return { isFull: true, rows: [] }
      if (heard) db.run('INSERT OR IGNORE INTO bot_heard (bot, id, sender, at) VALUES (?, ?, ?, ?)', bot, id, from, heard.at)
      return { isFull: false, rows: rowsOf(put, seqs) }
    },

    /** The bot has it; its sender is told so. */
    'bots.taken': (db: AccountsDb, { row, receipt }: { row: RowKey; receipt?: Put }): Adopted => {
      if (queue.settle(db as never, row, true) === 'gone') return { rows: receipt ? queue.waitingRows(db as never, receipt) : [] }
      return { rows: receipt ? rowsOf(receipt, queue.putRow(db as never, receipt)) : [] }
    },

    /** As `queue.fail`, for a row from a bot (`of`) or to one (`dead`, which is kept). */
    'bots.fail': (db: AccountsDb, { row, receipt, more = [], of, dead }: {
      row: RowKey; receipt?: Told; more?: readonly Put[]; of?: { at: number; reason: string }
      dead?: { row: QueueRow; fault: FaultView; at: number }
    }): Adopted => {
      const how = queue.settle(db as never, row, false)
      if (how === 'gone') return { rows: [...(receipt ? [receipt.put] : []), ...more].flatMap((put) => queue.waitingRows(db as never, put)) }
      const isWanted = how === 'last' && of !== undefined && learn(db, row.from, undefined, { wire: row.id, status: 'failed', ...of })
      if (dead) bury(db, dead)
      const tells = how === 'last' && receipt && (!of || isWanted) ? tell(db, receipt) : []
      return { rows: [...tells, ...more.flatMap((put) => rowsOf(put, queue.putRow(db as never, put)))] }
    },

    /** Takes back what nobody has taken yet; the rows must have been let go of by their lanes. */
    'bots.revoke': (db: AccountsDb, { bot, id, told, now }: { bot: string; id: string; told: readonly (Told & { wire: string; isOk: boolean })[]; now: number }): Adopted & { done: string[]; late: string[] } => {
      const [done, late]: [string[], string[]] = [[], []]
      const messages = db.all('SELECT wire, recipient, status FROM bot_messages WHERE bot = ? AND id = ?', bot, id) as { wire: string; recipient: string; status: number }[]
      for (const { wire, recipient, status } of messages) {
        const { rows, isTaken } = queue.standing(db as never, bot, wire)
        const isOk = status === rankOf('revoked') || (status === rankOf('pending') && rows.length > 0 && !isTaken)
        if (isOk) {
          for (const row of rows) queue.settle(db as never, row, false)
          db.run('UPDATE bot_messages SET status = ?, changedAt = ? WHERE bot = ? AND wire = ? AND status = 0', rankOf('revoked'), now, bot, wire)
        }
        (isOk ? done : late).push(recipient)
      }
      const rows = told.filter(({ put: { envelope }, isOk }) => (isOk ? done : late).includes(envelope.from)).flatMap((each) => tell(db, each))
      return { done, late, rows }
    },

    /** Where a message of a bot's waits, for each of its recipients. */
    'bots.waiting': (db: AccountsDb, { bot, id }: { bot: string; id: string }): { wire: string; recipient: string; rows: RowKey[] }[] =>
      (db.all('SELECT wire, recipient FROM bot_messages WHERE bot = ? AND id = ?', bot, id) as { wire: string; recipient: string }[])
        .map(({ wire, recipient }) => ({ wire, recipient, rows: queue.standing(db as never, bot, wire).rows })),

    /** What became of a message; what waits in no lane any more was sent. */
    'bots.status': (db: AccountsDb, { bot, id }: { bot: string; id: string }): BotStanding[] =>
      (db.all('SELECT wire, recipient, status, sentAt, changedAt, reason FROM bot_messages WHERE bot = ? AND id = ?', bot, id) as
        (Omit<BotStanding, 'status'> & { wire: string; status: number })[]).map(({ wire, status, ...rest }) => {
        const isSent = status === rankOf('pending') && !queue.standing(db as never, bot, wire).rows.length
        return { ...rest, status: isSent ? 'sent' : statuses[status]! }
      }),

    /** Who sent the bot a message of that id; several may have used the same. */
    'bots.heardFrom': (db: AccountsDb, { bot, id }: { bot: string; id: string }): string[] =>
      (db.all('SELECT sender FROM bot_heard WHERE bot = ? AND id = ?', bot, id) as { sender: string }[]).map(({ sender }) => sender),

    /** What is older than `before` (ms) is forgotten. */
    'bots.tidy': (db: AccountsDb, { before }: { before: number }): void => {
      db.run('DELETE FROM bot_messages WHERE sentAt < ?', before)
      db.run('DELETE FROM bot_heard WHERE at < ?', before)
      db.run('DELETE FROM bot_days WHERE day < ?', Math.floor(before / DAY))
      db.run('DELETE FROM bot_dead WHERE diedAt < ?', before)
    },

    'bots.dead': (db: AccountsDb, { bot }: { bot: string }): { n: number; from: string; id: string; type: string; diedAt: number; fault: FaultView }[] =>
      (db.all('SELECT n, sender, id, type, diedAt, fault FROM bot_dead WHERE bot = ? ORDER BY n', bot) as
        { n: number; sender: string; id: string; type: string; diedAt: number; fault: string }[])
        .map(({ sender, fault, ...rest }) => ({ ...rest, from: sender, fault: JSON.parse(fault) as FaultView })),

    /** Puts what a bot did not take into its lane once more, in the old order. */
    'bots.replay': (db: AccountsDb, { bot, lane, now, keep }: { bot: string; lane: LaneName; now: number; keep: number }): { replayed: number } => {
      const rows = db.all('SELECT sender, id, conversation, type, headers, body, sentAt, flags FROM bot_dead WHERE bot = ? ORDER BY n', bot) as
        { sender: string; id: string; conversation: string; type: string; headers: string; body: Uint8Array; sentAt: number; flags: number }[]
      for (const { sender: from, type: contentType, headers, ...rest } of rows) {
        const envelope: Envelope = { ...rest, from, to: bot, contentType, headers: JSON.parse(headers) as Envelope['headers'], expiresAt: now + keep }
        queue.putRow(db as never, { envelope, lanes: [lane] })
      }
      db.run('DELETE FROM bot_dead WHERE bot = ?', bot)
      if (rows.length) db.run('INSERT INTO account_changes (address) VALUES (?)', bot)
      return { replayed: rows.length }
    },
  }
}

function bury(db: AccountsDb, { row, fault, at }: { row: QueueRow; fault: FaultView; at: number }): void {
  (db as { run(sql: string, ...params: unknown[]): unknown }).run(
    'INSERT INTO bot_dead (bot, sender, id, conversation, type, headers, body, sentAt, flags, fault, diedAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    row.to, row.from, row.id, row.conversation, row.contentType, JSON.stringify(row.headers), row.body, row.sentAt, row.flags, JSON.stringify(fault), at)
}

export type BotMessageVerbs = ReturnType<typeof botMessageVerbs>
