import { copyOf, malformed, readNumber } from './text'

/** RFC 3261 19.1.1. For a scheme that is neither sip, sips nor tel only `scheme` and `opaque` say something. */
export interface SipUri {
  /** Lower case. */
  scheme: string
  /** `''` when there is none. Escapes stay where they are needed and are gone elsewhere; `decodeUser` shows it. */
  user: string
  password?: string
  /** Lower case; an IPv6 address keeps its brackets. */
  host: string
  port?: number
  /** Names in lower case, `''` for one without a value; values keep their escapes. */
  params: Map<string, string>
  headers: Map<string, string>
  /** What follows the scheme of a foreign URI. */
  opaque?: string
}

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/
// RFC 3261 25.1: unreserved / escaped / user-unreserved
const userChars = /^(?:[A-Za-z0-9\-_.!~*'()&=+$,;?/]|%[0-9A-Fa-f]{2})+$/
const passwordChars = /^(?:[A-Za-z0-9\-_.!~*'()&=+$,]|%[0-9A-Fa-f]{2})*$/
const paramChars = /^(?:[A-Za-z0-9\-_.!~*'()[\]/:&+$]|%[0-9A-Fa-f]{2})+$/
const headerChars = /^(?:[A-Za-z0-9\-_.!~*'()[\]/?:+$]|%[0-9A-Fa-f]{2})*$/
const hostChars = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9.])?$/
const ipv6 = /^\[[0-9A-Fa-f:.]{2,45}\]$/
const telNumber = /^\+?[0-9A-Fa-f*#.()-]+$/

/** Reads a URI of any scheme. @throws Fault `malformed` */
export function readUri(text: string): SipUri {
  const colon = text.indexOf(':')
  if (colon < 1 || !scheme.test(text)) throw malformed('a URI without a scheme')
  const name = text.slice(0, colon).toLowerCase()
  if (name === 'sip' || name === 'sips') return readSip(name, text.slice(colon + 1))
  if (name === 'tel') return readTel(text.slice(4))
  if (/[\s<>"]/.test(text)) throw malformed('a URI with foreign characters')
  return { scheme: name, user: '', host: '', params: new Map(), headers: new Map(), opaque: text.slice(colon + 1) }
}

function readSip(scheme: string, rest: string): SipUri {
  const uri: SipUri = { scheme, user: '', host: '', params: new Map(), headers: new Map() }
  // RFC 4475 3.1.1.9: ; ? and / may stand in the user part, so the @ decides first; none may follow unescaped.
  const at = rest.indexOf('@')
  let place = rest
  if (at >= 0) {
    const info = rest.slice(0, at)
    const colon = info.indexOf(':')
    const user = colon < 0 ? info : info.slice(0, colon)
    if (!userChars.test(user)) throw malformed('a URI with a broken user part')
    uri.user = plain(user)
    if (colon >= 0) {
      uri.password = info.slice(colon + 1)
      if (!passwordChars.test(uri.password)) throw malformed('a URI with a broken password')
    }
    place = rest.slice(at + 1)
  }
  const question = place.indexOf('?')
  if (question >= 0) {
    for (const pair of place.slice(question + 1).split('&')) {
      const equals = pair.indexOf('=')
      const value = pair.slice(equals + 1)
      if (equals < 1 || !headerChars.test(pair.slice(0, equals)) || !headerChars.test(value)) {
        throw malformed('a URI with broken headers')
      }
      uri.headers.set(pair.slice(0, equals), value)
    }
    place = place.slice(0, question)
  }
  const semicolon = place.indexOf(';')
  if (semicolon >= 0) {
    readUriParams(uri.params, place.slice(semicolon + 1))
    place = place.slice(0, semicolon)
  }
  const portColon = place.lastIndexOf(':')
  if (portColon > place.lastIndexOf(']')) {
    uri.port = readNumber(place.slice(portColon + 1), 65_535, 'port')
    place = place.slice(0, portColon)
  }
  if (!isHost(place)) throw malformed('a URI with a broken host')
  uri.host = place.toLowerCase()
  return uri
}

/** A host name, IPv4 address or IPv6 reference of RFC 3261 25.1. */
export const isHost = (text: string): boolean => hostChars.test(text) || ipv6.test(text)

function readUriParams(params: Map<string, string>, text: string): void {
  for (const part of text.split(';')) {
    const equals = part.indexOf('=')
    const name = plain(equals < 0 ? part : part.slice(0, equals)).toLowerCase()
    const value = equals < 0 ? '' : part.slice(equals + 1)
    if (!paramChars.test(name) || (equals >= 0 && !paramChars.test(value))) throw malformed('a URI with a broken parameter')
    if (!params.has(name)) params.set(name, value)
  }
}

/** RFC 3966. */
function readTel(rest: string): SipUri {
  const semicolon = rest.indexOf(';')
  const number = semicolon < 0 ? rest : rest.slice(0, semicolon)
  if (!telNumber.test(number)) throw malformed('a tel URI without a number')
  const uri: SipUri = { scheme: 'tel', user: number, host: '', params: new Map(), headers: new Map() }
  if (semicolon >= 0) readUriParams(uri.params, rest.slice(semicolon + 1))
  return uri
}

// RFC 3261 19.1.4: an escape of a character that needs none means the same as the character.
const plain = (text: string): string =>
  text.includes('%')
    ? text.replace(/%([0-9A-Fa-f]{2})/g, (escape, hex: string) => {
        const char = String.fromCharCode(parseInt(hex, 16))
        return /[A-Za-z0-9\-_.!~*'()]/.test(char) ? char : escape.toUpperCase()
      })
    : text

export function writeUri(uri: SipUri): string {
  if (uri.opaque !== undefined) return `${uri.scheme}:${uri.opaque}`
  let text = `${uri.scheme}:`
  if (uri.user !== '') text += uri.user
  if (uri.password !== undefined) text += `:${uri.password}`
  if (uri.scheme !== 'tel') {
    if (uri.user !== '') text += '@'
    text += uri.host
    if (uri.port !== undefined) text += `:${uri.port}`
  }
  for (const [name, value] of uri.params) text += value === '' ? `;${name}` : `;${name}=${value}`
  let mark = '?'
  for (const [name, value] of uri.headers) {
    text += `${mark}${name}=${value}`
    mark = '&'
  }
  return text
}

/** A user part for people's eyes; what is no UTF-8 stays escaped. */
export function decodeUser(user: string): string {
  try {
    return decodeURIComponent(user)
  } catch {
    return user
  }
}

/** Any text as a user part. */
export const escapeUser = (text: string): string =>
  encodeURIComponent(text).replace(/%(26|3D|2B|24|2C)/g, (escape) => decodeURIComponent(escape))

/**
 * The one spelling of an address: `sip:user@host`, lower-case host, without password, port, parameters and headers;
 * `sips` is the same person; `tel:` keeps its number without visual separators (RFC 3966 5.1.1) and its phone-context.
 * @throws Fault `malformed`
 */
export function addressOfRecord(text: string): string {
  const simple = known.get(text)
  if (simple !== undefined) return simple
  const address = canonical(readUri(text))
  if (known.size >= 1024) known.clear()
  known.set(copyOf(text), address)
  return address
}
// The same few addresses come with every message of a conversation.
const known = new Map<string, string>()

function canonical(uri: SipUri): string {
  if (uri.scheme === 'tel') {
    const number = uri.user.replace(/[-.()]/g, '').toLowerCase()
    const context = number.startsWith('+') ? undefined : uri.params.get('phone-context')
    return `tel:${number}${context ? `;phone-context=${context.toLowerCase()}` : ''}`
  }
  if (uri.opaque !== undefined) throw malformed(`${uri.scheme} is no scheme for an address`)
  return uri.user === '' ? `sip:${uri.host}` : `sip:${uri.user}@${uri.host}`
}
