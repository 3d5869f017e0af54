import { Fault } from '../base/faults'
import { Base64Pieces } from './base64'
import { attributeText } from './values'

export type Attributes = ReadonlyMap<string, string>

/** A part of an MMS. */
export interface PartTag {
  attributes: Attributes
  /** Its attachment came before as pieces with this number. */
  file?: number
}

/** What a backup consists of, in its order. */
export type Piece =
  | { kind: 'sms'; line: number; attributes: Attributes; end: Mark }
  | { kind: 'mms'; line: number; attributes: Attributes; parts: PartTag[]; addresses: Attributes[]; end: Mark }
  /** An attachment begins; `attributes` are those of its part that stand before it. */
  | { kind: 'file'; number: number; attributes: Attributes }
  | { kind: 'bytes'; bytes: Uint8Array }
  /** @property isWhole false when it is no base64; `isNull` when nothing was there */
  | { kind: 'file-end'; isWhole: boolean; isNull: boolean }
  /** A message that cannot be read; what came of its files counts for nothing. */
  | { kind: 'unreadable'; line: number; why: string; end: Mark }
  /** The file ends in the middle. */
  | { kind: 'cut'; line: number }

/** The place behind a message. */
export interface Mark {
  /** Bytes of UTF-8 text. */
  offset: number
  line: number
}

// between --<name--> tag --data="--> data --"--> tag --> --> between
//    |                '--- not well-formed --> lost --<sms or <mms--> between
type State = 'between' | 'tag' | 'data' | 'skip' | 'lost'

interface Tag {
  name: string
  start: Mark
  attributes: Map<string, string>
  file?: number
}
interface OpenMms {
  line: number
  attributes: Attributes
  parts: PartTag[]
  addresses: Attributes[]
}

/** What of an sms is read at all. */
const wanted = new Set(['address', 'date', 'date_sent', 'type', 'status', 'subject', 'body', 'contact_name'])
const simple = /[ \t\r\n]+([\w:.-]{1,100})="([^"<]*)"/y

/** Bytes of one attribute other than an attachment. */
const LONGEST_VALUE = 8 * 1024 * 1024
const MOST_ATTRIBUTES = 100
const MOST_PARTS = 1_000
const LONGEST_NAME = 100
const LF = 10
const [QUOTE, APOSTROPHE, SLASH, LESS, EQUALS, GREATER, QUESTION, BANG] = [34, 39, 47, 60, 61, 62, 63, 33]
const isSpace = (byte: number): boolean => byte === 32 || byte === 9 || byte === 10 || byte === 13
const isNameByte = (byte: number): boolean => (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57) ||
  byte === 95 || byte === 45 || byte === 58 || byte === 46 || byte > 127

/** Thrown inside: this message is not well-formed. */
class NotWell extends Error {}
/** Thrown inside: the rest of it has not come yet. */
const more = Symbol('more')

/**
 * Reads an *SMS Backup & Restore* file in pieces of any size, in memory that does not grow with it: attachments pass through.
 * Ours and not a library's, because the file is no XML by the letter (see `values.ts`), because a SAX parser gathers a whole
 * attachment (sax: 2 GB for one of 50 MB), and because after damage the next message must still be read.
 */
export class BackupReader {
  #out: Piece[] = []
  #rest: Buffer = Buffer.alloc(0)
  /** Where in `#rest` reading goes on; everything before is done. */
  #at = 0
  #offset = 0
  #line = 1
  #state: State = 'between'
  #hasRoot = false
  #isOver = false
  #tag: Tag | undefined
  #mms: OpenMms | undefined
  #quote = 0
  #base64 = new Base64Pieces()
  #skipTo = ''
  #files = 0
  #lost: { line: number; why: string } | undefined

  /** @throws Fault `bad-type` for a file of another kind, `malformed` for a DOCTYPE */
  read(bytes: Buffer): Piece[] {
    this.#rest = this.#at < this.#rest.length ? Buffer.concat([this.#rest.subarray(this.#at), bytes]) : bytes
    this.#at = 0
    while (this.#at < this.#rest.length && !this.#isOver) {
      const before = this.#at
      const state = this.#state
      try {
        this.#step()
      } catch (thrown) {
        if (thrown === more) break
        if (!(thrown instanceof NotWell)) throw thrown
        this.#lose(thrown.message)
      }
      if (this.#at === before && this.#state === state) break
    }
    return this.#taken()
  }

  #taken(): Piece[] {
    const pieces = this.#out
    this.#out = []
    return pieces
  }

