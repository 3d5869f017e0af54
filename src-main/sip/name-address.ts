import { afterQuoted, isToken, isTokenCode, malformed, quote, readParams, skipSpace, splitAll, unquote, writeParams } from './text'
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
  const start = skipSpace(text, 0)
  let at = start
  if (text.charCodeAt(at) === 34) at = skipSpace(text, afterQuoted(text, at))
  else while (isTokenCode(text.charCodeAt(at)) || text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++
  if (text.charCodeAt(at) !== 60) {
    if (text.charCodeAt(start) === 34) throw malformed('a display name without an address')
    return readBare(text, start)
  }
  const close = text.indexOf('>', at)
  if (close < 0) throw malformed('a bracket is not closed')
  const uri = text.slice(at + 1, close)
  checkUri(uri)
  const name = text.slice(start, at).trim()
  const address: NameAddress = { uri, params: readParams(text, close + 1) }
  if (name !== '') address.displayName = name.charCodeAt(0) === 34 ? unquote(name) : name
  return address
}

// RFC 3261 20.10: without brackets everything behind the first ; belongs to the header, and a URI that has a comma,
// semicolon or question mark must have them.
function readBare(text: string, start: number): NameAddress {
  const semicolon = text.indexOf(';', start)
  const uri = (semicolon < 0 ? text.slice(start) : text.slice(start, semicolon)).trimEnd()
  checkUri(uri)
  if (uri.includes('?') || uri.includes(',')) throw malformed('an address that needs angle brackets')
  return { uri, params: semicolon < 0 ? new Map() : readParams(text, semicolon) }
}

function checkUri(uri: string): void {
  if (uri.indexOf(':') < 1) throw malformed('an address without a scheme')
  for (let i = 0; i < uri.length; i++) {
    const code = uri.charCodeAt(i)
    if (code <= 32 || code >= 127 || code === 34 || code === 60) throw malformed('an address with foreign characters')
  }
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

/** The tag of a To or From, `''` when there is none. */
export const tagOf = (value: string): string => readNameAddress(value).params.get('tag') ?? ''
