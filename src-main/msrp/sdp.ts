import { malformed } from '../sip/text'
import { readFingerprint } from './fingerprint'
import type { Fingerprint } from './fingerprint'
import { readMsrpUri } from './uri'

/** RFC 4145 4: who connects. */
export type Setup = 'active' | 'passive' | 'actpass' | 'holdconn'
export type Role = 'active' | 'passive'
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

/** What one side says of an MSRP session in SDP (RFC 4975 8). */
export interface MsrpMedia {
  /** The hops to it, itself the last. */
  path: string[]
  /** TCP/TLS/MSRP. */
  secure: boolean
  /** Of c= and m=: the address of the first hop for who does not read the path, and with `cema` for all. */
  host: string
  port: number
  setup?: Setup
  /** `*` is any. */
  acceptTypes: string[]
  /** What may stand inside those that wrap, as CPIM does. */
  acceptWrappedTypes: string[]
  /** Bytes. */
  maxSize?: number
  fingerprints: Fingerprint[]
  /** RFC 6714: c= and m= are to be dialled, whatever the path says. */
  cema: boolean
  direction: Direction
  /** RFC 7701 8: what the chat room can do. */
  chatroom?: string[]
}

const setups: readonly string[] = ['active', 'passive', 'actpass', 'holdconn'] satisfies Setup[]
const directions: readonly string[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] satisfies Direction[]
/** An SDP is told by a person's device, not a library: what is longer is nobody's. */
const maxLines = 1_000

interface Section {
  media: string
  connection: string | undefined
  attributes: [name: string, value: string][]
}

/**
 * Reads the first MSRP section of an SDP. Lenient: any line end, attributes anywhere, unknown lines; nothing when there is none or
 * it is refused by port 0 (RFC 3264 6). @throws Fault `malformed`
 */
export function readMsrpSdp(sdp: string | Uint8Array): MsrpMedia | undefined {
  const text = typeof sdp === 'string' ? sdp : Buffer.from(sdp.buffer, sdp.byteOffset, sdp.length).toString('utf8')
  const [session, ...sections] = split(text)
  const section = sections.find(({ media }) => /^message\s+\d+(?:\/\d+)?\s+TCP\/(?:TLS\/)?MSRP(?:\s|$)/i.test(media))
  if (!section) return undefined
  const [, portText = '', protocol = ''] = section.media.split(/\s+/)
  const port = Number.parseInt(portText, 10)
  if (port > 65_535) throw malformed('an m= line with a port out of range')
  if (port === 0) return undefined
  const of = (name: string): string[] => {
    const own = section.attributes.filter(([each]) => each === name)
    return (own.length > 0 ? own : session!.attributes.filter(([each]) => each === name)).map(([, value]) => value)
  }
  const path = (of('path')[0] ?? '').split(/\s+/).filter(Boolean)
  // RFC 4975 8.2: without a path there is nobody to send to.
  if (path.length === 0) throw malformed('an MSRP section without a path')
  const last = path.map(readMsrpUri).at(-1)!
  const setup = of('setup')[0]?.toLowerCase() ?? ''
  const maxSize = Number.parseInt(of('max-size')[0] ?? '', 10)
  const address = (section.connection ?? session!.connection ?? '').split(/\s+/)[2]?.split('/')[0]
  return {
    path, port,
    secure: /TLS/i.test(protocol),
    // What forgets its c= line is where its path says.
    host: address ?? last.host,
    ...(setups.includes(setup) && { setup: setup as Setup }),
    acceptTypes: words(of('accept-types')),
    acceptWrappedTypes: words(of('accept-wrapped-types')),
    ...(maxSize >= 0 && { maxSize }),
    fingerprints: of('fingerprint').map(readFingerprint).filter((each) => each !== undefined),
    cema: of('msrp-cema').length > 0,
    direction: (directions.find((each) => of(each).length > 0) ?? 'sendrecv') as Direction,
    ...(of('chatroom').length > 0 && { chatroom: words(of('chatroom')) }),
  }
}

