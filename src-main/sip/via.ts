import { isHost } from './uri'
import { isSpace, isToken, isTokenCode, malformed, readNumber, readParams, skipSpace, splitAll, splitList } from './text'
import type { Params } from './text'

/** RFC 3261 20.42. */
export interface Via {
  /** `2.0` */
  version: string
  /** Upper case: TCP, TLS, WS, … */
  transport: string
  host: string
  port?: number
  params: Params
}

// RFC 3261 8.1.1.7: a branch that begins with it is unique in all transactions.
export const magicCookie = 'z9hG4bK'

/** Reads one Via; white space may stand round its slashes and colon. @throws Fault `malformed` */
export function readVia(text: string): Via {
  const semicolon = text.indexOf(';')
  const end = semicolon < 0 ? text.length : semicolon
  const params = readParams(text, end)
  // As nearly everybody writes it, and else with care.
  let version = '2.0'
  let at = 8
  if (!text.startsWith('SIP/2.0/')) {
    const first = text.indexOf('/')
    const second = text.indexOf('/', first + 1)
    if (first < 0 || second < 0 || second > end || text.slice(0, first).trim().toUpperCase() !== 'SIP') throw malformed('a Via that is not of SIP')
    version = text.slice(first + 1, second).trim()
    if (!isToken(version)) throw malformed('a Via without a version')
    at = skipSpace(text, second + 1)
  }
  const transportStart = at
  while (isTokenCode(text.charCodeAt(at))) at++
  if (at === transportStart || at >= end) throw malformed('a Via without a transport')
  const transport = text.slice(transportStart, at).toUpperCase()
  if (!isSpace(text.charCodeAt(at))) throw malformed('a Via without a sent-by')
  const sentBy = text.slice(at, end).trim()
  const colon = sentBy.lastIndexOf(':')
  const hasPort = colon > sentBy.lastIndexOf(']')
  const host = hasPort ? sentBy.slice(0, colon).trimEnd() : sentBy
  if (!isHost(host)) throw malformed('a Via without a host')
  const via: Via = { version, transport, host: host.toLowerCase(), params }
  if (hasPort) via.port = readNumber(sentBy.slice(colon + 1).trim(), 65_535, 'port')
  return via
}

/** The topmost of a Via line, which may hold several, and what follows it (with its comma). */
export function splitTopVia(value: string): { top: string; rest: string } {
  if (!value.includes(',')) return { top: value, rest: '' }
  const top = splitList(value)[0]!
  const end = value.indexOf(top) + top.length
  return { top, rest: value.slice(end).trimStart() }
}

/** What transactions need of the topmost Via. */
export interface TopVia {
  /** As it stood, alone. */
  text: string
  /** What follows it in its line, with the comma. */
  rest: string
  sentBy: string
  branch: string
  /** RFC 3581: it ends with an `rport` that waits for its value, and says no `received`. */
  endsWithPort: boolean
  /** All of it, where it is not written as nearly everybody does. */
  via: Via | undefined
}

// One test of the usual form costs less than reading it, and every message has one or two.
const plainVia = /^SIP\/2\.0\/[A-Z]+ [A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9.])?(?::(?:\d{1,4}|[1-5]\d{4}))?;branch=[\w.!%*+`'~-]+(?:;rport(?:=\d{1,5})?(?:;received=[\w.-]+)?)?$/

/** Reads the Vias of one line and answers the topmost. @throws Fault `malformed` */
export function readTopVia(value: string): TopVia {
  if (plainVia.test(value)) {
    const semicolon = value.indexOf(';')
    const next = value.indexOf(';', semicolon + 1)
    return {
      text: value, rest: '', via: undefined, sentBy: value.slice(value.indexOf(' ') + 1, semicolon),
      branch: next < 0 ? value.slice(semicolon + 8) : value.slice(semicolon + 8, next),
      endsWithPort: next >= 0 && next === value.length - 6,
    }
  }
  if (value.includes(',')) splitAll([value]).forEach(readVia)
  const { top, rest } = splitTopVia(value)
  const via = readVia(top)
  return {
    text: top, rest, via, sentBy: via.port === undefined ? via.host : `${via.host}:${via.port}`,
    branch: via.params.get('branch') ?? '', endsWithPort: false,
  }
}
