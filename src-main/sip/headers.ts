import { Fault } from '../base/faults'

/** What is known of a header field: its name in lower case, and as it is written. */
export interface Field {
  readonly key: string
  readonly name: string
  /** The name as it begins a line. */
  readonly lead: string
  /** Of the fields that are looked for most, so that their absence is seen without looking; else 0. */
  readonly bit: number
  /** It may stand only once (RFC 3261 7.3.1). */
  readonly isSingle: boolean
  /** It is in no standard that we know. */
  readonly isOwn: boolean
}

// RFC 3261 7.3.3 and the extensions that registered one letter.
const compact: Record<string, string> = {
  a: 'Accept-Contact', b: 'Referred-By', c: 'Content-Type', d: 'Request-Disposition', e: 'Content-Encoding', f: 'From',
  i: 'Call-ID', j: 'Reject-Contact', k: 'Supported', l: 'Content-Length', m: 'Contact', n: 'Identity-Info', o: 'Event',
  r: 'Refer-To', s: 'Subject', t: 'To', u: 'Allow-Events', v: 'Via', x: 'Session-Expires', y: 'Identity',
}
// COMPAT(Kamailio): msilo delivers with two Date fields, so Date is not among them.
const singles = ['Call-ID', 'CSeq', 'From', 'To', 'Max-Forwards', 'Content-Length', 'Content-Type', 'Expires']
const others = [
  'Date', 'Accept', 'Accept-Encoding', 'Accept-Language', 'Alert-Info', 'Allow', 'Authentication-Info', 'Authorization', 'Call-Info',
  'Content-Disposition', 'Content-ID', 'Content-Language', 'Content-Transfer-Encoding', 'Contribution-ID',
  'Conversation-ID', 'Error-Info', 'Flow-Timer', 'In-Reply-To', 'InReplyTo-Contribution-ID', 'MIME-Version', 'Min-Expires',
  'Min-SE', 'Organization', 'P-Asserted-Identity', 'P-Asserted-Service', 'P-Associated-URI', 'P-Preferred-Identity',
  'P-Preferred-Service', 'Path', 'Priority', 'Privacy', 'Proxy-Authenticate', 'Proxy-Authorization', 'Proxy-Require', 'RAck',
  'RSeq', 'Reason', 'Record-Route', 'Refer-Sub', 'Reply-To', 'Require', 'Retry-After', 'Route', 'SIP-ETag', 'SIP-If-Match',
  'Server', 'Service-Route', 'Subscription-State', 'Timestamp', 'Unsupported', 'User-Agent', 'WWW-Authenticate', 'Warning',
]

/** With `singles`, no more than fit into a number. */
const sought = [
  'Via', 'Contact', 'Date', 'Require', 'Proxy-Require', 'Authorization', 'Proxy-Authorization', 'P-Preferred-Identity',
  'P-Preferred-Service', 'Content-Encoding', 'User-Agent', 'Server', 'Retry-After', 'Route', 'Record-Route', 'Supported',
]
const bits = [...singles, ...sought]

const known = new Map<string, Field>()
for (const name of [...new Set([...singles, ...Object.values(compact), ...others])]) {
  const field: Field = {
    key: name.toLowerCase(), name, lead: `${name}: `, bit: bits.includes(name) ? 1 << bits.indexOf(name) : 0,
    isSingle: singles.includes(name), isOwn: false,
  }
  known.set(field.key, field)
  known.set(name, field)
}
for (const [letter, name] of Object.entries(compact)) {
  known.set(letter, known.get(name)!)
  known.set(letter.toUpperCase(), known.get(name)!)
}

/** The table of names is never added to: a sender must not be able to make it grow. */
const fieldOf = (name: string): Field => {
  const exact = known.get(name)
  if (exact) return exact
  const key = name.toLowerCase()
  return known.get(key) ?? { key, name, lead: `${name}: `, bit: 0, isSingle: false, isOwn: true }
}

