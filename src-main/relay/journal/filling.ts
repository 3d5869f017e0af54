import { Fault } from '../../base/faults'
import { statuses, type Conversation, type FillPage } from '../../contract/message'
import type { Db } from '../ledger/db'
import type { Packing } from '../ledger/packing'
import { epochOf, isHistory, number } from './numbers'
import { toConversation, type ConversationRow } from './rows'

/** Messages of a page of the store. */
const PAGE = 50
/** Pages that one statement reads. */
const RANGE = 20
/** An answer that has grown longer than this, in characters, ends early. */
const LONGEST = 8_000_000

/**
 * Where a reader stands. `n` and `epoch` are those of the first answer. A conversation whose number is higher has changed
 * since: it may have jumped over the place in the list that was reached, so it comes at the end, whole, in an order that
 * does not move.
 */
interface Cursor {
  phase: Phase
  n: number
  epoch: string
  /** Where in the list: the conversation reached, exclusive; with `page` inclusive. */
  lastAt: number
  conversation: number
  /** The next page of it; -1 when it is done. */
  page: number
}

// last (page of each) --> rest (of what has not changed) --> changed
const phases = ['last', 'rest', 'changed'] as const
type Phase = (typeof phases)[number]

const write = ({ phase, n, epoch, lastAt, conversation, page }: Cursor): string => [phase, n, epoch, lastAt, conversation, page].join(' ')

function read(text: string): Cursor {
  const [phase, n, epoch, lastAt, conversation, page] = text.split(' ')
  const cursor = { phase: phase as Phase, n: Number(n), epoch: epoch ?? '', lastAt: Number(lastAt), conversation: Number(conversation), page: Number(page) }
  if (!phases.includes(cursor.phase) || ![cursor.n, cursor.lastAt, cursor.conversation, cursor.page].every(Number.isSafeInteger)) {
    throw new Fault('bad-argument', { text: 'no such place in the journal' })
  }
  return cursor
}

/** Where a phase begins. */
const start = (phase: Phase, { n, epoch }: Pick<Cursor, 'n' | 'epoch'>): Cursor => ({
  phase, n, epoch, page: -1, ...(phase === 'changed' ? { lastAt: 0, conversation: 0 }
    : { lastAt: Number.MAX_SAFE_INTEGER, conversation: Number.MAX_SAFE_INTEGER }),
})

const nextInList = `SELECT * FROM conversations WHERE (lastAt, conversation) < (?, ?) AND n <= ?
  ORDER BY lastAt DESC, conversation DESC LIMIT ?`
const nextChanged = 'SELECT * FROM conversations WHERE conversation > ? AND n > ? ORDER BY conversation LIMIT ?'

/** The next conversations of a phase. */
function following(db: Db, { phase, n, lastAt, conversation }: Cursor, limit: number): ConversationRow[] {
  if (phase === 'changed') return db.all(nextChanged, conversation, n, limit)
  return db.all(nextInList, lastAt, conversation, phase === 'last' ? Number.MAX_SAFE_INTEGER : n, limit)
}

/**
 * A message as JSON, written by SQLite: contents are JSON already and need not become objects here. One that the disk has
 * damaged is said in its place (as `toMessage` does).
 */
const messageText = `'{"id":' || json_quote(id) || ',"from":' || json_quote(sender) || ',"outgoing":' || iif(outgoing, 'true', 'false')
  || ',"at":' || at || ',"sentAt":' || sentAt || ',"content":' || iif(json_valid(content), content,
    '{"kind":"unsupported","contentType":"damaged","size":' || length(content) || '}')
  || ',"status":"' || CASE status ${statuses.map((status, i) => `WHEN ${i} THEN '${status}'`).join(' ')} ELSE 'sent' END || '"'
  || iif(json_valid(fault), ',"fault":' || fault, '') || '}'`
const inPlaces = 'FROM messages WHERE conversation = ? AND place >= ? AND place < ? ORDER BY place'
const pagesText = `SELECT place / ${PAGE} AS page, max(place) - min(place) + 1 = count(*) AND min(place) % ${PAGE} = 0 AS isWhole,
  group_concat(${messageText}) AS text FROM (SELECT * ${inPlaces}) GROUP BY page ORDER BY page DESC`
const oneByOne = `SELECT place, ${messageText} AS text ${inPlaces}`

/** A page in which the disk has lost a message. */
function withGaps(db: Db, conversation: number, page: number): string {
  const rows = db.all<{ place: number; text: string }>(oneByOne, conversation, page * PAGE, (page + 1) * PAGE)
  const texts = Array.from({ length: rows.at(-1)!.place - page * PAGE + 1 }, () => 'null')
  for (const { place, text } of rows) texts[place - page * PAGE] = text
  return texts.join()
}

/** An answer while it is written. */
class Answer {
  readonly conversations: Conversation[] = []
  readonly #pages: string[] = []
  #length = 0

