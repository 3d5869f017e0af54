import { Fault } from '../base/faults'
import { malformed } from '../sip/text'
import { defaultLimits } from './limits'
import type { MsrpLimits } from './limits'

/** RFC 4975 7.1: how a chunk ends: the message is whole, goes on, or is given up. */
export type Flag = '$' | '+' | '#'

/**
 * What a stream holds: every message is a `head`, the `data` of its body in pieces as they come, and an `end`. Bytes are views, to
 * be read before the next push.
 */
export type Part =
  /** Start line and header lines, each with its CRLF. */
  | { kind: 'head'; tid: string; head: Uint8Array }
  | { kind: 'data'; bytes: Uint8Array }
  | { kind: 'end'; flag: Flag }
  /** The framing is lost. */
  | { kind: 'fault'; fault: Fault }

const CR = 13
const LF = 10
const none = Buffer.alloc(0)
const start = Buffer.from('MSRP ')
const hyphens = Buffer.from('-------')
/** RFC 4975 9: an ident has 32 characters at most; peers that write longer ones are known. */
const maxTid = 64

/**
 * Cuts a stream into messages, however the bytes come. RFC 4975 7.1: no length says where one ends but a line of seven hyphens, the
 * transaction id and a flag; what looks like it and has another id is body.
 *
 *     between --first byte--> head --empty line--> body --end-line--> between;   head --end-line--> between;   any --fault--> broken
 */
export class Framer {
  readonly #maxHead: number
  /** What was not given out yet: the caller's bytes during a push, the end of `#store` between two. */
  #held: Buffer = none
  #store: Buffer = none
  #storeEnd = 0
  #at: 'between' | 'head' | 'body' | 'broken' = 'between'
  /** Up to where the head was looked through for line ends, and where its last line begins. */
  #seen = 0
  #line = 0
  #tid = ''
  /** `CRLF ------- tid`: what the end-line begins with, and the line end before it. */
  #mark: Buffer = none

  constructor({ maxHead = defaultLimits.maxHead }: Partial<Pick<MsrpLimits, 'maxHead'>> = {}) {
    this.#maxHead = maxHead
  }

