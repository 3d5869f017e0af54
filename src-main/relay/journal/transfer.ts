import { filesOf, withFile, withFiles } from '../../contract/files'
import type { FaultView } from '../../contract/faults'
import type { Content, FileView, Message, RemoteFile, Transfer } from '../../contract/message'
import { fileTransferOf } from '../../rcs/file-transfer'
import { writeFiles, writeText } from '../../rcs/write'
import type { Envelope, LaneName } from '../envelope'
import { found, type Db } from '../ledger/db'
import { rowsOf, type Put, type QueueRow } from '../queue/row'
import { putRow, waitingRows } from '../queue/rows'
import { append, type Arriving } from './append'
import { failedPlace, unplaceAgain } from './groups-order'
import { number } from './numbers'
import { addHop, messageColumns, messageRow, messageTables, outgoingRow, setContent, setStatus, statusNumber, toContent, toMessage, type MessageRow } from './rows'
import { isMoving } from './schema'

type Files = Extract<Content, { kind: 'files' }>
type WithFiles = Extract<Content, { kind: 'files' | 'cards' }>

/** Names a file of a message; `from` is whose message it is. */
export interface FileKey {
  id: string
  from: string
  /** Its index in the message. */
  file: number
}

/** How a message whose files are up leaves, but for its body. */
export interface Leaving extends Pick<Envelope, 'expiresAt'> {
  lane: LaneName
  headers: Envelope['headers']
  /** Of the words that follow as a message of their own. */
  wordsHeaders: Envelope['headers']
}

interface Found { row: MessageRow; content: WithFiles; file: FileView }

function find(db: Db, { id, from, file: index }: FileKey): Found | undefined {
  const row = messageRow(db, id, from)
  const content = row && toContent(row.content)
  const file = content && filesOf(content)[index]
  return row && file && { row, content: content as WithFiles, file }
}

const frameOf = ({ id, sender, address, sentAt }: MessageRow, { lane, expiresAt }: Leaving, headers: Envelope['headers']) => ({
  lanes: [lane], envelope: { id, from: sender, to: address, conversation: address, headers, sentAt, expiresAt, flags: 0 },
})

/** The puts of a message whose files are all up: its own, and the words that waited for it. */
function putsOf(db: Db, row: MessageRow, content: Files, leaving: Leaving): Put[] {
  const frame = { id: row.id, from: row.sender, to: row.address, sentAt: row.sentAt }
  const files = content.files.flatMap((file) => fileTransferOf(file) ?? [])
  const { lanes, envelope } = frameOf(row, leaving, leaving.headers)
  const own: Put = { lanes, envelope: { ...envelope, ...writeFiles({ ...frame, files, ...(content.text !== undefined && { text: content.text }), ...(content.mentions && { mentions: content.mentions }) }) } }
  const words = heldWords(db, row)
  const text = words && toContent(words.content)
  if (!words || text?.kind !== 'text') return [own]
  const after = frameOf(words, leaving, leaving.wordsHeaders)
  return [own, { lanes: after.lanes, envelope: { ...after.envelope, ...writeText({ ...frame, id: words.id, text: text.text, sentAt: words.sentAt }) } }]
}

function heldWords(db: Db, { id }: Pick<MessageRow, 'id'>, status: 'queued' | 'failed' = 'queued'): MessageRow | undefined {
  const held = db.get<{ id: string }>('SELECT id FROM held_words WHERE after = ?', id)
  const row = held && outgoingRow(db, held.id)
  return row?.status === statusNumber(status) ? row : undefined
}

/** A message of ours does not go; the words that waited for it neither, until it goes up again. */
function fail(db: Db, row: MessageRow, fault: FaultView, now: number): void {
  for (const each of [row, heldWords(db, row)]) {
    if (!each || each.status >= statusNumber('failed')) continue
    setStatus(db, failedPlace(db, each), statusNumber('failed'), fault)
    addHop(db, each.message, { at: now, event: 'failed', by: 'this computer', fault })
  }
}

/** Reads the rows of the index `messages_moving` only: at every start, however long the history is. */
export const movingMessages = `SELECT ${messageColumns} ${messageTables} WHERE ${isMoving('m.content')} ORDER BY m.message`

