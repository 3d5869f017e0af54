import { Fault } from '../base/faults'
import type { Content, ThreadIds } from '../contract/message'
import type { FaultView } from '../contract/faults'
import { suggestionLimits, suggestionType } from '../rcs/bot-suggestion'
import type { ConferenceInfo } from '../rcs/conference-info'
import { readPayload, type Part, type Payload } from '../rcs/content'
import { fileTransferType } from '../rcs/file-transfer'
import { imdnMeans, type Imdn } from '../rcs/imdn'
import { composingUntil } from '../rcs/is-composing'
import { locationInText } from '../rcs/location'
import { readMentions } from '../rcs/mention'
import type { SipRequest } from '../sip/message'
import { readNameAddress } from '../sip/name-address'
import { splitAll } from '../sip/text'
import { addressOfRecord } from '../sip/uri'
import { albumOf, threadOf } from './receive-parts'

/** A message for a conversation. */
export interface ReceivedMessage {
  /** imdn.Message-ID, or without CPIM the Call-ID. */
  id: string
  /** Who wrote it: the other party, a member of the group, or ourselves. */
  from: string
  conversation: string
  content: Content
  sentAt: number
  /** What the sender calls itself. */
  name?: string
  /** Which receipts its sender wants. */
  wants: { delivered: boolean; displayed: boolean }
  /** It came without CPIM: its receipts go without, too. */
  bare: boolean
  /** In a group: at which version its focus put it there. */
  version?: number
}

export interface ReceivedReceipt {
  /** Of our message. */
  id: string
  from: string
  /** The group that it was said in; the member is `from`. */
  group?: string
  status: 'delivered' | 'displayed' | 'failed'
  at: number
  fault?: FaultView
}

/** One thing that a SIP MESSAGE brought. */
export type Received =
  | { kind: 'message'; message: ReceivedMessage }
  /** What this account sent from another device, or to a group: there also what this one sent. */
  | { kind: 'copy'; message: ReceivedMessage }
  | { kind: 'receipt'; receipt: ReceivedReceipt }
  | { kind: 'typing'; from: string; conversation: string; until: number }
  /** A message that expired before it came to us, or ours before it came to the other side. */
  | { kind: 'tombstone'; id: string; from: string; conversation: string; sentAt: number; fault: FaultView; version?: number }
  /** What a focus says of its group. */
  | { kind: 'group'; conversation: string; info: ConferenceInfo }

/** The header that our relay puts on a copy of what another device of the account sent. */
const copyHeader = 'Yanxin-Copy'
/** The header by which our relay says that a message is a group's, and at which version: nobody else can write it there. */
const groupHeader = 'Yanxin-Group'

export interface Reader {
  /** Address of record. */
  account: string
  now: number
  /** The registrar is a relay of ours: what it says in words of our own counts. */
  hasGroups: boolean
}

/**
 * Reads what a SIP MESSAGE brought, RFC 3428 and everything in it. Nothing is kept here.
 * @throws Fault `malformed`, `too-large`, `bad-encoding`: `refusal` has the answer
 */
export function readMessage(request: SipRequest, { account, now, hasGroups }: Reader): Received[] {
  const { headers, body } = request
  const sender = senderOf(request)
  const copy = sender.address === account && headers.get(copyHeader)?.toLowerCase() === 'sent'
  const version = hasGroups ? versionOf(headers.get(groupHeader)) : undefined
  const to = addressOfRecord(readNameAddress(headers.get('To') ?? '').uri)
  const contentType = headers.get('Content-Type')
  if (contentType === undefined) {
    // RFC 3261 20.15: a body needs a type; without a body there is nothing to show.
    if (body.length > 0) throw new Fault('malformed', { text: 'a body without Content-Type' })
    return []
  }
  const thread = threadOf(request)
  const payload = readPayload({ contentType, contentEncoding: headers.get('Content-Encoding'), body, ...(version !== undefined && { limit: maxDocument }) })
  const said = {
    id: payload.cpim?.messageId ?? headers.get('Call-ID') ?? '',
    account, now, payload,
    sentAt: payload.cpim?.dateTime ?? readDate(headers.get('Date')) ?? now,
  }
  const frame: Frame = version === undefined
    ? {
        ...said, copy, from: sender.address,
        // What we wrote ourselves (on another device) belongs to the conversation with its recipient.
        conversation: sender.address === account ? to : sender.address,
        name: copy ? undefined : (payload.cpim?.fromName ?? sender.name),
      }
    : inGroup(said, sender.address, version)
  const parts = payload.parts.filter(({ kind }) => kind !== 'suggestions')
  const album = albumOf(parts, mentionsOf(frame))
  const received = album ? [messageOf(album, 0, frame)] : parts.flatMap((part, index) => readPart(part, index, frame))
  return withChips(received, payload.parts, frame, thread)
}

