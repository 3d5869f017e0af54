import { isUtf8 } from 'node:buffer'
import { isToken, malformed } from '../sip/text'
import { Fields } from './message'
import type { ByteRange, MsrpMessage } from './message'

/** A path longer than this is nobody's: each hop is a relay. */
const maxHops = 32

// What could not be written again: answers and reports repeat what they were sent.
const control = /[\0-\x08\x0a-\x1f\x7f]/

/** Reads the start line and the header lines of one message, each with its CRLF. @throws Fault `malformed` */
export function parseHead(head: Uint8Array): MsrpMessage {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length)
  // RFC 4975 9: utf8text may stand in values.
  if (!isUtf8(bytes)) throw malformed('the head is no UTF-8')
  const [first = '', ...lines] = bytes.toString('utf8').split('\r\n')
  const fields: [string, string][] = []
  let toPath: string[] | undefined
  let fromPath: string[] | undefined
  for (const line of lines) {
    if (line === '') continue
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trimEnd()
    if (colon < 1 || !isToken(name)) throw malformed('a header line without a name')
    const value = line.slice(colon + 1).trim()
    if (control.test(value)) throw malformed('a control character in a header')
    const low = name.toLowerCase()
    if (low === 'to-path') toPath ??= readPath(value)
    else if (low === 'from-path') fromPath ??= readPath(value)
    else fields.push([name, value])
  }
  // RFC 4975 7.1: both are in every message.
  if (!toPath || !fromPath) throw malformed('a message without its paths')
  const rest = { toPath, fromPath, fields: new Fields(fields) }
  const [, tid = '', word = ''] = first.split(' ', 3)
  if (/^\d{3}$/.test(word)) {
    return { kind: 'response', tid, status: Number(word), reason: first.slice(`MSRP ${tid} ${word}`.length).trim(), ...rest }
  }
  // RFC 4975 9: method = 1*UPALPHA
  if (!/^[A-Z]{1,32}$/.test(word) || first !== `MSRP ${tid} ${word}`) throw malformed('a start line that is none')
  return { kind: 'request', tid, method: word, ...rest }
}

/** URIs of a To-Path, From-Path or Use-Path, each as it stood. @throws Fault `malformed` */
export function readPath(value: string): string[] {
  const uris = value.split(/[ \t]+/).filter(Boolean)
  if (uris.length === 0) throw malformed('an empty path')
  if (uris.length > maxHops) throw malformed('a path too long')
  return uris
}

const range = /^(\d{1,15})-(\d{1,15}|\*)\/(\d{1,15}|\*)$/

/** RFC 4975 7.1.1: without one it is a chunk that is all of its message. @throws Fault `malformed` */
export function readByteRange(value: string | undefined): ByteRange {
  if (value === undefined) return { start: 1, end: undefined, total: undefined }
  const match = range.exec(value)
  if (!match) throw malformed('a Byte-Range that is none')
  const [start, end, total] = match.slice(1).map((part) => (part === '*' ? undefined : Number(part)))
  const isShort = end !== undefined && end < start! - 1
  if (start! < 1 || isShort || (total !== undefined && (start! > total + 1 || (end ?? 0) > total))) throw malformed('a Byte-Range that contradicts itself')
  return { start: start!, end, total }
}

/** RFC 4975 7.1.2: namespace 000 is that of the response codes. @throws Fault `malformed` */
export function readStatus(value: string | undefined): { namespace: number; status: number; text: string } {
  const match = /^(\d{3}) (\d{3})(?: (.*))?$/.exec(value ?? '')
  if (!match) throw malformed('a Status that is none')
  return { namespace: Number(match[1]), status: Number(match[2]), text: match[3] ?? '' }
}
