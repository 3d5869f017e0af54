import { Fault } from '../base/faults'
import { defaultLimits } from './limits'
import type { Limits } from './limits'
import { isTokenCode, malformed } from './text'

/** What a stream or a datagram holds. Bytes of a message are views, to be read before the next push. */
export type Frame =
  | { kind: 'message'; head: Uint8Array; body: Uint8Array }
  /** RFC 5626 3.5.1: a CRLF between messages. The second one in a row is the end of a `ping`. */
  | { kind: 'pong' }
  | { kind: 'ping' }
  /** No message; `head` is what could be read of one, whole lines only. Framing is lost when `fatal`. */
  | { kind: 'fault'; fault: Fault; head: Uint8Array; fatal: boolean }

type FramerLimits = Pick<Limits, 'maxHead' | 'maxBody'>

const CR = 13
const LF = 10
const none = new Uint8Array(0)
// Longer than any method; what has no space by then is no SIP.
const maxMethod = 128

/**
 * Cuts a stream into messages, however the bytes come (RFC 3261 18.3: Content-Length says where one ends).
 *
 *     between --first byte--> head --empty line--> body --last byte--> between;  any --fault--> broken, takes no more
 */
export class Framer {
  readonly #limits: FramerLimits
  #buffer: Uint8Array = none
  /** Where the bytes in `#buffer` end; there may be room behind. */
  #end = 0
  /** Where the message that is being read begins. */
  #start = 0
  /** How far has been looked. */
  #at = 0
  #lineStart = 0
  #sawFirstSpace = false
  #inHead = false
  #headEnd = -1
  #bodyEnd = -1
  #length: Length = new Length()
  #crlfs = 0
  #broken = false
  /** The buffer is the caller's chunk, not ours to write to. */
  #borrowed = false

  constructor(limits: Partial<FramerLimits> = {}) {
    this.#limits = limits === defaultLimits ? defaultLimits : { ...defaultLimits, ...limits }
  }

  /** A message has begun and is not whole. */
  get partial(): boolean {
    return !this.#broken && this.#end > this.#start
  }

  get broken(): boolean {
    return this.#broken
  }

