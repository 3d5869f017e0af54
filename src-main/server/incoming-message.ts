import { Fault } from '../base/faults'
import { inflateBounded } from '../rcs/deflate'
import { peekCpim, type CpimPeek } from '../rcs/cpim'
import type { Envelope } from '../relay/envelope'
import { flag } from '../relay/envelope'
import type { SipRequest } from '../sip/message'
import { addressOfRecord } from '../sip/uri'
import type { Domain } from './domain'
import { defaultRules } from './rules'

/** The largest body, in bytes; CPIM may wrap `cpimRoom` more round it. */
export const maxBody = 64 * 1024
const cpimRoom = 4 * 1024
/** What goes by MESSAGE; a larger body goes over MSRP. */
export const maxMessage = maxBody + cpimRoom

/**
 * What ends at this hop: the way (RFC 3261 16.6), credentials, and the words by which a server speaks for somebody, which
 * a sender must not be able to write itself (RFC 3325 5).
 */
const hopOnly = new Set([
  'Via', 'Route', 'Record-Route', 'Path', 'Service-Route', 'Max-Forwards', 'Content-Length', 'Content-Type', 'Contact',
  'Authorization', 'Proxy-Authorization', 'Proxy-Require', 'P-Preferred-Identity', 'P-Asserted-Identity',
  'P-Preferred-Service', 'P-Asserted-Service', 'Supported',
])
/** Words of our own between a relay and its devices, `Yanxin-Copy` among them. */
const isOurs = (name: string): boolean => (name.charCodeAt(0) | 32) === 121 && name.toLowerCase().startsWith('yanxin-')

/** A MESSAGE as it is carried on. */
export interface IncomingMessage {
  envelope: Envelope
  /** RFC 3428 7: `Expires: 0` is for whoever is there now, and never stored. */
  isTransient: boolean
  /** What its CPIM says; absent when it came without. */
  peek: CpimPeek | undefined
}

/** Between whom, both verified, and when. */
export interface Way {
  from: string
  to: string
  /** ms */
  now: number
  domain: Domain
  /** How long a message waits when its sender does not want less, ms. @default 30 days */
  keep?: number
  /** The largest body, bytes, in whatever wraps it. @default what a MESSAGE carries */
  most?: number
}

const isComposing = 'application/im-iscomposing+xml'
const isReceipt = (type: string): boolean => type.startsWith('message/imdn+xml')

/**
 * Makes the envelope of a MESSAGE whose sender and recipient are known. The body is only looked into for what the relay must know.
 * @throws Fault `too-large`, `malformed`, `bad-encoding`, `not-acceptable`, `not-yourself`
 */
export function readIncoming(request: SipRequest, { from, to, now, domain, keep = defaultRules.keep, most = maxBody }: Way): IncomingMessage {
  const { headers, body } = request
  const contentType = headers.get('Content-Type') ?? ''
  if (!contentType) throw new Fault('malformed', { text: 'a MESSAGE without Content-Type' })
  const type = contentType.toLowerCase()
  const isCpim = type.startsWith('message/cpim')
  if (body.length > (isCpim ? most + cpimRoom : most)) throw new Fault('too-large', { text: `a message may have ${most} bytes`, detail: { limit: most } })

  let id = headers.get('Call-ID')!
  let sentAt: number | undefined
  let flags: number
  let inner = type
  let peek: CpimPeek | undefined
  if (isCpim) {
    peek = readPeek(body, headers.get('Content-Encoding'))
    checkSpeaker(peek.from, from, domain)
    id = peek.messageId ?? id
    sentAt = peek.dateTime
    inner = peek.contentType?.toLowerCase() ?? 'text/plain'
    // Whoever asks for delivery notices of any kind wants to hear that there was none (guarantee 4).
    flags = peek.dispositions.has('negative-delivery') || peek.dispositions.has('positive-delivery') ? flag.wantsFailure : 0
  } else {
    flags = flag.wantsFailure
  }
  if (isReceipt(inner)) flags = flag.receipt
  if (inner.startsWith(isComposing)) flags = 0
  if (id.length > 512) throw new Fault('malformed', { text: 'a Call-ID that is too long' })

  const kept: [string, string][] = []
  headers.each((name, value) => {
    if (!hopOnly.has(name) && !isOurs(name)) kept.push([name, value])
  })
  const service = headers.get('P-Preferred-Service')
  if (service !== undefined) kept.push(['P-Asserted-Service', service])

  const expires = readExpires(headers.get('Expires'))
  sentAt ??= dateOf(headers.get('Date')) ?? now
  return {
    peek,
    isTransient: expires === 0 || inner.startsWith(isComposing),
    envelope: {
      id, from, to, conversation: from, contentType, body, headers: kept,
      sentAt,
      expiresAt: now + Math.min(expires ?? keep, keep),
      flags,
    },
  }
}

function dateOf(text: string | undefined): number | undefined {
  const at = text === undefined ? NaN : Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

/** Expires in ms; what is no number counts as absent, RFC 3261 20.19 leaves it to the server. */
function readExpires(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) * 1_000 : undefined
}

/** The From inside counts for some receivers, so it must be the sender too, or nobody (RCC.11: anonymous in one-to-one). */
function checkSpeaker(inside: string, from: string, domain: Domain): void {
  if (inside === from || inside === 'sip:anonymous@anonymous.invalid') return
  let address: string
  try {
    address = domain.local(addressOfRecord(inside))
  } catch (cause) {
    throw new Fault('not-acceptable', { text: 'the CPIM From is no address', cause })
  }
  if (address !== from) throw new Fault('not-yourself', { text: `the CPIM From is not ${from}` })
}

function readPeek(body: Uint8Array, encoding: string | undefined): ReturnType<typeof peekCpim> {
  let plain = body
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    if (encoding.toLowerCase() !== 'deflate') throw new Fault('bad-encoding', { text: `the encoding ${encoding.slice(0, 40)} is not understood` })
    plain = inflateBounded(body)
  }
  try {
    return peekCpim(plain)
  } catch (cause) {
    // As Linphone does for CPIM that it cannot read, bare LF among it.
    throw new Fault('not-acceptable', { text: `the CPIM cannot be read: ${Fault.from(cause).message}`, cause })
  }
}
