import { isUtf8 } from 'node:buffer'
import { fieldIn, Headers } from './headers'
import { noBody } from './message'
import type { SipMessage } from './message'
import { ownBytes } from './slab'
import { isSpace, isToken, isTokenCode, malformed } from './text'

/**
 * Reads one message: `head` is the start line and the header lines, each with its CRLF, the empty line may be there or
 * not. The result shares no memory with its arguments. @throws Fault `malformed`, `detail.status` being the answer
 */
export function parseMessage(head: Uint8Array, body: Uint8Array): SipMessage {
  const text = decodeHead(head)
  const end = lineEnd(text, 0)
  const line = text.slice(0, end)
  // RFC 3261 7.2: a response begins with the version, a request ends with it.
  const message = isVersion(line, 0) ? readStatusLine(line) : readRequestLine(line)
  // A text as long as its bytes is ASCII: a place in the one is the same place in the other.
  if (text.length !== head.length || !readPlainHeaders(text, head, end + 2, message.headers)) {
    message.headers = new Headers()
    readHeaders(text, end + 2, message.headers)
  }
  // A view would keep all that was received with it, and send it whole to another thread.
  if (body.length > 0) message.body = ownBytes(body)
  return message
}

// RFC 3261 7: the charset is UTF-8.
function decodeHead(head: Uint8Array): string {
  const bytes = Buffer.isBuffer(head) ? head : Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  const text = bytes.toString('utf8')
  if (text.includes('\ufffd') && !isUtf8(bytes)) throw malformed('the head is no UTF-8')
  return text
}

/** Where the line that begins at `at` ends, its CRLF excluded. RFC 3261 25.1 knows no other line end. */
function lineEnd(text: string, at: number): number {
  const feed = text.indexOf('\n', at)
  if (feed <= at || text.charCodeAt(feed - 1) !== 13) throw malformed('a line that does not end with CRLF')
  return feed - 1
}

function isVersion(line: string, at: number): boolean {
  const slash = at + 3
  return line.charCodeAt(slash) === 47 && line.slice(at, slash).toUpperCase() === 'SIP'
}

function checkVersion(version: string): void {
  if (version === 'SIP/2.0' || version.toUpperCase() === 'SIP/2.0') return
  // RFC 3261 21.5.6: another version is answered with 505, anything else is no SIP.
  throw /^SIP\/\d+\.\d+$/i.test(version) ? malformed('another SIP version', 505) : malformed('a start line without a version')
}

function readRequestLine(line: string): SipMessage {
  // RFC 3261 7.1: exactly two single spaces and none at the end (RFC 4475 3.1.2.7 to 3.1.2.9).
  const first = line.indexOf(' ')
  const second = line.indexOf(' ', first + 1)
  if (first < 1 || second <= first + 1) throw malformed('a start line that is none')
  const method = line.slice(0, first)
  const uri = line.slice(first + 1, second)
  checkVersion(line.slice(second + 1))
  if (!isToken(method)) throw malformed('no method')
  for (let i = 0; i < uri.length; i++) {
    const code = uri.charCodeAt(i)
    // RFC 4475 3.1.2.7: no angle brackets round the Request-URI.
    if (code <= 32 || code >= 127 || code === 60 || code === 62 || code === 34) throw malformed('foreign characters in the Request-URI')
  }
  return { kind: 'request', method, uri, headers: new Headers(), body: noBody }
}

function readStatusLine(line: string): SipMessage {
  const space = line.indexOf(' ')
  if (space < 0) throw malformed('a status line without a status')
  checkVersion(line.slice(0, space))
  const code = line.slice(space + 1, space + 4)
  // RFC 4475 3.1.2.19: a status beyond three digits; the space belongs there even when the reason is empty (3.1.1.13).
  if (!/^[1-6]\d\d$/.test(code) || line.charCodeAt(space + 4) !== 32) throw malformed('a status that is none')
  return { kind: 'response', status: Number(code), reason: line.slice(space + 5), headers: new Headers(), body: noBody }
}

/**
 * Header lines as nearly everybody writes them, known names and values in one line, read from the bytes in one pass; false
 * when there is anything else, which is for `readHeaders`.
 */
function readPlainHeaders(text: string, bytes: Uint8Array, from: number, headers: Headers): boolean {
  const length = bytes.length
  let at = from
  while (at < length) {
    let colon = at
    while (colon < length && isTokenCode(bytes[colon]!)) colon++
    // An empty line, a space before the colon, no colon at all.
    if (bytes[colon] !== 58) return false
    let start = colon + 1
    while (bytes[start] === 32) start++
    let end = start
    while (end < length && (bytes[end]! > 31 || bytes[end] === 9)) end++
    if (bytes[end] !== 13 || bytes[end + 1] !== 10 || isSpace(bytes[end + 2]!) || isSpace(bytes[end - 1]!) || bytes[start] === 9) return false
    const field = fieldIn(bytes, at, colon)
    const value = text.slice(start, end)
    if (field) headers.push(field, value)
    else if (!headers.appendRead(text.slice(at, colon), value)) return false
    at = end + 2
  }
  return true
}

function readHeaders(text: string, from: number, headers: Headers): void {
  let at = from
  while (at < text.length) {
    const end = lineEnd(text, at)
    if (end === at) return
    const colon = text.indexOf(':', at)
    if (colon < 0 || colon > end) throw malformed('a header line without a colon')
    let nameEnd = colon
    while (nameEnd > at && isSpace(text.charCodeAt(nameEnd - 1))) nameEnd--
    const name = text.slice(at, nameEnd)
    let next = end + 2
    let value: string
    if (isSpace(text.charCodeAt(next))) {
      // RFC 3261 7.3.1: a line that begins with white space goes on with the value above it.
      value = text.slice(colon + 1, end)
      while (isSpace(text.charCodeAt(next))) {
        const foldEnd = lineEnd(text, next)
        value = `${value.trimEnd()} ${text.slice(next, foldEnd).trimStart()}`
        next = foldEnd + 2
      }
      value = value.trim()
    } else {
      let start = colon + 1
      let stop = end
      while (start < stop && isSpace(text.charCodeAt(start))) start++
      while (stop > start && isSpace(text.charCodeAt(stop - 1))) stop--
      value = text.slice(start, stop)
    }
    if (value.includes('\r')) throw malformed('a bare CR in a header')
    if (!headers.appendRead(name, value)) throw malformed('a header line without a name')
    at = next
  }
}