  /** A message has begun and is not whole: what is missing. */
  get partial(): 'head' | 'body' | undefined {
    if (this.#at === 'body') return 'body'
    return this.#at === 'head' ? 'head' : undefined
  }

  get broken(): boolean {
    return this.#at === 'broken'
  }

  push(bytes: Uint8Array): Part[] {
    const parts: Part[] = []
    if (this.#at === 'broken') return parts
    if (bytes.length === 0) return parts
    this.#take(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
    while (this.#step(parts));
    this.#keep()
    return parts
  }

  #take(fresh: Buffer): void {
    const held = this.#held
    if (held.length === 0) {
      this.#held = fresh
      return
    }
    const whole = held.length + fresh.length
    if (this.#store.length - this.#storeEnd < fresh.length) {
      // Bytes that were given out stay as they are: growing means another store.
      this.#store = Buffer.allocUnsafeSlow(Math.max(whole * 2, 256))
      this.#storeEnd = held.copy(this.#store)
    }
    fresh.copy(this.#store, this.#storeEnd)
    this.#storeEnd += fresh.length
    this.#held = this.#store.subarray(this.#storeEnd - whole, this.#storeEnd)
  }

  /** What is held on to must not be the caller's, nor keep much more alive than itself. */
  #keep(): void {
    const held = this.#held
    if (held.length === 0 || this.broken) {
      this.#held = this.#store = none
      this.#storeEnd = 0
    } else if (held.buffer !== this.#store.buffer || this.#store.length > Math.max(held.length * 8, 1024)) {
      const store = Buffer.allocUnsafeSlow(Math.max(held.length * 2, 256))
      this.#storeEnd = held.copy(store)
      this.#store = store
      this.#held = store.subarray(0, this.#storeEnd)
    }
  }

  /** One part further; false when more bytes are needed. */
  #step(parts: Part[]): boolean {
    if (this.#at === 'between') return this.#between(parts)
    if (this.#at === 'head') return this.#head(parts)
    return this.#at === 'body' && this.#body(parts)
  }

  // RFC 4975 has nothing between messages; a CRLF there is how some keep a connection alive.
  #between(parts: Part[]): boolean {
    const held = this.#held
    let at = 0
    while (held[at] === CR && held[at + 1] === LF) at += 2
    this.#held = held.subarray(at)
    if (this.#held.length === 0 || (this.#held.length === 1 && this.#held[0] === CR)) return false
    this.#at = 'head'
    this.#seen = this.#line = 0
    this.#tid = ''
    return this.#head(parts)
  }

  #head(parts: Part[]): boolean {
    const held = this.#held
    if (this.#line === 0) {
      // A stream of foreign bytes gives itself away long before its first line end, if there ever is one.
      const known = Math.min(held.length, start.length)
      if (held.compare(start, 0, known, 0, known) !== 0) return this.#fail(parts, malformed('these bytes are no MSRP'))
    }
    for (;;) {
      const feed = held.indexOf(LF, this.#seen)
      if ((feed < 0 ? held.length : feed) >= this.#maxHead) return this.#fail(parts, tooLarge(this.#maxHead))
      if (feed < 0) {
        this.#seen = held.length
        return false
      }
      if (held[feed - 1] !== CR) return this.#fail(parts, malformed('a line that ends with a bare LF'))
      const line = this.#line
      this.#line = this.#seen = feed + 1
      if (line === 0) {
        const tid = readTid(held.toString('latin1', start.length, feed - 1))
        if (tid === undefined) return this.#fail(parts, malformed('a start line without a transaction id'))
        this.#tid = tid
        this.#mark = Buffer.from(`\r\n-------${tid}`, 'latin1')
      } else if (feed - 1 === line) return this.#headEnds(parts, line)
      else if (held.compare(hyphens, 0, 7, line, Math.min(line + 7, held.length)) === 0) return this.#headIsAll(parts, line, feed)
    }
  }

  #headEnds(parts: Part[], line: number): boolean {
    parts.push({ kind: 'head', tid: this.#tid, head: this.#held.subarray(0, line) })
    // The empty line's own CRLF is left: with an empty body some peers let the end-line follow on it at once.
    this.#held = this.#held.subarray(line)
    this.#at = 'body'
    this.#seen = 0
    return true
  }

  /** A message without a body: the end-line follows on the headers. */
  #headIsAll(parts: Part[], line: number, feed: number): boolean {
    const flag = flagAt(this.#held, feed - 2)
    if (flag === undefined || feed - 2 - line !== this.#mark.length - 2 || this.#held.compare(this.#mark, 2, this.#mark.length, line, feed - 2) !== 0) {
      return this.#fail(parts, malformed('an end-line that is not this message\'s'))
    }
    parts.push({ kind: 'head', tid: this.#tid, head: this.#held.subarray(0, line) }, { kind: 'end', flag })
    this.#next(feed + 1)
    return this.#held.length > 0
  }

  /** `#seen` is 0 until what follows on the empty line is known to be body, or no body at all. */
  #body(parts: Part[]): boolean {
    const held = this.#held
    const isFirst = this.#seen === 0
    for (let from = 0; ;) {
      const at = held.indexOf(this.#mark, from)
      if (at < 0) {
        this.#give(parts, couldBegin(held, this.#mark, from), isFirst)
        return false
      }
      const flagged = at + this.#mark.length
      if (flagged + 3 > held.length) {
        const isEnd = [flagAt, crAt, lfAt].every((fits, i) => flagged + i >= held.length || fits(held, flagged + i))
        if (isEnd) {
          this.#give(parts, at, isFirst)
          return false
        }
      } else {
        const flag = flagAt(held, flagged)
        if (flag && crAt(held, flagged + 1) && lfAt(held, flagged + 2)) {
          this.#give(parts, at, isFirst)
          parts.push({ kind: 'end', flag })
          this.#next(this.#mark.length + 3)
          return this.#held.length > 0
        }
      }
      from = at + 1
    }
  }

  /** Gives out what is body for sure; the empty line's CRLF in front is none. */
  #give(parts: Part[], upTo: number, isFirst: boolean): void {
    const from = isFirst ? 2 : 0
    if (upTo > from) parts.push({ kind: 'data', bytes: this.#held.subarray(from, upTo) })
    if (upTo === 0) return
    this.#held = this.#held.subarray(upTo)
    this.#seen = 1
  }

  #next(from: number): void {
    this.#held = this.#held.subarray(from)
    this.#at = 'between'
  }

  #fail(parts: Part[], fault: Fault): false {
    parts.push({ kind: 'fault', fault })
    this.#at = 'broken'
    return false
  }
}

const flagAt = (bytes: Uint8Array, at: number): Flag | undefined => {
  const flag = String.fromCharCode(bytes[at]!)
  return flag === '$' || flag === '+' || flag === '#' ? flag : undefined
}
const crAt = (bytes: Uint8Array, at: number): boolean => bytes[at] === CR
const lfAt = (bytes: Uint8Array, at: number): boolean => bytes[at] === LF

/** Where the mark may have begun whose end has not come yet; the end of the bytes when it has not. */
function couldBegin(bytes: Buffer, mark: Buffer, from: number): number {
  for (let at = bytes.indexOf(CR, Math.max(from, bytes.length - mark.length + 1)); at >= 0; at = bytes.indexOf(CR, at + 1)) {
    if (bytes.compare(mark, 0, bytes.length - at, at) === 0) return at
  }
  return bytes.length
}

// RFC 4975 9: ident-char = ALPHANUM / "." / "-" / "+" / "%" / "="
const ident = /^[A-Za-z0-9.\-+%=]+$/

function readTid(rest: string): string | undefined {
  const space = rest.indexOf(' ')
  const tid = rest.slice(0, space)
  return space < 1 || space > maxTid || !ident.test(tid) ? undefined : tid
}

const tooLarge = (limit: number): Fault => new Fault('too-large', { text: 'the head is too large', detail: { limit } })