  /** The file is over. */
  end(): Piece[] {
    if (this.#lost) this.#out.push(this.#unreadable())
    if (!this.#hasRoot) throw new Fault('bad-type', { text: 'this is no SMS backup' })
    if (!this.#isOver) this.#out.push({ kind: 'cut', line: this.#tag?.start.line ?? this.#mms?.line ?? this.#line })
    return this.#taken()
  }

  #step(): void {
    switch (this.#state) {
      case 'between': return this.#between()
      case 'tag': return this.#inTag()
      case 'data': return this.#inData()
      case 'skip': return this.#skip()
      case 'lost': return this.#findNext()
    }
  }

  /** Goes to `at`, which is further on, and counts the lines on the way. */
  #goTo(at: number): void {
    for (let next = this.#rest.indexOf(LF, this.#at); next >= 0 && next < at; next = this.#rest.indexOf(LF, next + 1)) this.#line++
    this.#offset += at - this.#at
    this.#at = at
  }

  #mark(): Mark {
    return { offset: this.#offset, line: this.#line }
  }

  #between(): void {
    const rest = this.#rest
    const start = rest.indexOf(LESS, this.#at)
    if (!this.#hasRoot && /\S/.test(rest.toString('latin1', this.#at, start < 0 ? rest.length : start))) throw new Fault('bad-type', { text: 'this is no XML' })
    if (start < 0) return this.#goTo(rest.length)
    this.#goTo(start)
    const next = rest[start + 1]
    if (next === undefined) throw more
    if (next === QUESTION) return this.#skipUntil('?>')
    if (next === BANG) {
      if (rest.length < start + 4) throw more
      if (rest[start + 2] === 45 && rest[start + 3] === 45) return this.#skipUntil('-->')
      throw new Fault('malformed', { text: `line ${this.#line}: a backup has no DOCTYPE and no CDATA` })
    }
    if (next === SLASH) return this.#closing()
    const sms = this.#hasRoot ? this.#wholeSms(start) : undefined
    if (sms) return this.#whole(sms, true)
    const end = this.#nameEnd(start + 1)
    const name = rest.toString('latin1', start + 1, end)
    const mark = this.#mark()
    this.#goTo(end)
    if (!this.#hasRoot && name !== 'smses') throw new Fault('bad-type', { text: `a file of <${name.slice(0, 40)}>, not of messages` })
    this.#tag = { name, start: mark, attributes: new Map() }
    this.#state = 'tag'
  }

  /** The common case at once: an sms in one piece, of attributes in double quotes. Nothing when there is anything else about it. */
  #wholeSms(start: number): Tag | undefined {
    const rest = this.#rest
    if (rest[start + 1] !== 115 || rest[start + 4] !== 32) return undefined
    const end = rest.indexOf('/>', start, 'latin1')
    if (end < 0) return undefined
    const text = rest.toString('utf8', start, end)
    if (!text.startsWith('<sms ')) return undefined
    const attributes = new Map<string, string>()
    let at = 4
    let count = 0
    for (; ; count++) {
      simple.lastIndex = at
      const match = simple.exec(text)
      if (!match) break
      at = simple.lastIndex
      if (wanted.has(match[1]!)) attributes.set(match[1]!, attributeText(match[2]!))
    }
    // What the slow way refuses must not pass here, or it would count where a piece was cut.
    if (count > MOST_ATTRIBUTES || !/^[ \t\r\n]*$/.test(text.slice(at))) return undefined
    const tag = { name: 'sms', start: this.#mark(), attributes }
    this.#goTo(end + 2)
    return tag
  }

  #closing(): void {
    const end = this.#rest.indexOf(GREATER, this.#at)
    if ((end < 0 ? this.#rest.length : end) - this.#at > LONGEST_NAME) {
      // What cannot be read must not be found again as the next that can.
      this.#goTo(this.#at + 1)
      throw new NotWell('a tag that does not end')
    }
    if (end < 0) throw more
    const name = this.#rest.toString('latin1', this.#at + 2, end).trim()
    this.#goTo(end + 1)
    if (name === 'mms') this.#endMms(true)
    if (name !== 'smses') return
    this.#endMms(false)
    this.#isOver = true
  }

  /** @throws more when the name may go on */
  #nameEnd(from: number): number {
    let at = from
    while (at < this.#rest.length && isNameByte(this.#rest[at]!)) at++
    if (at - from > LONGEST_NAME || (at === from && at < this.#rest.length)) throw new NotWell('a tag without a name')
    if (at === this.#rest.length) throw more
    return at
  }

  #inTag(): void {
    const rest = this.#rest
    const tag = this.#tag!
    let at = this.#at
    while (at < rest.length && isSpace(rest[at]!)) at++
    if (at === rest.length) throw more
    if (rest[at] === GREATER || rest[at] === SLASH || rest[at] === QUESTION) {
      if (rest[at] !== GREATER && at + 1 === rest.length) throw more
      const isEmpty = rest[at] !== GREATER
      if (isEmpty && rest[at + 1] !== GREATER) throw new NotWell('a tag that does not end')
      this.#goTo(at + (isEmpty ? 2 : 1))
      this.#state = 'between'
      this.#tag = undefined
      return this.#whole(tag, isEmpty)
    }
    const nameEnd = this.#nameEnd(at)
    const name = rest.toString('latin1', at, nameEnd)
    at = nameEnd
    while (at < rest.length && isSpace(rest[at]!)) at++
    if (at < rest.length && rest[at] !== EQUALS) throw new NotWell(`the attribute ${name} has no value`)
    at++
    while (at < rest.length && isSpace(rest[at]!)) at++
    if (at >= rest.length) throw more
    const quote = rest[at]!
    if (quote !== QUOTE && quote !== APOSTROPHE) throw new NotWell(`the attribute ${name} has no quotes`)
    if (name === 'data' && tag.name === 'part') {
      this.#goTo(at + 1)
      this.#quote = quote
      this.#base64 = new Base64Pieces()
      this.#state = 'data'
      tag.file = this.#files++
      return void this.#out.push({ kind: 'file', number: tag.file, attributes: tag.attributes })
    }
    const end = rest.indexOf(quote, at + 1)
    if ((end < 0 ? rest.length : end) - at > LONGEST_VALUE) throw new NotWell(`the attribute ${name} is too long`)
    if (end < 0) throw more
    const raw = rest.toString('utf8', at + 1, end)
    // A quote is missing: the next message stands inside of this one.
    if (raw.includes('<') && /<(?:sms|mms|part|addr)\s|<\/(?:mms|smses|parts)>/.test(raw)) throw new NotWell(`the attribute ${name} does not end`)
    if (tag.attributes.size >= MOST_ATTRIBUTES) throw new NotWell('too many attributes')
    tag.attributes.set(name, attributeText(raw))
    this.#goTo(end + 1)
  }

  #inData(): void {
    const end = this.#rest.indexOf(this.#quote, this.#at)
    const damage = this.#rest.indexOf(LESS, this.#at)
    const isEnd = end >= 0 && (damage < 0 || end < damage)
    const to = isEnd ? end : damage >= 0 ? damage : this.#rest.length
    const bytes = this.#base64.write(this.#rest.toString('latin1', this.#at, to))
    this.#goTo(to)
    if (bytes.length) this.#out.push({ kind: 'bytes', bytes })
    if (!isEnd && damage < 0) return
    const last = this.#base64.end()
    if (last.length) this.#out.push({ kind: 'bytes', bytes: last })
    this.#out.push({ kind: 'file-end', isWhole: isEnd && !this.#base64.isBroken, isNull: this.#base64.isNull })
    if (!isEnd) throw new NotWell('an attachment does not end')
    this.#goTo(to + 1)
    this.#state = 'tag'
  }

  /** A tag is there, with all of its attributes. */
  #whole(tag: Tag, isEmpty: boolean): void {
    const { name, start, attributes } = tag
    const { line } = start
    switch (name) {
      case 'smses':
        this.#hasRoot = true
        this.#isOver = isEmpty
        return
      case 'sms':
        this.#endMms(false, start)
        return void this.#out.push({ kind: 'sms', line, attributes, end: this.#mark() })
      case 'mms':
        this.#endMms(false, start)
        this.#mms = { line, attributes, parts: [], addresses: [] }
        return isEmpty ? this.#endMms(true) : undefined
      case 'part':
        if (this.#mms && this.#mms.parts.push({ attributes, ...(tag.file !== undefined && { file: tag.file }) }) > MOST_PARTS) throw new NotWell('too many parts')
        return
      case 'addr':
        if (this.#mms && this.#mms.addresses.push(attributes) > MOST_PARTS) throw new NotWell('too many addresses')
    }
  }

  /** @param isWhole its closing tag was there */
  #endMms(isWhole: boolean, end = this.#mark()): void {
    const mms = this.#mms
    if (!mms) return
    this.#mms = undefined
    this.#out.push(isWhole
      ? { kind: 'mms', ...mms, end }
      : { kind: 'unreadable', line: mms.line, why: 'the message does not end', end })
  }

  #skipUntil(end: string): void {
    this.#skipTo = end
    this.#state = 'skip'
  }

  #skip(): void {
    const end = this.#rest.indexOf(this.#skipTo, this.#at, 'latin1')
    if (end < 0) return this.#goTo(Math.max(this.#at, this.#rest.length - this.#skipTo.length + 1))
    this.#goTo(end + this.#skipTo.length)
    this.#state = 'between'
  }

  #lose(why: string): void {
    this.#lost = { line: this.#mms?.line ?? this.#tag?.start.line ?? this.#line, why }
    this.#mms = undefined
    this.#tag = undefined
    this.#state = 'lost'
  }

  /** Goes on with the next message. */
  #findNext(): void {
    const rest = this.#rest
    for (let at = rest.indexOf(LESS, this.#at); at >= 0; at = rest.indexOf(LESS, at + 1)) {
      if (rest.length - at < 8) return this.#goTo(at)
      const word = rest.toString('latin1', at + 1, at + 8)
      if (!/^(?:[sm]ms\s|\/smses)/.test(word)) continue
      this.#goTo(at)
      this.#state = 'between'
      return void this.#out.push(this.#unreadable())
    }
    this.#goTo(rest.length)
  }

  #unreadable(): Piece {
    const { line, why } = this.#lost!
    this.#lost = undefined
    return { kind: 'unreadable', line, why, end: this.#mark() }
  }
}