/** Chips stand under the last thing that was said with them (rcs.md 4.4). */
function withChips(received: Received[], parts: readonly Part[], frame: Frame, thread: ThreadIds): Received[] {
  const chips = parts.flatMap((part) => (part.kind === 'suggestions' ? part.suggestions : [])).slice(0, suggestionLimits.chips)
  if (received.length === 0 && parts.some(({ kind }) => kind === 'suggestions')) {
    return [messageOf(chips.length > 0 ? { kind: 'text', text: '', chips, thread } : { kind: 'unsupported', contentType: suggestionType, size: 0 }, 0, frame)]
  }
  const under = chips.length > 0 ? received.findLastIndex((one) => tappable(one) !== undefined) : -1
  return received.map((one, index) => {
    const message = tappable(one)
    if (!message || (index !== under && message.content.kind !== 'cards')) return one
    return { ...one, message: { ...message, content: { ...message.content, ...(index === under && { chips }), thread } } } as Received
  })
}

/** The message, where something to tap may stand under it. */
const tappable = (one: Received): ReceivedMessage | undefined =>
  ((one.kind === 'message' || one.kind === 'copy') && ['text', 'files', 'location', 'cards'].includes(one.message.content.kind) ? one.message : undefined)

/** How large a document of a group may become, bytes: with a picture and 500 members it has some 130,000. */
const maxDocument = 1024 * 1024

/** @throws Fault `malformed` */
function versionOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,10}$/.test(text.trim())) throw new Fault('malformed', { text: 'a group without a version' })
  return Number(text)
}

/** In a group the focus speaks for the author, whom it has verified (CPIM From); what has no author is the focus' own. */
function inGroup(said: Pick<Frame, 'id' | 'account' | 'now' | 'payload' | 'sentAt'>, group: string, version: number): Frame {
  const { account, payload: { cpim } } = said
  const from = cpim ? addressOfRecord(cpim.from) : group
  return { ...said, from, conversation: group, version, copy: from === account, name: cpim?.fromName }
}

/** Whom a message calls: only in a group. */
const mentionsOf = ({ version, payload }: Frame): string[] | undefined => (version === undefined ? undefined : readMentions(payload.cpim?.extensions ?? []))

interface Frame {
  id: string
  from: string
  conversation: string
  account: string
  now: number
  copy: boolean
  payload: Payload
  sentAt: number
  name: string | undefined
  /** Of the group, when it came in one. */
  version?: number
}

function readPart(part: Part, index: number, frame: Frame): Received[] {
  const { from, now, copy, conversation, version } = frame
  switch (part.kind) {
    case 'text': {
      const location = locationInText(part.text)
      const mentions = mentionsOf(frame)
      return [messageOf(location ? { kind: 'location', location } : { kind: 'text', text: part.text, ...(mentions && { mentions }) }, index, frame)]
    }
    case 'location': return [messageOf({ kind: 'location', location: part.location }, index, frame)]
    case 'cards': return [messageOf({ kind: 'cards', ...part.cards }, index, frame)]
    case 'response': return [messageOf({ kind: 'answer', ...part.response }, index, frame)]
    case 'shared-data': return [messageOf({ kind: 'shared', facts: part.facts }, index, frame)]
    // They stand under what is said beside them.
    case 'suggestions': return []
    case 'other':
      return [messageOf({ kind: 'unsupported', contentType: part.contentType, size: part.body.length }, index, frame)]
    case 'file': {
      const album = albumOf([part])
      return [messageOf(album ?? { kind: 'unsupported', contentType: fileTransferType, size: part.file.size }, index, frame)]
    }
    case 'imdn': return copy ? [] : readReceipt(part.imdn, from, version === undefined ? undefined : conversation, now)
    case 'composing': return copy ? [] : [{ kind: 'typing', from, conversation, until: composingUntil(part.composing, now) }]
    // Only a focus tells of a group, and only of its own.
    case 'conference': return version !== undefined && from === conversation && addressOfRecord(part.info.entity) === conversation
      ? [{ kind: 'group', conversation, info: part.info }]
      : []
    case 'tombstone': {
      const { messageId, sentAt, reason } = part.tombstone
      // A relay speaks of expired messages in their sender's name; what it says of somebody else's does not count. In a group it is
      // the relay's word whose it was.
      const author = version === undefined ? from : addressOfRecord(part.tombstone.from)
      return [{ kind: 'tombstone', id: messageId, from: author, conversation, sentAt, fault: { code: reason }, ...(version !== undefined && { version }) }]
    }
  }
}

