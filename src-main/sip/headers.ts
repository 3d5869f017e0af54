import { Fault } from '../base/faults'

/** What is known of a header field: its name in lower case, and as it is written. */
interface Field {
  readonly key: string
  readonly name: string
  /** A bit for fields that may stand only once (RFC 3261 7.3.1), else 0. */
  readonly single: number
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

const known = new Map<string, Field>()
for (const name of [...new Set([...singles, ...Object.values(compact), ...others])]) {
  const field: Field = { key: name.toLowerCase(), name, single: singles.includes(name) ? 1 << singles.indexOf(name) : 0, isOwn: false }
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
  return known.get(key) ?? { key, name, single: 0, isOwn: true }
}
const keyOf = (name: string): string => (known.get(name) ?? fieldOf(name)).key

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
  #seen = 0
  #repeated: string | undefined

  constructor(entries?: Iterable<readonly [name: string, value: string]>) {
    if (entries) for (const [name, value] of entries) this.add(name, value)
  }

  /** Adds a field whose name and value are known to be sound: no token is looked for, no line end. */
  append(name: string, value: string): void {
    this.#push(fieldOf(name), value)
  }

  /** A field that the parser has just read, and in which there is no line end; false when its name is none. */
  appendRead(name: string, value: string): boolean {
    const field = known.get(name) ?? fieldOf(name)
    if (field.isOwn && !token.test(name)) return false
    this.#push(field, value)
    return true
  }

  #push(field: Field, value: string): void {
    if (field.single !== 0) {
      if (this.#seen & field.single) this.#repeated ??= field.name
      this.#seen |= field.single
    }
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
    const key = keyOf(name)
    const fields = this.#fields
    for (let i = 0; i < fields.length; i++) if (fields[i]!.key === key) return this.#values[i]
    return undefined
  }

  /** Every value of `name`, one for each line it stood in; `splitList` takes lists apart. */
  all(name: string): string[] {
    const key = keyOf(name)
    const found: string[] = []
    for (let i = 0; i < this.#fields.length; i++) if (this.#fields[i]!.key === key) found.push(this.#values[i]!)
    return found
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /** Puts `value` where the first of `name` stood, or at the end, and takes further ones out. */
  set(name: string, value: string): this {
    const key = keyOf(name)
    const first = this.#fields.findIndex((field) => field.key === key)
    if (first < 0) return this.add(name, value)
    this.#values[first] = checked(value)
    for (let i = this.#fields.length - 1; i > first; i--) if (this.#fields[i]!.key === key) this.#drop(i)
    return this
  }

  /** Puts `value` where the first of `name` stood, and leaves further ones. */
  setFirst(name: string, value: string): this {
    const key = keyOf(name)
    const first = this.#fields.findIndex((field) => field.key === key)
    if (first < 0) return this.add(name, value)
    this.#values[first] = checked(value)
    return this
  }

  add(name: string, value: string): this {
    const field = this.#made(name)
    this.#fields.push(field)
    this.#values.push(checked(value))
    return this
  }

  /** Puts `value` before all others: a Via goes on top. */
  prepend(name: string, value: string): this {
    const field = this.#made(name)
    this.#fields.unshift(field)
    this.#values.unshift(checked(value))
    return this
  }

  remove(name: string): this {
    const key = keyOf(name)
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

  clone(): Headers {
    const copy = new Headers()
    copy.#fields = this.#fields.slice()
    copy.#values = this.#values.slice()
    return copy
  }

  /** A copy with one field more on top. */
  below(name: string, value: string): Headers {
    const copy = new Headers()
    copy.#fields = [this.#made(name), ...this.#fields]
    copy.#values = [checked(value), ...this.#values]
    return copy
  }

  /** The lines as they go on the wire, Content-Length being `length`: the writer always says the real one. */
  write(length: number): string {
    let text = ''
    let hasLength = false
    for (let i = 0; i < this.#fields.length; i++) {
      const field = this.#fields[i]!
      if (field.key !== 'content-length') text += field.name + ': ' + this.#values[i]! + '\r\n'
      else if (!hasLength) {
        text += 'Content-Length: ' + length + '\r\n'
        hasLength = true
      }
    }
    return hasLength ? text : text + 'Content-Length: ' + length + '\r\n'
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
