import { Fault } from '../base/faults'

/** A header as it stood in a CPIM or MIME head, its value unescaped and unfolded only. */
export interface MimeHeader {
  name: string
  value: string
}

/** Which format a `malformed` fault is about; it travels in the fault's detail. */
export type BodyPart = 'cpim' | 'multipart' | 'xml' | 'imdn' | 'composing' | 'location' | 'text' | 'tombstone' | 'file' | 'conference'
  | 'bot-message' | 'suggestions' | 'response' | 'shared-data' | 'menu' | 'bot-info' | 'report' | 'body'

export const malformed = (part: BodyPart, text: string, cause?: unknown): Fault =>
  new Fault('malformed', { text: `${part}: ${text}`, detail: { part }, ...(cause !== undefined && { cause }) })

const TAB = 9
const LF = 10
const CR = 13
const SPACE = 32
const COLON = 58
const DEL = 127
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** @throws Fault `malformed` */
export function fromBase64(text: string, part: BodyPart): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (one) => one.charCodeAt(0))
  } catch (cause) {
    throw malformed(part, 'not base64', cause)
  }
}

export const toBase64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))

export const encodeUtf8 = (text: string): Uint8Array => encoder.encode(text)

/** Strict: bytes that are not UTF-8 are a fault, never a replacement character. */
export function decodeUtf8(bytes: Uint8Array, part: BodyPart): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw malformed(part, 'not UTF-8', cause)
  }
}

/**
 * The index behind the empty line that ends a head; on the way every byte is checked, as this runs for every message.
 * RFC 3862 2.1: each line ends CRLF, so a bare CR or LF is a fault.
 */
function headEnd(bytes: Uint8Array, start: number, part: BodyPart, folds: boolean): number {
  let line = start
  let inName = true
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === CR) {
      if (bytes[at + 1] !== LF) throw malformed(part, 'bare CR in the head')
      if (at === line) return at + 2
      if (inName) throw malformed(part, 'a header line without a colon')
      line = ++at + 1
      inName = !(folds && line > start && (bytes[line] === SPACE || bytes[line] === TAB))
    } else if (byte === COLON && inName) {
      if (at === line) throw malformed(part, 'a header without a name')
      inName = false
    } else if (inName ? byte <= SPACE || byte >= DEL : (byte < SPACE && byte !== TAB) || byte === DEL) {
      throw malformed(part, byte === LF ? 'bare LF in the head' : 'a foreign character in the head')
    }
  }
  throw malformed(part, 'the head does not end')
}

/**
 * Calls `take` for every header of the head at `start` and returns the index behind its empty line.
 * @param folds whether a line that starts with a space continues the one above (MIME: yes; CPIM's own headers: no)
 */
export function eachHeader(
  bytes: Uint8Array, start: number, part: BodyPart, folds: boolean, take: (name: string, value: string) => void,
): number {
  const end = headEnd(bytes, start, part, folds)
  if (end === start + 2) return end
  const head = decodeUtf8(bytes.subarray(start, end - 2), part)
  eachLine(head, 0, head.length, folds, take)
  return end
}

/**
 * Calls `first` for every header of the head that `bytes` begin with, and `second` for those of the one behind it, which folds;
 * for nearly all messages both are decoded at once.
 */
export function eachHeaderOfTwo(
  bytes: Uint8Array, part: BodyPart, first: (name: string, value: string) => void, second: (name: string, value: string) => void,
): void {
  const middle = headEnd(bytes, 0, part, false)
  const end = headEnd(bytes, middle, part, true)
  const text = decodeUtf8(bytes.subarray(0, end), part)
  if (text.length === end) {
    eachLine(text, 0, middle - 2, false, first)
    eachLine(text, middle, end - 2, true, second)
  } else {
    eachHeader(bytes, 0, part, false, first)
    eachHeader(bytes, middle, part, true, second)
  }
}

function eachLine(head: string, from: number, to: number, folds: boolean, take: (name: string, value: string) => void): void {
  for (let at = from; at < to;) {
    let stop = head.indexOf('\r\n', at)
    let folded = false
    while (folds && isBlank(head.charCodeAt(stop + 2))) {
      stop = head.indexOf('\r\n', stop + 2)
      folded = true
    }
    const colon = head.indexOf(':', at)
    const value = head.slice(colon + 1, stop)
    take(head.slice(at, colon), (folded ? value.replace(/\r\n[ \t]+/g, ' ') : value).trim())
    at = stop + 2
  }
}

const isBlank = (code: number) => code === SPACE || code === TAB

function isName(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    if (code <= 32 || code >= 127) return false
  }
  return name.length > 0
}

const control = /[\0-\x08\x0a-\x1f\x7f]/

/** The first value of a header, by its name in any case. */
export const headerValue = (headers: readonly MimeHeader[], name: string): string | undefined =>
  headers.find((header) => header.name.toLowerCase() === name)?.value

/** Header lines and the empty line. A name or value that would break out of its line is refused. */
export function headText(headers: readonly MimeHeader[]): string {
  let text = ''
  for (const { name, value } of headers) {
    if (!isName(name) || name.includes(':') || control.test(value)) {
      throw new Fault('bad-argument', { text: `header ${JSON.stringify(name)} cannot be written` })
    }
    text += `${name}: ${value}\r\n`
  }
  return text + '\r\n'
}

export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const piece of pieces) length += piece.length
  const joined = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}