export const transferVerbs = {
  /**
   * Messages of our own whose files have still to go up: nothing of them leaves yet. `words` follow the last of them as a message
   * of their own. What is known stays as it is.
   */
  'journal.sendFiles': (db: Db, { messages, words }: { messages: readonly Arriving[]; words?: Arriving }): { n: number; known: boolean } => {
    const [first] = messages
    const last = messages.at(-1)
    if (!first || !last || messageRow(db, first.id, first.from)) return { n: number(db), known: true }
    for (const message of words ? [...messages, words] : messages) append(db, message, { outgoing: true, status: 'queued', by: 'this computer' })
    if (words) db.run('INSERT INTO held_words (after, id) VALUES (?, ?) ON CONFLICT DO NOTHING', last.id, words.id)
    const hasWords = words !== undefined || (first.content.kind === 'files' && first.content.text !== undefined)
    if (hasWords) db.run('UPDATE conversations SET draft = NULL WHERE address = ?', first.conversation)
    return { n: number(db), known: false }
  },

  /** Messages with files, or small pictures of files, that have still to move, oldest first. Reads only. */
  'journal.transfers': (db: Db, _args: null): Message[] =>
    db.all<MessageRow>(movingMessages).map(toMessage),

  /** What is to be done with a file's bytes. An upload that failed takes its message with it. Answers the message as it is then. */
  'journal.transfer': (db: Db, { transfer, now, ...key }: FileKey & { transfer: Transfer; now: number }): { n: number; message: Message | null } => {
    const target = find(db, key)
    if (!target) return { n: number(db), message: null }
    const { row, content, file } = target
    const isOver = transfer.way === 'up' && row.status !== statusNumber('queued')
    if (file.transfer?.way === transfer.way && !isOver) {
      const failed = transfer.way === 'up' && transfer.at === 'failed'
      // The others of the message have nowhere to go any more.
      setContent(db, row, failed
        ? withFiles(content, (each) => (each.transfer ? { ...each, transfer } : each))
        : withFile(content, key.file, { ...file, transfer }))
      if (failed) fail(db, row, transfer.fault ?? { code: 'internal' }, now)
    }
    return { n: number(db), message: toMessage(found(messageRow(db, key.id, key.from))) }
  },

  /** A file lies at the content server. With the last one the message leaves, and the words that waited for it. */
  'journal.uploaded': (db: Db, { remote, leaving, ...key }: FileKey & { remote: RemoteFile; leaving: Leaving }): { n: number; rows: QueueRow[] } => {
    const target = find(db, key)
    if (target?.content.kind !== 'files' || target.row.status !== statusNumber('queued')) return { n: number(db), rows: [] }
    const { row, content, file: { transfer, ...file } } = target
    if (!transfer) {
      const isUp = content.files.every((each) => !each.transfer)
      return { n: number(db), rows: isUp ? putsOf(db, row, content, leaving).flatMap((put) => waitingRows(db, put)) : [] }
    }
    const next = withFile(content, key.file, { ...file, remote })
    setContent(db, row, next)
    if (next.files.some((each) => each.transfer)) return { n: number(db), rows: [] }
    const rows = putsOf(db, row, next, leaving).flatMap((put) => rowsOf(put, putRow(db, put)))
    db.run('DELETE FROM held_words WHERE after = ?', row.id)
    return { n: number(db), rows }
  },

  /** Bytes of a file are here: its own, with its hash, or those of its thumbnail. */
  'journal.downloaded': (db: Db, { change, ...key }: FileKey & { change: Partial<Pick<FileView, 'size' | 'hash' | 'width' | 'height' | 'thumbnail'>> }): { n: number } => {
    const target = find(db, key)
    if (!target) return { n: number(db) }
    const { transfer, ...file } = { ...target.file, ...change }
    setContent(db, target.row, withFile(target.content, key.file, change.hash === undefined && transfer ? { ...file, transfer } : file))
    return { n: number(db) }
  },

  /** A failed message whose files have not all come to the server, or no longer lie there, goes up again, with the words that failed with it. */
  'journal.uploadAgain': (db: Db, { id, now }: { id: string; now: number }): { n: number; message: Message | null } => {
    const row = outgoingRow(db, id)
    const content = row && toContent(row.content)
    if (row?.status === statusNumber('failed') && content?.kind === 'files') {
      setContent(db, row, { ...content, files: content.files.map(({ transfer: _, remote, ...file }) => (
        remote && (remote.until ?? Infinity) > now ? { ...file, remote } : { ...file, transfer: { way: 'up', at: 'waiting' } }
      )) })
      for (const each of [row, heldWords(db, row, 'failed')]) {
        if (!each) continue
        setStatus(db, unplaceAgain(db, each, now), statusNumber('queued'), undefined)
        addHop(db, each.message, { at: now, event: 'kept', by: 'this computer' })
      }
    }
    return { n: number(db), message: row ? toMessage(outgoingRow(db, id)!) : null }
  },
}