function messageOf(content: Content, index: number, { id, from, conversation, sentAt, name, payload, copy, version }: Frame): Received {
  const asked = payload.cpim?.dispositions
  // COMPAT(linphone): outside CPIM nobody can ask (RFC 5438 6), but Linphone waits for receipts of plain texts as well.
  const bare = payload.cpim === undefined
  const wants = index > 0 || copy
    ? { delivered: false, displayed: false }
    : { delivered: bare || asked!.has('positive-delivery'), displayed: bare || asked!.has('display') }
  return {
    kind: copy ? 'copy' : 'message',
    // Several things in one multipart are several messages on the screen; each keeps an identity of its own.
    message: {
      id: index === 0 ? id : `${id};${index + 1}`,
      from, conversation, content, sentAt, wants, bare, ...(name !== undefined && { name }), ...(version !== undefined && { version }),
    },
  }
}

function readReceipt(imdn: Imdn, from: string, group: string | undefined, now: number): Received[] {
  const status = imdnMeans(imdn)
  if (!status) return []
  const fault: FaultView | undefined = status === 'failed'
    ? {
        code: faultCode(imdn),
        ...(imdn.reason && { text: imdn.reason.text.slice(0, 500) }),
        ...(imdn.reason?.code !== undefined && { detail: { status: imdn.reason.code } }),
      }
    : undefined
  // RFC 5438 lets datetime be when the message was sent: the time of arrival is the only one that can be trusted.
  return [{ kind: 'receipt', receipt: { id: imdn.messageId, from, ...(group !== undefined && { group }), status, at: now, ...(fault && { fault }) } }]
}

/** Linphone's reason is a SIP status, our own relay's as well. */
function faultCode({ reason }: Imdn): FaultView['code'] {
  switch (reason?.code) {
    case 400: return 'malformed'
    case 404: case 604: return 'unknown-recipient'
    case 408: return 'no-answer'
    case 480: return 'expired'
    case 413: case 513: return 'too-large'
    case 415: return 'bad-type'
    case 488: case 606: return 'not-acceptable'
    default: return 'refused'
  }
}

/** RFC 3325 9.1: the network's word goes before the sender's own. @throws Fault `malformed` */
function senderOf({ headers }: SipRequest): { address: string; name: string | undefined } {
  const own = readNameAddress(headers.get('From') ?? '')
  const asserted = splitAll(headers.all('P-Asserted-Identity'))[0]
  const said = asserted === undefined ? own : readNameAddress(asserted)
  return { address: addressOfRecord(said.uri), name: said.displayName || own.displayName || undefined }
}

function readDate(text: string | undefined): number | undefined {
  const at = text === undefined ? NaN : Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

export interface Refusal {
  status: number
  reason: string
  headers: [name: string, value: string][]
}

/** How a MESSAGE that could not be read or kept is answered: 488 for CPIM as Linphone does, RFC 3261 21.4 for the rest. */
export function refusal(fault: Fault): Refusal {
  switch (fault.code) {
    case 'malformed':
      return fault.detail['part'] === 'cpim'
        ? { status: 488, reason: 'Not Acceptable Here', headers: [] }
        : { status: 400, reason: 'Bad Request', headers: [] }
    case 'too-large': return { status: 413, reason: 'Request Entity Too Large', headers: [] }
    case 'bad-encoding': return { status: 415, reason: 'Unsupported Media Type', headers: [['Accept-Encoding', 'identity, deflate']] }
    case 'disk-full':
    case 'disk-broken':
    case 'closed': return { status: 503, reason: 'Service Unavailable', headers: [['Retry-After', '30']] }
    default: return { status: 500, reason: 'Server Internal Error', headers: [['Retry-After', '30']] }
  }
}
