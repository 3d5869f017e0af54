import { Fault } from '../base/faults'

/** A message or header that breaks its grammar. `status` is what a request gets for it. @default 400 */
export const malformed = (text: string, status = 400): Fault => new Fault('malformed', { text, detail: { status } })

// RFC 3261 25.1: token
const tokenChars = new Uint8Array(128)
for (const c of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~") tokenChars[c.charCodeAt(0)] = 1

export const isTokenCode = (code: number): boolean => code < 128 && tokenChars[code] === 1

export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isTokenCode(text.charCodeAt(i))) return false
  return text.length > 0
}

/** A number of digits only, at most `max`; anything else is malformed (RFC 4475 3.1.2.4: numbers out of range). */
export function readNumber(text: string, max: number, what: string): number {
  let value = 0
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) throw malformed(`${what} is no number`)
    value = value * 10 + digit
    if (value > max) throw malformed(`${what} is out of range`)
  }
  if (text.length === 0) throw malformed(`${what} is empty`)
  return value
}

/** Where the quoted string that opens at `at` ends: the place behind its closing quote. */
export function afterQuoted(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 92) i++
    else if (code === 34) return i + 1
  }
  throw malformed('a quote is not closed')
}

/** What stands inside a quoted string, RFC 3261 25.1 quoted-pair resolved. */
export function unquote(quoted: string): string {
  const inside = quoted.slice(1, -1)
  return inside.includes('\\') ? inside.replace(/\\([\s\S])/g, '$1') : inside
}

export const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`

/**
 * Takes a comma list apart; commas inside quotes and angle brackets do not count. An empty element is malformed, as
 * RFC 3261 25.1 has none.
 */
export function splitList(value: string): string[] {
  if (!value.includes(',')) return [value.trim()]
  const parts: string[] = []
  let start = 0
  let inBrackets = false
  for (let i = 0; i <= value.length; i++) {
    const code = i < value.length ? value.charCodeAt(i) : 44
    if (code === 34 && !inBrackets) i = afterQuoted(value, i) - 1
    else if (code === 60) inBrackets = true
    else if (code === 62) inBrackets = false
    else if (code === 44 && (!inBrackets || i === value.length)) {
      const part = value.slice(start, i).trim()
      if (part === '') throw malformed('an empty element in a list')
      parts.push(part)
      start = i + 1
    }
  }
  return parts
}

/** Elements of a header that may stand in several lines and hold lists, in order. */
export const splitAll = (values: readonly string[]): string[] => values.flatMap(splitList)

/** The same text without the message that it was cut out of, which it would keep alive as a whole. */
export const copyOf = (text: string): string => Buffer.from(text).toString()

/** A copy of what is said often, as the address of a group is by each of its members: it is kept once. */
export function kept(text: string): string {
  const same = keptTexts.get(text)
  if (same !== undefined) return same
  if (keptTexts.size >= 1024) keptTexts.clear()
  const copy = copyOf(text)
  keptTexts.set(copy, copy)
  return copy
}
const keptTexts = new Map<string, string>()

/** Parameters of a header: names in lower case, values unquoted, `''` for one without a value. */
export type Params = Map<string, string>

/** Reads `;name=value;flag` from `at` to the end of `text`. @throws Fault `malformed` */
export function readParams(text: string, at: number): Params {
  const params: Params = new Map()
  scanParams(text, at, params)
  return params
}

/** Holds parameters against their grammar; reads them only where there is something to read them into. */
export function scanParams(text: string, at: number, into?: Params): void {
  let i = skipSpace(text, at)
  while (i < text.length) {
    if (text.charCodeAt(i) !== 59) throw malformed('a parameter must begin with ;')
    i = skipSpace(text, i + 1)
    const nameStart = i
    while (isTokenCode(text.charCodeAt(i))) i++
    if (i === nameStart) throw malformed('a parameter without a name')
    const nameEnd = i
    i = skipSpace(text, i)
    let valueStart = i
    let valueEnd = i
    if (text.charCodeAt(i) === 61) {
      i = valueStart = skipSpace(text, i + 1)
      if (text.charCodeAt(i) === 34) i = afterQuoted(text, i)
      else while (i < text.length && isValueCode(text.charCodeAt(i))) i++
      valueEnd = i
      if (valueEnd === valueStart) throw malformed('a parameter without its value')
      i = skipSpace(text, i)
    }
    if (!into) continue
    const name = text.slice(nameStart, nameEnd).toLowerCase()
    const value = text.slice(valueStart, valueEnd)
    if (!into.has(name)) into.set(name, value.charCodeAt(0) === 34 ? unquote(value) : value)
  }
}

// gen-value is token / host / quoted-string, and a host may be an IPv6 reference; what peers send besides (a tag with
// a slash or an =) is let through as long as it cannot be mistaken for a separator.
const isValueCode = (code: number): boolean =>
  code !== 59 && code !== 44 && code !== 32 && code !== 9 && code !== 34 && code !== 60 && code !== 62 && code > 31

export const isSpace = (code: number): boolean => code === 32 || code === 9

export const skipSpace = (text: string, at: number): number => {
  let i = at
  while (text.charCodeAt(i) === 32 || text.charCodeAt(i) === 9) i++
  return i
}

/** Parameters as they are written; feature tags (RFC 3840 9) and what is no token are quoted. */
export function writeParams(params: Iterable<readonly [string, string]>): string {
  let text = ''
  for (const [name, value] of params) {
    if (value === '') text += `;${name}`
    else text += `;${name}=${name.startsWith('+') || !isPlain(value) ? quote(value) : value}`
  }
  return text
}
const isPlain = (value: string): boolean => isToken(value) || /^\[[0-9A-Fa-f:.]+\]$/.test(value)
