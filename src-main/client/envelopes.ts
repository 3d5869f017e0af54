import { DAY } from '../base/clock'
import { labelOf } from '../base/geo-uri'
import type { Ids } from '../base/ids'
import { threadHeaders } from '../network/requests'
import type { Imdn } from '../rcs/imdn'
import type { LocationView, Message, Sayable, ThreadIds } from '../contract/message'
import { writeAnswer, writeFacts, writeFiles, writePlace, writePlaceAsText, writeReceipt, writeText, type Written } from '../rcs/content'
import { fileTransferOf } from '../rcs/file-transfer'
import { flag, type Envelope } from '../relay/envelope'
import type { Put } from '../relay/queue/row'

/** The one lane of a client: what its session takes to the operator or office relay. */
export const networkLane = 'network'

/** What one SIP MESSAGE carries, in bytes of UTF-8 (design: *The relay*). */
export const maxText = 64 * 1024

/** What a relay of ours takes over MSRP, in bytes of UTF-8: no draft is longer. */
export const longestText = 1024 * 1024

/** How long a message may wait here to be sent, ms (design: *The relay*). */
const patience = 30 * DAY

export interface Self {
  /** Address of record. */
  account: string
  ids: Ids
}

/** A place with its label as it is sent; one that says nothing is left out. */
export function placeOf({ label: said, ...place }: LocationView): LocationView {
  const label = labelOf(said)
  return { ...place, ...(label !== undefined && { label }) }
}

interface Saying {
  conversation: string
  id: string
  content: Sayable
  now: number
  /** A place as a `geo:` text, for who does not take GSMA's XML. @default false */
  asText?: boolean
  /** How the message is called that this one answers. */
  answered?: ThreadIds
}

/** A message to the other side of a conversation, wanting all three receipts. */
export function messagePut(self: Self, { conversation, id, content, now, asText = false, answered }: Saying): Put {
  const written = writtenOf(content, { id, from: self.account, to: conversation, sentAt: now }, asText)
  return putOf(self, { conversation, id, now, ...(answered && { answered }) }, written)
}

function writtenOf(content: Sayable, frame: { id: string; from: string; to: string; sentAt: number }, asText: boolean): Written {
  switch (content.kind) {
    case 'text': return writeText({ ...frame, text: content.text, ...(content.mentions && { mentions: content.mentions }) })
    case 'location': return (asText ? writePlaceAsText : writePlace)({ ...frame, location: content.location })
    case 'answer': return writeAnswer({ ...frame, response: content })
    case 'shared': return writeFacts({ ...frame, facts: content.facts })
  }
}

/** A message whose files all lie at a content server now; nothing when some have still to go there, or have run out there. */
export function filesPut(self: Self, { content, id, conversation, sentAt }: Pick<Message, 'content' | 'id' | 'conversation' | 'sentAt'>, now: number): Put | undefined {
  if (content.kind !== 'files' || content.files.some(({ remote }) => !remote || (remote.until ?? Infinity) <= now)) return undefined
  const files = content.files.flatMap((file) => fileTransferOf(file) ?? [])
  return putOf(self, { conversation, id, now }, writeFiles({
    id, from: self.account, to: conversation, sentAt, files, ...(content.text !== undefined && { text: content.text }), ...(content.mentions && { mentions: content.mentions }),
  }))
}

function putOf({ account, ids }: Self, { conversation, id, now, answered }: Pick<Saying, 'conversation' | 'id' | 'now' | 'answered'>, { contentType, body }: Written): Put {
  const envelope: Envelope = {
    id, from: account, to: conversation, conversation, contentType, body, sentAt: now, expiresAt: now + patience,
    headers: threadHeaders(account, conversation, ids, answered),
    // Its failure is told to the window by the journal, not by a receipt.
    flags: 0,
  }
  return { envelope, lanes: [networkLane] }
}

/**
 * A receipt for one message (RFC 5438 7.2.1), to its author; in a group the `conversation` hands it to that one.
 * @param bare in the form in which the message came: outside CPIM
 */
export function receiptPut(
  { account, ids }: Self, { to, conversation, about, kind, status, bare, now }: { to: string; conversation: string; about: string; kind: Imdn['kind']; status: Imdn['status']; bare: boolean; now: number },
): Put {
  const id = ids.token()
  const imdn: Imdn = { messageId: about, datetime: now, kind, status }
  const { contentType, body } = writeReceipt({ imdn, from: account, to, sentAt: now, id, bare })
  const envelope: Envelope = {
    id, from: account, to: conversation, conversation, contentType, body, sentAt: now, expiresAt: now + patience,
    headers: [...threadHeaders(account, conversation, ids), ['Priority', 'non-urgent']],
    // A status only rises, so receipts need no order; a hundred of them do not hold up the answer that is being written.
    flags: flag.receipt | flag.unordered,
  }
  return { envelope, lanes: [networkLane] }
}
