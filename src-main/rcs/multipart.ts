import { Fault } from '../base/faults'
import { eachHeader, encodeUtf8, headText, joinBytes, malformed } from './mime'
import type { MimeHeader } from './mime'

export interface MimePart {
  headers: MimeHeader[]
  body: Uint8Array
}

const DASH = 45

/**
 * RFC 2046 5.1.1. Preamble and epilogue are left out.
 * @param parts how many parts are taken. @default 64
 * @throws Fault `malformed` without the closing delimiter, `too-large` with more parts
 */
export function readMultipart(body: Uint8Array, boundary: string | undefined, { parts: limit = 64 } = {}): MimePart[] {
  if (!boundary || boundary.length > 70) throw malformed('multipart', 'no boundary')
  const delimiter = encodeUtf8(`--${boundary}`)
  const parts: MimePart[] = []
  let open = -1
  for (let line = 0; line >= 0 && line < body.length; line = nextLine(body, line)) {
    if (!startsWith(body, delimiter, line)) continue
    const behind = line + delimiter.length
    const closes = body[behind] === DASH && body[behind + 1] === DASH
    const end = closes ? behind + 2 : padding(body, behind)
    if (end < 0) continue
    if (open >= 0) parts.push(part(body, open, line))
    if (closes) return parts
    if (parts.length >= limit) throw new Fault('too-large', { text: 'multipart: too many parts', detail: { limit } })
    open = end
  }
  throw malformed('multipart', 'the last delimiter is missing')
}

/** The line end before a delimiter belongs to it; an empty part shares it with the end of its head. */
function part(body: Uint8Array, open: number, line: number): MimePart {
  const headers: MimeHeader[] = []
  const bytes = body.subarray(0, line)
  const start = eachHeader(bytes, open, 'multipart', true, (name, value) => void headers.push({ name, value }))
  return { headers, body: bytes.subarray(start, Math.max(start, line - 2)) }
}

function nextLine(body: Uint8Array, from: number): number {
  for (let at = body.indexOf(10, from); at >= 0; at = body.indexOf(10, at + 1)) {
    if (body[at - 1] === 13) return at + 1
  }
  return -1
}

/** The start of the next line when only blanks stand behind the delimiter, else -1: then it was no delimiter. */
function padding(body: Uint8Array, from: number): number {
  let at = from
  while (body[at] === 32 || body[at] === 9) at++
  return body[at] === 13 && body[at + 1] === 10 ? at + 2 : -1
}

function startsWith(body: Uint8Array, wanted: Uint8Array, at: number): boolean {
  if (at + wanted.length > body.length) return false
  for (let i = 0; i < wanted.length; i++) if (body[at + i] !== wanted[i]) return false
  return true
}

/** Picks a boundary that occurs in none of the parts. @throws Fault `bad-argument` for a header that breaks its line */
export function writeMultipart(parts: readonly MimePart[], wish = 'yanxin'): { boundary: string; body: Uint8Array } {
  const heads = parts.map((one) => encodeUtf8(headText(one.headers)))
  let boundary = wish
  for (let n = 0; parts.some(({ body }) => contains(body, boundary)); n++) boundary = `${wish}-${n}`
  const pieces: Uint8Array[] = []
  parts.forEach(({ body }, i) => pieces.push(encodeUtf8(`--${boundary}\r\n`), heads[i]!, body, encodeUtf8('\r\n')))
  pieces.push(encodeUtf8(`--${boundary}--\r\n`))
  return { boundary, body: joinBytes(pieces) }
}

function contains(body: Uint8Array, boundary: string): boolean {
  const delimiter = encodeUtf8(`--${boundary}`)
  for (let at = body.indexOf(DASH); at >= 0; at = body.indexOf(DASH, at + 1)) {
    if (startsWith(body, delimiter, at)) return true
  }
  return false
}
