import { createHash } from 'node:crypto'
import type { Content, FileView, Status } from '../contract/message'
import { addressKey, conversationOf, groupOf, isSelf, type Home } from './addresses'
import type { Attributes, Piece } from './reader'

/** A message of a backup as a conversation can take it. */
export interface BackupMessage {
  /** The other party's address of record, or a group's. */
  conversation: string
  /** What the telephone called them. */
  name?: string
  from: string
  outgoing: boolean
  content: Content
  /** When it was sent or came, as the telephone says, ms. */
  sentAt: number
  status: Status
  /** The same for the same message in every backup: direction, address, date, words and files. Hex. */
  print: string
}

/** Why a message is not taken: it was never finished, or has no date. */
export type Left = 'draft' | 'damaged'

/** A file of a part once it is kept; nothing when its bytes are not in the backup, or not whole. */
export type KeptParts = ReadonlyMap<number, { hash: string; size: number } | undefined>

/** Android writes what is absent so; SyncTech's app an unknown name. */
const value = (attributes: Attributes, name: string): string | undefined => {
  const text = attributes.get(name)
  return text === undefined || text === 'null' ? undefined : text
}

const nameOf = (attributes: Attributes): string | undefined => {
  const name = value(attributes, 'contact_name')?.trim()
  return name && !/^\(unknown\)$/i.test(name) ? name.slice(0, 200) : undefined
}

/** 10^11 ms is March 1973, 10^11 s the year 5138: a smaller number counts seconds, as Android itself does for MMS. */
const SECONDS_BELOW = 1e11
/** 2^43 - 1 ms, the year 2248: what a journal can number. */
const LATEST = 2 ** 43 - 1

function timeOf(attributes: Attributes): number | undefined {
  const read = (name: string): number => {
    const text = value(attributes, name)?.trim()
    if (text === undefined || !/^-?\d{1,19}$/.test(text)) return NaN
    const time = Number(text)
    return Math.min(Math.max(time < SECONDS_BELOW ? time * 1_000 : time, 0), LATEST)
  }
  const [date, sent] = [read('date'), read('date_sent')]
  if (date > 0) return date
  return sent > 0 ? sent : Number.isNaN(date) ? undefined : 0
}