  push(bytes: Uint8Array): Frame[] {
    const frames: Frame[] = []
    if (this.#broken) return frames
    this.#take(bytes)
    while (!this.#broken && this.#step(frames));
    this.#keep()
    return frames
  }

  #take(bytes: Uint8Array): void {
    if (this.#end === this.#start) {
      this.#moveTo(bytes, 0)
      this.#end = bytes.length
      this.#borrowed = true
      return
    }
    const needed = this.#end + bytes.length
    if (needed > this.#buffer.length) {
      const rest = this.#end - this.#start
      // Bytes that were given out stay as they are: growing means another buffer.
      const grown = new Uint8Array(Math.max((rest + bytes.length) * 2, 1024))
      grown.set(this.#buffer.subarray(this.#start, this.#end))
      this.#moveTo(Buffer.from(grown.buffer), this.#start)
      this.#end = rest
    }
    this.#buffer.set(bytes, this.#end)
    this.#end += bytes.length
  }

  /** What was at `from` is at 0 of the new buffer. */
  #moveTo(buffer: Uint8Array, from: number): void {
    this.#buffer = buffer
    if (this.#end === this.#start) this.#at = this.#lineStart = this.#start = 0
    else {
      this.#at -= from
      this.#lineStart -= from
      if (this.#headEnd >= 0) this.#headEnd -= from
      if (this.#bodyEnd >= 0) this.#bodyEnd -= from
      this.#start = 0
    }
  }

  /** Keeps an unfinished message in a buffer of its own. */
  #keep(): void {
    if (this.#broken || this.#end === this.#start) {
      this.#buffer = none
      this.#end = this.#start = 0
    } else if (this.#borrowed) {
      const rest = this.#end - this.#start
      const own = Buffer.from(new ArrayBuffer(Math.max(rest * 2, this.#bodyEnd - this.#start, 1024)))
      own.set(this.#buffer.subarray(this.#start, this.#end))
      this.#moveTo(own, this.#start)
      this.#end = rest
    }
    this.#borrowed = false
  }

  /** One frame further; false when more bytes are needed. */
  #step(frames: Frame[]): boolean {
    if (!this.#inHead) return this.#between(frames)
    if (this.#headEnd < 0 && !this.#readHead(frames)) return false
    if (this.#end < this.#bodyEnd) return false
    const buffer = this.#buffer
    frames.push({
      kind: 'message',
      head: buffer.subarray(this.#start, this.#headEnd),
      body: buffer.subarray(this.#headEnd + 2, this.#bodyEnd),
    })
    this.#start = this.#at = this.#bodyEnd
    this.#inHead = false
    this.#headEnd = this.#bodyEnd = -1
    return this.#end > this.#start
  }

  // RFC 3261 7.5: empty lines before a start line are no part of a message.
  #between(frames: Frame[]): boolean {
    if (this.#at >= this.#end) return false
    const first = this.#buffer[this.#at]!
    if (first === CR) {
      if (this.#at + 1 >= this.#end) return false
      if (this.#buffer[this.#at + 1] !== LF) {
        this.#lineStart = this.#start = this.#at
        return this.#fail(frames, malformed('a bare CR between messages'))
      }
      this.#at += 2
      this.#start = this.#at
      this.#crlfs++
      frames.push({ kind: this.#crlfs % 2 === 0 ? 'ping' : 'pong' })
      return true
    }
    this.#crlfs = 0
    this.#inHead = true
    this.#sawFirstSpace = false
    this.#length = new Length()
    this.#start = this.#lineStart = this.#at
    return true
  }

  /** Looks for the empty line; true when head and length are known. */
  #readHead(frames: Frame[]): boolean {
    const buffer = this.#buffer
    const stop = Math.min(this.#end, this.#start + this.#limits.maxHead)
    let at = this.#at
    // The start line gives a stream of foreign bytes away long before its first line end, if there ever is one.
    while (!this.#sawFirstSpace && at < stop) {
      const code = buffer[at]!
      if (code === 32) this.#sawFirstSpace = true
      else if ((!isTokenCode(code) && code !== 47) || at - this.#start > maxMethod) {
        return this.#fail(frames, malformed('these bytes are no SIP'))
      }
      at++
    }
    for (;;) {
      // By far most bytes are looked at by the native search alone.
      const feed = at < stop ? indexOfFeed(buffer, at, stop) : -1
      if (feed < 0) {
        this.#at = stop
        if (this.#end - this.#start < this.#limits.maxHead) return false
        // RFC 3261 21.5.7
        return this.#fail(frames, tooLarge('head', 513, this.#limits.maxHead))
      }
      if (feed === this.#start || buffer[feed - 1] !== CR) return this.#fail(frames, malformed('a line that ends with a bare LF'))
      if (feed - 1 === this.#lineStart) return this.#endHead(frames, feed)
      if (this.#lineStart === this.#start && !isStartLine(buffer, this.#start, feed - 1)) {
        return this.#fail(frames, malformed('these bytes are no SIP'))
      }
      this.#length.line(buffer, this.#lineStart, feed - 1)
      at = this.#lineStart = feed + 1
    }
  }

  #endHead(frames: Frame[], feed: number): boolean {
    const length = this.#length.read()
    if (length instanceof Fault) return this.#fail(frames, length)
    this.#headEnd = feed - 1
    // RFC 3261 21.4.11
    if (length > this.#limits.maxBody) {
      return this.#fail(frames, tooLarge('body', 413, this.#limits.maxBody))
    }
    this.#bodyEnd = feed + 1 + length
    this.#at = feed + 1
    return true
  }

  #fail(frames: Frame[], fault: Fault): false {
    frames.push({ kind: 'fault', fault, head: this.#buffer.subarray(this.#start, this.#lineStart), fatal: true })
    this.#broken = true
    return false
  }
}

const indexOfFeed = (buffer: Uint8Array, from: number, stop: number): number => {
  for (let i = from; i < stop; i++) if (buffer[i] === LF) return i
  return -1
}

/** A line that is SIP enough to be answered: it has a version at its beginning or its end. */
function isStartLine(buffer: Uint8Array, start: number, end: number): boolean {
  if (isSip(buffer, start)) return true
  let last = end
  while (last > start && buffer[last - 1] === 32) last--
  while (last > start && buffer[last - 1] !== 32) last--
  return isSip(buffer, last)
}
const isSip = (buffer: Uint8Array, at: number): boolean =>
  (buffer[at]! | 32) === 115 && (buffer[at + 1]! | 32) === 105 && (buffer[at + 2]! | 32) === 112 && buffer[at + 3] === 47

/** Watches the lines of a head for Content-Length (RFC 3261 20.14). */
class Length {
  #value: string | undefined
  #hasType = false
  #twice = false
  #goesOn = false

  line(buffer: Uint8Array, start: number, end: number): void {
    const first = buffer[start]!
    if (first === 32 || first === 9) {
      if (this.#goesOn) this.#value += ' ' + ascii(buffer, start, end)
      return
    }
    this.#goesOn = false
    const letter = first | 32
    // Content-Length, Content-Type, l or c: nothing else is read.
    if (letter !== 99 && letter !== 108) return
    const second = buffer[start + 1]! | 32
    if (second !== 111 && second !== 58 && second !== 32 && second !== 41) return
    let colon = start
    while (colon < end && buffer[colon] !== 58) colon++
    let nameEnd = colon
    while (nameEnd > start && (buffer[nameEnd - 1] === 32 || buffer[nameEnd - 1] === 9)) nameEnd--
    if (isName(buffer, start, nameEnd, 'content-length') || isName(buffer, start, nameEnd, 'l')) {
      this.#twice ||= this.#value !== undefined
      this.#value = ascii(buffer, colon + 1, end)
      this.#goesOn = true
    } else if (isName(buffer, start, nameEnd, 'content-type') || isName(buffer, start, nameEnd, 'c')) this.#hasType = true
  }

  get missing(): boolean {
    return this.#value === undefined
  }

  read(): number | Fault {
    // RFC 4475 3.3.9: with two of them nobody knows where the message ends.
    if (this.#twice) return malformed('two Content-Lengths')
    if (this.#value === undefined) {
      // RFC 3261 18.3: a stream needs it; a message that has no body is let through.
      return this.#hasType ? malformed('no Content-Length on a stream') : 0
    }
    const text = this.#value.trim()
    // RFC 4475 3.1.2.3
    if (!/^\d{1,20}$/.test(text)) return malformed('a Content-Length that is no number')
    return Number(text)
  }
}
const isName = (buffer: Uint8Array, start: number, end: number, name: string): boolean => {
  if (end - start !== name.length) return false
  for (let i = 0; i < name.length; i++) if ((buffer[start + i]! | 32) !== name.charCodeAt(i)) return false
  return true
}
const ascii = (buffer: Uint8Array, start: number, end: number): string => {
  let text = ''
  for (let i = start; i < Math.min(end, start + 128); i++) text += String.fromCharCode(buffer[i]!)
  return text
}

/**
 * Reads one datagram or WebSocket message (RFC 7118 5), which holds one SIP message: what follows its Content-Length is
 * dropped, and too little is malformed (RFC 3261 18.3).
 */
export function frameDatagram(bytes: Uint8Array, limits: FramerLimits): Frame[] {
  let start = 0
  while (bytes[start] === CR && bytes[start + 1] === LF) start += 2
  if (start === bytes.length) return start === 0 ? [] : [{ kind: start === 2 ? 'pong' : 'ping' }]
  const length = new Length()
  let line = start
  let headEnd = -1
  for (let i = start; i < bytes.length && headEnd < 0; i++) {
    if (bytes[i] !== LF) continue
    if (i - 1 === line && bytes[line] === CR) headEnd = line
    else length.line(bytes, line, i - 1)
    line = i + 1
  }
  const head = bytes.subarray(start, headEnd < 0 ? line : headEnd)
  const refuse = (fault: Fault): Frame[] => [{ kind: 'fault', fault, head, fatal: false }]
  if (headEnd < 0) return refuse(malformed('a head without an end'))
  if (head.length > limits.maxHead) return refuse(tooLarge('head', 513, limits.maxHead))
  const rest = bytes.length - headEnd - 2
  // RFC 3261 18.3: without a Content-Length a datagram's body goes to its end.
  const said = length.missing ? rest : length.read()
  if (said instanceof Fault) return refuse(said)
  if (said > rest) return refuse(malformed('a body shorter than its Content-Length'))
  if (said > limits.maxBody) return refuse(tooLarge('body', 413, limits.maxBody))
  return [{ kind: 'message', head, body: bytes.subarray(headEnd + 2, headEnd + 2 + said) }]
}

const tooLarge = (part: string, status: number, limit: number): Fault =>
  new Fault('too-large', { text: `the ${part} is too large`, detail: { status, limit } })
