import type { Headers } from './headers'
import { afterQuoted, isToken, isTokenCode, malformed, quote, readParams, scanParams, skipSpace, splitAll, unquote, writeParams } from './text'
import type { Params } from './text'

/** name-addr / addr-spec of RFC 3261 25.1 with its header parameters: To, From, Contact, Route, … */
export interface NameAddress {
  displayName?: string
  /** As it stood; `readUri` takes it apart. */
  uri: string
  /** Parameters of the header, not of the URI: `tag`, `expires`, `+sip.instance`, … */
  params: Params
}

/** Reads one value of To, From, Contact, Route, … @throws Fault `malformed` */
export function readNameAddress(text: string): NameAddress {
  const { nameStart, nameEnd, uriStart, uriEnd, paramsStart } = scan(text)
  const name = text.slice(nameStart, nameEnd).trim()
  const address: NameAddress = { uri: text.slice(uriStart, uriEnd), params: readParams(text, paramsStart) }
  if (name !== '') address.displayName = name.charCodeAt(0) === 34 ? unquote(name) : name
  return address
}

/** Holds one value against the grammar, without reading it. @throws Fault `malformed` */
export function checkNameAddress(text: string): void {
  if (!plainAddress.test(text)) scanParams(text, scan(text).paramsStart)
}

// As nearly everybody writes a To and a From.
const plainAddress = /^(?:[\w.-]+ )?<[a-z]+:[!#-;=?-~]+>(?:;tag=[\w.~-]+)?$/

interface Parts {
  nameStart: number
  nameEnd: number
  uriStart: number
  uriEnd: number
  paramsStart: number
}

function scan(text: string): Parts {
  const nameStart = skipSpace(text, 0)
  let at = nameStart
  if (text.charCodeAt(at) === 34) at = skipSpace(text, afterQuoted(text, at))
  else while (isTokenCode(text.charCodeAt(at)) || text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++
  if (text.charCodeAt(at) === 60) {
    const close = text.indexOf('>', at)
    if (close < 0) throw malformed('a bracket is not closed')
    checkUri(text, at + 1, close)
    return { nameStart, nameEnd: at, uriStart: at + 1, uriEnd: close, paramsStart: close + 1 }
  }
  if (text.charCodeAt(nameStart) === 34) throw malformed('a display name without an address')
  // RFC 3261 20.10: without brackets everything behind the first ; belongs to the header, and a URI that has a comma,
  // semicolon or question mark must have them.
  const semicolon = text.indexOf(';', nameStart)
  const paramsStart = semicolon < 0 ? text.length : semicolon
  let uriEnd = paramsStart
  while (uriEnd > nameStart && (text.charCodeAt(uriEnd - 1) === 32 || text.charCodeAt(uriEnd - 1) === 9)) uriEnd--
  checkUri(text, nameStart, uriEnd)
  for (let i = nameStart; i < uriEnd; i++) {
    const code = text.charCodeAt(i)
    if (code === 63 || code === 44) throw malformed('an address that needs angle brackets')
  }
  return { nameStart, nameEnd: nameStart, uriStart: nameStart, uriEnd, paramsStart }
}

function checkUri(text: string, start: number, end: number): void {
  let colon = -1
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code <= 32 || code >= 127 || code === 34 || code === 60 || code === 62) throw malformed('an address with foreign characters')
    if (code === 58 && colon < 0) colon = i
  }
  if (colon <= start) throw malformed('an address without a scheme')
}

export function writeNameAddress(address: { displayName?: string; uri: string; params?: Iterable<readonly [string, string]> }): string {
  const name = address.displayName === undefined ? '' : `${isToken(address.displayName) ? address.displayName : quote(address.displayName)} `
  return `${name}<${address.uri}>${writeParams(address.params ?? [])}`
}

/** All contacts of a message, or `*` (RFC 3261 10.2.2); pass `headers.all('Contact')`. @throws Fault `malformed` */
export function readContacts(values: readonly string[]): '*' | NameAddress[] {
  if (values.length === 1 && values[0]!.trim() === '*') return '*'
  return splitAll(values).map(readNameAddress)
}

/** The one Contact of a message that makes a dialog or refreshes its target (RFC 3261 8.1.1.8). @throws Fault `malformed` */
export function contactOf(headers: Headers): NameAddress {
  const contacts = readContacts(headers.all('Contact'))
  if (contacts === '*' || contacts.length !== 1) throw malformed('there must be one Contact')
  return contacts[0]!
}

/** The tag of a To or From, `''` when there is none. */
export const tagOf = (value: string): string => readNameAddress(value).params.get('tag') ?? ''
