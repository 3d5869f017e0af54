import type { Ids } from '../base/ids'
import { DAY } from '../base/clock'
import type { FaultCode, FaultView } from '../contract/faults'
import { cpimType } from '../rcs/cpim'
import { writeReceipt, writeTombstone } from '../rcs/write'
import { flag, type Envelope } from './envelope'

export interface Now {
  /** ms since 1970. */
  now: number
  ids: Ids
  /** How long it is kept, ms. @default 30 days */
  keep?: number
}

/** How long what a relay itself says is kept, ms. */
const KEPT = 30 * DAY

/** The SIP status that says the same, for Linphone's reason element; RFC 3261 21. */
const statusOf: Partial<Record<FaultCode, number>> = {
  malformed: 400, refused: 403, 'not-yourself': 403, 'unknown-recipient': 404, 'no-answer': 408, 'too-large': 413,
  'bad-type': 415, 'bad-encoding': 415, expired: 480, 'mailbox-full': 480, 'not-acceptable': 488,
}

const isOwn = flag.receipt | flag.copy | flag.tombstone

/**
 * Tells the sender that its message will not be delivered (guarantee 4), in the recipient's name, as RFC 5438 8.3 has an
 * intermediary do it. Nothing when the sender did not ask, or when it is itself a receipt, a copy or a tombstone.
 */
export function failedReceipt(row: Envelope, fault: FaultView, { now, ids, keep }: Now): Envelope | undefined {
  if (row.flags & isOwn || !(row.flags & flag.wantsFailure)) return undefined
  const id = ids.token()
  const code = statusOf[fault.code]
  const written = writeReceipt({
    from: row.to, to: row.from, sentAt: now, id, bare: !isCpim(row.contentType),
    imdn: {
      messageId: row.id, datetime: now, recipientUri: row.to, kind: 'delivery', status: 'failed',
      reason: { text: fault.text ?? fault.code, ...(code !== undefined && { code }) },
    },
  })
  return { ...frame(id, now, keep), ...written, from: row.to, to: row.from, conversation: row.to, flags: flag.receipt }
}

/** Says to a device that understands it that a message expired before it came, at the place where it would have come. */
export function tombstone(row: Envelope, { now, ids, keep, reason = 'expired' }: Now & { reason?: FaultCode }): Envelope {
  const id = ids.token()
  const { from, to, conversation, sentAt, flags } = row
  const written = writeTombstone({ from, to, sentAt: now, id, tombstone: { messageId: row.id, from, sentAt, reason } })
  const isGroup = flags & flag.group
  // What the relay itself says of the message in a group goes with what is said in its place.
  const headers = isGroup ? row.headers.filter(([name]) => name.startsWith('Yanxin-')) : []
  return { ...frame(id, now, keep), ...written, headers, from, to, conversation, flags: flag.tombstone | isGroup }
}

const isCpim = (contentType: string) => contentType.slice(0, cpimType.length).toLowerCase() === cpimType

const frame = (id: string, now: number, keep = KEPT): Pick<Envelope, 'id' | 'sentAt' | 'expiresAt' | 'headers'> =>
  ({ id, sentAt: now, expiresAt: now + keep, headers: [] })
