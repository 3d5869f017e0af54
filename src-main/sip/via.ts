import { isHost } from './uri'
import { malformed, readNumber, readParams, skipSpace, splitList, isToken } from './text'
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
  const front = (semicolon < 0 ? text : text.slice(0, semicolon)).trim()
  const first = front.indexOf('/')
  const second = front.indexOf('/', first + 1)
  if (first < 0 || second < 0 || front.slice(0, first).trim().toUpperCase() !== 'SIP') throw malformed('a Via that is not of SIP')
  const version = front.slice(first + 1, second).trim()
  let at = skipSpace(front, second + 1)
  const transportStart = at
  while (at < front.length && front.charCodeAt(at) !== 32 && front.charCodeAt(at) !== 9) at++
  const transport = front.slice(transportStart, at).toUpperCase()
  if (!isToken(transport) || !isToken(version)) throw malformed('a Via without a transport')
  const sentBy = front.slice(at).trim()
  const colon = sentBy.lastIndexOf(':')
  const hasPort = colon > sentBy.lastIndexOf(']')
  const host = (hasPort ? sentBy.slice(0, colon) : sentBy).trimEnd()
  if (!isHost(host)) throw malformed('a Via without a host')
  const via: Via = { version, transport, host: host.toLowerCase(), params: semicolon < 0 ? new Map() : readParams(text, semicolon) }
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