const words = (values: readonly string[]): string[] => values.flatMap((value) => value.split(/\s+/)).filter(Boolean)

function split(text: string): Section[] {
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.length > maxLines) throw malformed('an SDP too long')
  const sections: Section[] = [{ media: '', connection: undefined, attributes: [] }]
  for (const line of lines) {
    const here = sections.at(-1)!
    const value = line.slice(2).trim()
    if (line[1] !== '=') continue
    if (line[0] === 'm') sections.push({ media: value, connection: undefined, attributes: [] })
    else if (line[0] === 'c') here.connection ??= value
    else if (line[0] === 'a') {
      const colon = value.indexOf(':')
      here.attributes.push(colon < 0 ? [value.toLowerCase(), ''] : [value.slice(0, colon).trim().toLowerCase(), value.slice(colon + 1).trim()])
    }
  }
  return sections
}

/** What identifies an SDP (RFC 4566 5.2): numbers; peers that read them as such are known. */
export interface Origin {
  /** Digits: NTP time or anything that is its own. */
  sessionId: number
  /** One more with each change. @default 1 */
  version?: number
}

/** A whole SDP with the one section. */
export function writeMsrpSdp(media: MsrpMedia, { sessionId, version = 1 }: Origin): string {
  const kind = media.host.includes(':') ? 'IP6' : 'IP4'
  const lines = [
    'v=0', `o=- ${Math.floor(sessionId)} ${version} IN ${kind} ${media.host}`, 's=-', `c=IN ${kind} ${media.host}`, 't=0 0',
    `m=message ${media.port} ${media.secure ? 'TCP/TLS/MSRP' : 'TCP/MSRP'} *`,
    `a=path:${media.path.join(' ')}`,
    ...(media.setup ? [`a=setup:${media.setup}`, 'a=connection:new'] : []),
    ...media.fingerprints.map(({ hash, value }) => `a=fingerprint:${hash.toUpperCase()} ${value}`),
    `a=accept-types:${media.acceptTypes.join(' ')}`,
    ...(media.acceptWrappedTypes.length > 0 ? [`a=accept-wrapped-types:${media.acceptWrappedTypes.join(' ')}`] : []),
    ...(media.maxSize === undefined ? [] : [`a=max-size:${media.maxSize}`]),
    ...(media.cema ? ['a=msrp-cema'] : []),
    ...(media.chatroom ? [`a=chatroom:${media.chatroom.join(' ')}`] : []),
    `a=${media.direction}`,
  ]
  return `${lines.join('\r\n')}\r\n`
}

/**
 * What to answer an offer's setup (RFC 4145 4.1, RFC 6135 4): who may choose connects, since who connects passes its own NAT;
 * nothing when neither side could. An offer without one is of RFC 4975 alone, whose offerer connects.
 */
export function answerSetup(offer: Setup | undefined, canListen: boolean): Role | undefined {
  if (offer === 'actpass' || offer === 'passive') return 'active'
  return canListen && offer !== 'holdconn' ? 'passive' : undefined
}

/** Our role after offer and answer. */
export function roleOf(mine: Setup | undefined, theirs: Setup | undefined, weOffered: boolean): Role {
  if (mine === 'active' || theirs === 'passive') return 'active'
  if (mine === 'passive' || theirs === 'active') return 'passive'
  return weOffered ? 'active' : 'passive'
}

/** Whether a media type is one of `accepted`: `*`, `text/*` or a whole one; parameters do not count. */
export function accepts(accepted: readonly string[], type: string): boolean {
  const plain = type.split(';')[0]!.trim().toLowerCase()
  return accepted.some((each) => {
    const one = each.toLowerCase()
    return one === '*' || one === plain || (one.endsWith('/*') && plain.startsWith(one.slice(0, -1)))
  })
}