/** The known field whose name stands in `bytes` from `start` to `end`, in any case, without making a string of it. */
export function fieldIn(bytes: Uint8Array, start: number, end: number): Field | undefined {
  const length = end - start
  const candidates = byShape[shapeOf(length, bytes[start]!, bytes[end - 1]!)]
  if (candidates === undefined) return undefined
  for (const { key, field } of candidates) {
    if (key.length !== length) continue
    let i = 0
    while (i < length && (bytes[start + i]! | 32) === key[i]) i++
    if (i === length) return field
  }
  return undefined
}
const shapeOf = (length: number, first: number, last: number): number => (length * 7 + (first & 31) * 11 + (last & 31) * 3) & 511
const byShape: ({ key: Uint8Array; field: Field }[] | undefined)[] = Array.from({ length: 512 }, () => undefined)
for (const [name, field] of known) {
  if (name !== name.toLowerCase()) continue
  const key = Buffer.from(name)
  const shape = shapeOf(key.length, key[0]!, key[key.length - 1]!)
  byShape[shape] = [...(byShape[shape] ?? []), { key, field }]
}

const checked = (value: string): string => {
  // A value with a line end in it would be read as further header fields.
  if (value.includes('\n') || value.includes('\r')) throw new Fault('bad-argument', { text: 'a line end in a header value' })
  return value
}
const token = /^[A-Za-z0-9\-.!%*_+`'~]+$/

/**
 * Header fields in the order in which they stood. Names are case-blind and short forms are understood; they are written
 * with their long names. Values are as on the wire, unfolded and trimmed; the readers make sense of them.
 */
export class Headers {
  #fields: Field[] = []
  #values: string[] = []
  /** The bits of all fields that may be here. */
  #seen = 0
  #repeated: string | undefined

  constructor(entries?: Iterable<readonly [name: string, value: string]>) {
    if (entries) for (const [name, value] of entries) this.add(name, value)
  }

  /** Adds a field whose name and value are known to be sound: no token is looked for, no line end. */
  append(name: string, value: string): void {
    this.push(fieldOf(name), value)
  }

  /** A field that the parser has just read, and in which there is no line end; false when its name is none. */
  appendRead(name: string, value: string): boolean {
    const field = known.get(name) ?? fieldOf(name)
    if (field.isOwn && !token.test(name)) return false
    this.push(field, value)
    return true
  }

  /** A field with a sound value. */
  push(field: Field, value: string): void {
    if (field.isSingle && this.#seen & field.bit) this.#repeated ??= field.name
    this.#seen |= field.bit
    this.#fields.push(field)
    this.#values.push(value)
  }

  /** Whether `name`, as written, is in the table, and so surely a token. */
  knows(name: string): boolean {
    return known.has(name)
  }

  /** A field that came more than once and must not (RFC 3261 7.3.1), as the parser met it. */
  get repeated(): string | undefined {
    return this.#repeated
  }

  /** The first value of `name`. */
  get(name: string): string | undefined {
    const i = this.#find(name)
    return i < 0 ? undefined : this.#values[i]
  }

  /** Every value of `name`, one for each line it stood in; `splitList` takes lists apart. */
  all(name: string): string[] {
    const first = this.#find(name)
    if (first < 0) return []
    const found = [this.#values[first]!]
    const { key } = this.#fields[first]!
    for (let i = first + 1; i < this.#fields.length; i++) if (this.#fields[i]!.key === key) found.push(this.#values[i]!)
    return found
  }

  /** How many lines `name` stands in. */
  count(name: string): number {
    let i = this.#find(name)
    if (i < 0) return 0
    const { key } = this.#fields[i]!
    let count = 1
    while (++i < this.#fields.length) if (this.#fields[i]!.key === key) count++
    return count
  }

  has(name: string): boolean {
    return this.#find(name) >= 0
  }

  /** Puts `value` where the first of `name` stood, or at the end, and takes further ones out. */
  set(name: string, value: string): this {
    const first = this.#find(name)
    if (first < 0) return this.add(name, value)
    this.#values[first] = checked(value)
    const { key } = this.#fields[first]!
    for (let i = this.#fields.length - 1; i > first; i--) if (this.#fields[i]!.key === key) this.#drop(i)
    return this
  }

  /** Puts `value` where the first of `name` stood, and leaves further ones. */
  setFirst(name: string, value: string): this {
    const first = this.#find(name)
    if (first < 0) return this.add(name, value)
    this.#values[first] = checked(value)
    return this
  }

  add(name: string, value: string): this {
    const field = this.#made(name)
    this.#seen |= field.bit
    this.#fields.push(field)
    this.#values.push(checked(value))
    return this
  }

  /** Puts `value` before all others: a Via goes on top. */
  prepend(name: string, value: string): this {
    const field = this.#made(name)
    this.#seen |= field.bit
    this.#fields.unshift(field)
    this.#values.unshift(checked(value))
    return this
  }

  remove(name: string): this {
    const { key } = fieldOf(name)
    for (let i = this.#fields.length - 1; i >= 0; i--) if (this.#fields[i]!.key === key) this.#drop(i)
    return this
  }

  get size(): number {
    return this.#fields.length
  }

  *entries(): Generator<[name: string, value: string]> {
    for (let i = 0; i < this.#fields.length; i++) yield [this.#fields[i]!.name, this.#values[i]!]
  }

  /** `entries` without the objects between, for what runs with every message. */
  each(take: (name: string, value: string) => void): void {
    for (let i = 0; i < this.#fields.length; i++) take(this.#fields[i]!.name, this.#values[i]!)
  }

  /** Adds to `other` every field here whose name is among `names`, in the order in which they stand here. */
  copyInto(other: Headers, names: ReadonlySet<string>): void {
    for (let i = 0; i < this.#fields.length; i++) if (names.has(this.#fields[i]!.name)) other.push(this.#fields[i]!, this.#values[i]!)
  }

  clone(): Headers {
    const copy = new Headers()
    copy.#fields = this.#fields.slice()
    copy.#values = this.#values.slice()
    copy.#seen = this.#seen
    return copy
  }

  /** A copy with one field more on top, whose name and value are known to be sound. */
  below(name: string, value: string): Headers {
    const copy = new Headers()
    const field = fieldOf(name)
    copy.#fields = [field, ...this.#fields]
    copy.#values = [value, ...this.#values]
    copy.#seen = this.#seen | field.bit
    return copy
  }

  /** The lines as they go on the wire, Content-Length being `length`: the writer always says the real one. */
  write(length: number): string {
    let text = ''
    let hasLength = false
    for (let i = 0; i < this.#fields.length; i++) {
      const field = this.#fields[i]!
      if (field.key !== 'content-length') text += field.lead + this.#values[i]! + '\r\n'
      else if (!hasLength) {
        text += 'Content-Length: ' + length + '\r\n'
        hasLength = true
      }
    }
    return hasLength ? text : text + 'Content-Length: ' + length + '\r\n'
  }

  /** Where the first of `name` stands, -1 when there is none. */
  #find(name: string): number {
    const field = known.get(name) ?? fieldOf(name)
    if (field.bit !== 0 && (this.#seen & field.bit) === 0) return -1
    const fields = this.#fields
    if (field.isOwn) return fields.findIndex(({ key }) => key === field.key)
    for (let i = 0; i < fields.length; i++) if (fields[i] === field) return i
    return -1
  }

  #made(name: string): Field {
    const field = fieldOf(name)
    if (field.isOwn && !token.test(name)) throw new Fault('bad-argument', { text: `no header name: ${name}` })
    return field
  }

  #drop(i: number): void {
    this.#fields.splice(i, 1)
    this.#values.splice(i, 1)
  }
}
