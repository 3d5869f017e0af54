import { malformed } from './mime'
import { readDateTime, writeDateTime } from './time'
import { child, escapeXml, readRoot } from './xml'
import type { XmlElement } from './xml'

export const imdnType = 'message/imdn+xml'

const namespace = 'urn:ietf:params:xml:ns:imdn'
const linphoneNamespace = 'http://www.linphone.org/xsds/imdn.xsd'

/** RFC 5438 11.1: which statuses each notification may carry. */
const vocabulary = {
  delivery: ['delivered', 'failed', 'forbidden', 'error'],
  display: ['displayed', 'forbidden', 'error'],
  processing: ['processed', 'stored', 'forbidden', 'error'],
} as const satisfies Record<string, readonly string[]>

export type ImdnKind = keyof typeof vocabulary
export type ImdnStatus = (typeof vocabulary)[ImdnKind][number]

/** One disposition notification, RFC 5438. */
export interface Imdn {
  /** Of the message that it is about. */
  messageId: string
  /** When that happened or was sent, ms; absent when unreadable. */
  datetime?: number
  recipientUri?: string
  originalRecipientUri?: string
  kind: ImdnKind
  status: ImdnStatus
  /** Why it failed, in Linphone's extension: a SIP status code and its words. */
  reason?: { code?: number; text: string }
}

/** What a receipt says of the message's status; `processing` says nothing of it. */
export function imdnMeans(
  { kind, status }: Pick<Imdn, 'kind' | 'status'>,
): 'delivered' | 'displayed' | 'failed' | undefined {
  if (kind === 'processing') return undefined
  if (status === 'delivered' || status === 'displayed') return status
  // A refusal to tell whether it was read says nothing against the message itself.
  return kind === 'delivery' ? 'failed' : undefined
}

/** @throws Fault `malformed`, `too-large` */
export function readImdn(input: string | Uint8Array): Imdn {
  const root = readRoot(input, 'imdn', { name: 'imdn', namespace, size: 16_384 })
  const messageId = textOf(root, 'message-id')
  if (!messageId || messageId.length > 255) throw malformed('imdn', 'no message-id')
  const datetime = readDateTime(textOf(root, 'datetime'))
  const recipientUri = textOf(root, 'recipient-uri')
  const originalRecipientUri = textOf(root, 'original-recipient-uri')
  return {
    messageId,
    ...(datetime !== undefined && { datetime }),
    ...(recipientUri && { recipientUri }),
    ...(originalRecipientUri && { originalRecipientUri }),
    ...readNotification(root),
  }
}

function readNotification(root: XmlElement): Pick<Imdn, 'kind' | 'status' | 'reason'> {
  for (const kind of Object.keys(vocabulary) as ImdnKind[]) {
    const status = child(child(root, `${kind}-notification`), 'status')
    const said = status?.children.find((candidate) => candidate.name !== 'reason')
    const known = vocabulary[kind].find((word) => word === said?.name)
    if (!known) continue
    const reason = child(status, 'reason')
    return { kind, status: known, ...(reason && { reason: readReason(reason) }) }
  }
  throw malformed('imdn', 'no notification that is known')
}

function readReason(reason: XmlElement): NonNullable<Imdn['reason']> {
  const code = reason.attributes.get('code')
  return { text: reason.text.trim(), ...(code && /^\d{1,4}$/.test(code) && { code: Number(code) }) }
}

const textOf = (root: XmlElement, name: string) => child(root, name)?.text.trim()

/** In the order that the schema wants. @throws Fault `bad-argument` for a time beyond RFC 3339 */
export function writeImdn(imdn: Imdn): string {
  const { messageId, datetime, recipientUri, originalRecipientUri, kind, status, reason } = imdn
  const code = reason?.code === undefined ? '' : ` code="${reason.code}"`
  return '<?xml version="1.0" encoding="UTF-8"?>\n'
    + `<imdn xmlns="${namespace}"${reason ? ` xmlns:imdn="${linphoneNamespace}"` : ''}>`
    + tag('message-id', messageId)
    + tag('datetime', writeDateTime(datetime ?? 0))
    + (recipientUri === undefined ? '' : tag('recipient-uri', recipientUri))
    + (originalRecipientUri === undefined ? '' : tag('original-recipient-uri', originalRecipientUri))
    + `<${kind}-notification><status><${status}/>`
    + (reason ? `<imdn:reason${code}>${escapeXml(reason.text)}</imdn:reason>` : '')
    + `</status></${kind}-notification></imdn>`
}

const tag = (name: string, text: string) => `<${name}>${escapeXml(text)}</${name}>`