const printOf = (parts: readonly unknown[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)

// android.provider.Telephony.TextBasedSmsColumns and BaseMmsColumns: 1 inbox, 2 sent, 3 drafts, 4 outbox, 5 failed, 6 queued.
function statusOf(box: string | undefined, state: string | undefined): { outgoing: boolean; status: Status } | 'draft' {
  switch (box) {
    case '3': return 'draft'
    case '2': return { outgoing: true, status: state === '0' ? 'delivered' : state === '64' ? 'failed' : 'sent' }
    // What never left the telephone does not leave from here either.
    case '4': case '5': case '6': return { outgoing: true, status: 'failed' }
    // An old telephone's unread messages are history here.
    default: return { outgoing: false, status: 'displayed' }
  }
}

export function readSms({ attributes }: Extract<Piece, { kind: 'sms' }>, home: Home): BackupMessage | Left {
  const how = statusOf(value(attributes, 'type'), value(attributes, 'status'))
  const sentAt = timeOf(attributes)
  if (how === 'draft') return 'draft'
  if (sentAt === undefined) return 'damaged'
  const address = value(attributes, 'address') ?? ''
  const conversation = conversationOf(address, home)
  const name = nameOf(attributes)
  const text = joined([value(attributes, 'subject'), value(attributes, 'body')])
  return {
    ...how, conversation, sentAt, from: how.outgoing ? home.account : conversation, content: { kind: 'text', text },
    print: printOf(['sms', how.outgoing, addressKey(address), sentAt, text]),
    ...(name !== undefined && { name }),
  }
}

/** X-Mms-Message-Type (OMA-TS-MMS_ENC 7.3.30): a notification whose message was never fetched. */
const notification = '130'
/** PduHeaders.FROM. */
const sender = '137'

export function readMms({ attributes, parts, addresses }: Extract<Piece, { kind: 'mms' }>, kept: KeptParts, home: Home): BackupMessage | Left {
  const how = statusOf(value(attributes, 'msg_box'), undefined)
  const sentAt = timeOf(attributes)
  if (how === 'draft') return 'draft'
  if (sentAt === undefined) return 'damaged'
  const others = (value(attributes, 'address') ?? '').split('~')
    .concat(value(attributes, 'address') === undefined ? addresses.map((one) => value(one, 'address') ?? '') : [])
    .filter((written) => written.trim() !== '' && !isSelf(written, home))
  const wroteIt = addresses.filter((one) => value(one, 'type') === sender).map((one) => value(one, 'address') ?? '').find((one) => one !== '' && !isSelf(one, home))
  const written = !how.outgoing && wroteIt !== undefined ? [wroteIt, ...others] : others
  const people = [...new Set(written.map((one) => conversationOf(one, home)))]
  const isGroup = people.length > 1
  const conversation = isGroup ? groupOf(people) : (people[0] ?? conversationOf('', home))
  const from = how.outgoing ? home.account : wroteIt !== undefined ? conversationOf(wroteIt, home) : (people[0] ?? conversation)
  const keys = [...new Set(written.map(addressKey))].sort()
  // A group without a name is called by its people: its address says nothing to anybody.
  const name = nameOf(attributes) ?? (isGroup ? [...new Set(others.map((one) => one.trim()))].join(', ').slice(0, 200) : undefined)

  const texts = [value(attributes, 'sub')]
  const files: FileView[] = []
  for (const { attributes: about, file } of parts) {
    const contentType = (value(about, 'ct') ?? 'application/octet-stream').toLowerCase().slice(0, 100)
    if (isLayout(about)) continue
    if (file === undefined && contentType === 'text/plain') texts.push(value(about, 'text'))
    else if (file !== undefined || !value(about, 'text')) files.push({ name: fileName(about, contentType), contentType, size: 0, hash: '', ...(file !== undefined && kept.get(file)) })
    else texts.push(value(about, 'text'))
  }
  const text = joined(texts)
  return {
    ...how, conversation, from, sentAt, content: contentOf(attributes, text, files),
    print: printOf(['mms', how.outgoing, keys, addressKey(how.outgoing ? '' : (wroteIt ?? '')), sentAt, text, files.map(({ hash, name }) => hash || name)]),
    ...(name !== undefined && { name }),
  }
}

/** SMIL says where on an old screen the parts stand. */
export const isLayout = (part: Attributes): boolean => /^application\/smil/i.test(value(part, 'ct') ?? '')

function contentOf(attributes: Attributes, text: string, files: FileView[]): Content {
  if (files.length > 0) return { kind: 'files', ...(text !== '' && { text }), files }
  if (text === '' && value(attributes, 'm_type') === notification) {
    const size = Number(value(attributes, 'm_size'))
    return { kind: 'unsupported', contentType: 'application/vnd.wap.mms-message', size: Number.isSafeInteger(size) && size > 0 ? size : 0 }
  }
  return { kind: 'text', text }
}

const joined = (texts: readonly (string | undefined)[]): string => texts.filter((text) => text !== undefined && text !== '').join('\n')

const extensions: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg', 'image/jpg': 'jpg', 'image/png': 'png', 'image/gif': 'gif', 'image/webp': 'webp', 'video/mp4': 'mp4', 'video/3gpp': '3gp',
  'audio/amr': 'amr', 'audio/mp4': 'm4a', 'audio/mpeg': 'mp3', 'text/x-vcard': 'vcf', 'text/vcard': 'vcf', 'text/plain': 'txt', 'application/pdf': 'pdf',
}

/** A name that is safe to save under, with an ending that says what it is. */
export function fileName(part: Attributes, contentType: string): string {
  const said = ['cl', 'fn', 'name', 'cid'].map((key) => value(part, key)?.trim()).find((text) => text)
  const safe = (said ?? '').replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\:*?"<>|]/g, '_').replace(/^[._\s]+|[.\s]+$/g, '').slice(-120)
  const ending = extensions[contentType]
  const name = safe || contentType.split('/')[0]!.replace(/[^a-z]/g, '') || 'file'
  return /\.[A-Za-z0-9]{1,5}$/.test(name) || !ending ? name : `${name}.${ending}`
}