  constructor(readonly db: Db, readonly most: number) {}

  get isFull(): boolean {
    return Math.max(this.#pages.length, this.conversations.length) >= this.most || this.#length > LONGEST
  }

  /** How many pages to read at once, going by how long those before were. */
  #room(): number {
    const [count, length] = [this.#pages.length, this.#length]
    return Math.min(RANGE, this.most - count, count ? Math.ceil(count * (LONGEST - length) / (length + 1)) : 1)
  }

  /** Pages from `from` down as far as they fit; answers the next one, -1 after the first of the conversation. */
  addPages({ conversation, address }: Pick<ConversationRow, 'conversation' | 'address'>, from: number, downTo = 0): number {
    const name = JSON.stringify(address)
    let next = from
    while (next >= downTo && !this.isFull) {
      const lowest = Math.max(downTo, next - this.#room() + 1)
      const pages = this.db.all<{ page: number; isWhole: number; text: string }>(pagesText, conversation, lowest * PAGE, (next + 1) * PAGE)
      for (const { page, isWhole, text } of pages) {
        this.#pages.push(`{"conversation":${name},"page":${page},"messages":[${isWhole ? text : withGaps(this.db, conversation, page)}]}`)
        this.#length += text.length
      }
      next = lowest - 1
    }
    return next
  }

  text(rest: Pick<FillPage, 'newest' | 'epoch' | 'total'> & { next?: string }): FillPage {
    const head = JSON.stringify({ ...rest, conversations: this.conversations })
    return { json: `${head.slice(0, -1)},"pages":[${this.#pages.join(',')}]}` } as unknown as FillPage
  }
}

const lastPage = ({ count }: ConversationRow): number => Math.ceil(count / PAGE) - 1

/** Goes on with the conversation that the last answer ended in. */
function goOn(db: Db, answer: Answer, at: Cursor): Cursor {
  if (at.page < 0) return at
  const row = db.get<ConversationRow>('SELECT * FROM conversations WHERE conversation = ?', at.conversation)
  // One of the rest that has changed meanwhile comes at the end.
  const isThere = row && (at.phase === 'changed' || row.n <= at.n)
  return { ...at, page: isThere ? answer.addPages(row, at.page) : -1 }
}

function add(answer: Answer, at: Cursor, row: ConversationRow): Cursor {
  const reached = { ...at, lastAt: row.lastAt, conversation: row.conversation, page: -1 }
  if (at.phase === 'last') {
    answer.addPages(row, lastPage(row), Math.max(lastPage(row), 0))
    answer.conversations.push(toConversation(answer.db, row))
    return reached
  }
  return { ...reached, page: answer.addPages(row, lastPage(row) - (at.phase === 'rest' ? 1 : 0)) }
}

/** Fills an answer from `at` on; answers where it ended, nothing at the end of the journal. */
function fill(db: Db, answer: Answer, from: Cursor): Cursor | undefined {
  let at = goOn(db, answer, from)
  for (;;) {
    if (at.page >= 0 || answer.isFull) return at
    const rows = following(db, at, Math.min(answer.most, 100))
    for (const row of rows) {
      at = add(answer, at, row)
      if (at.page >= 0 || answer.isFull) return at
    }
    if (rows.length) continue
    const phase = phases[phases.indexOf(at.phase) + 1]
    if (!phase) return undefined
    at = start(phase, at)
  }
}

export const fillingVerbs = {
  /**
   * The journal for a store that is filled anew: first every conversation with its last page, then the other pages, newest
   * first; about `pages` of them in an answer. What changes while a reader fills has a higher number than the first answer's
   * `newest`: filling and then following from there is the whole journal.
   * @throws Fault `bad-argument`: the cursor is none of ours
   */
  'journal.filling': (db: Db, { cursor, pages }: { cursor: string | null; pages: number }): FillPage => {
    const newest = number(db)
    const epoch = epochOf(db)
    const { total } = db.one<{ total: number }>('SELECT coalesce(sum(count), 0) AS total FROM conversations')
    const answer = new Answer(db, Math.max(1, pages))
    const from = cursor === null ? start('last', { n: newest, epoch }) : read(cursor)
    // Of a journal that was replaced meanwhile nothing more is said here; its changes say so.
    const next = isHistory(db, from.n, from.epoch) ? fill(db, answer, from) : undefined
    return answer.text({ newest, epoch, total, ...(next && { next: write(next) }) })
  },
}

/** The answer crosses as the text that it was written as. */
export const fillingPacking: Packing<{ cursor: string | null; pages: number }, FillPage> = {
  writeArgs: (packer, args) => packer.putAny(args),
  readArgs: (unpacker) => unpacker.any(),
  writeResult: (packer, result) => packer.putText((result as unknown as { json: string }).json),
  readResult: (unpacker) => JSON.parse(unpacker.text()) as FillPage,
}

