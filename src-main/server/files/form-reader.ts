import { Fault } from '../../base/faults'

/** What is read of a multipart/form-data body: a part begins, its bytes, the next begins, …, the end. */
export type FormEvent =
  | { at: 'part'; headers: ReadonlyMap<string, string> }
  | { at: 'bytes'; bytes: Buffer }
  | { at: 'end' }

/** Header lines of a part, bytes. */
const LARGEST_HEAD = 16 * 1024
const CRLF = Buffer.from('\r\n')
const HEAD_END = Buffer.from('\r\n\r\n')
const DASH = 45

/**
 * RFC 7578 with RFC 2046 5.1.1, piece by piece as it comes. What is certainly of a part is told at once, so that an upload that
 * breaks off anywhere has lost at most what might have been the beginning of a delimiter.
 */
export class FormReader {
  readonly #delimiter: Buffer
  /** What may be the beginning of a delimiter or of a head, and waits for more. */
  #rest: Buffer = CRLF
  #at: 'preamble' | 'delimiter' | 'head' | 'bytes' | 'end' = 'preamble'
  #given = 0

  constructor(boundary: string) {
    // RFC 2046 5.1.1; what Linphone writes has 63.
    if (!boundary || boundary.length > 200) throw malformed('no boundary')
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  }

  /** Where in the body the bytes begin that were not yet told of. */
  get offset(): number {
    return this.#given - this.#rest.length
  }

  /** The shortest end of a body after its last part, bytes. */
  get shortestEnd(): number {
    return this.#delimiter.length + 2
  }

  get isComplete(): boolean {
    return this.#at === 'end'
  }

  /** @throws Fault `malformed`, `too-large` for a head */
  *push(bytes: Buffer): Generator<FormEvent> {
    this.#given += bytes.length
    this.#rest = this.#rest.length ? Buffer.concat([this.#rest, bytes]) : bytes
    for (;;) {
      switch (this.#at) {
        case 'preamble':
        case 'bytes': {
          const found = this.#rest.indexOf(this.#delimiter)
          const upTo = found < 0 ? this.#rest.length - this.#overhang() : found
          const told = this.#take(upTo)
          if (this.#at === 'bytes' && told.length) yield { at: 'bytes', bytes: told }
          if (found < 0) return
          this.#take(this.#delimiter.length)
          this.#at = 'delimiter'
          break
        }
        case 'delimiter': {
          if (this.#rest.length < 2) return
          if (this.#rest[0] === DASH && this.#rest[1] === DASH) {
            this.#at = 'end'
            yield { at: 'end' }
            break
          }
          const end = this.#rest.indexOf(CRLF)
          if (end < 0 && this.#rest.length < LARGEST_HEAD) return
          // RFC 2046 5.1.1: only blanks may stand behind a boundary.
          if (end < 0 || /[^ \t]/.test(this.#rest.toString('latin1', 0, end))) throw malformed('a delimiter that is none')
          this.#take(end)
          this.#at = 'head'
          break
        }
        case 'head': {
          // It begins with the CRLF of the delimiter, so that a part without headers ends as others do.
          const end = this.#rest.indexOf(HEAD_END)
          if (end > LARGEST_HEAD || (end < 0 && this.#rest.length > LARGEST_HEAD)) throw new Fault('too-large', { text: 'the head of a part is too large' })
          if (end < 0) return
          const headers = readHead(this.#rest.toString('utf8', 2, Math.max(end, 2)))
          this.#take(end + HEAD_END.length)
          this.#at = 'bytes'
          yield { at: 'part', headers }
          break
        }
        case 'end':
          // The epilogue says nothing.
          this.#rest = this.#rest.subarray(this.#rest.length)
          return
      }
    }
  }

  #take(length: number): Buffer {
    const taken = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    return taken
  }

  /** How many bytes at the end may be the beginning of a delimiter. */
  #overhang(): number {
    const { length } = this.#rest
    for (let at = this.#rest.indexOf(13, Math.max(0, length - this.#delimiter.length + 1)); at >= 0; at = this.#rest.indexOf(13, at + 1)) {
      if (this.#rest.subarray(at).equals(this.#delimiter.subarray(0, length - at))) return length - at
    }
    return 0
  }
}

function readHead(text: string): Map<string, string> {
  const headers = new Map<string, string>()
  if (text === '') return headers
  for (const line of text.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon < 1) throw malformed('a header of a part that is none')
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  return headers
}

const malformed = (text: string): Fault => new Fault('malformed', { text: `multipart: ${text}` })
