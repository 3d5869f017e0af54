import { isHost } from './uri'
import { isSpace, isToken, isTokenCode, malformed, readNumber, readParams, skipSpace, splitList } from './text'
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

// What stands round the branch is the same in every message of a connection, and was read with the first of them.
const shapes = new Map<string, Via>()
const longestShape = 128

/** Reads one Via; white space may stand round its slashes and colon. @throws Fault `malformed` */
export function readVia(text: string): Via {
  const start = text.indexOf(';') + branchIs.length
  if (!text.startsWith(branchIs, start - branchIs.length)) return readAnew(text)
  let end = start
  while (isTokenCode(text.charCodeAt(end))) end++
  if (end === start || (end < text.length && text.charCodeAt(end) !== 59)) return readAnew(text)
  const shape = text.slice(0, start) + text.slice(end)
  const known = shapes.get(shape)
  if (known) return { ...known, params: new Map(known.params).set('branch', text.slice(start, end)) }
  const via = readAnew(text)
  if (shape.length <= longestShape) {
    if (shapes.size >= 4096) shapes.clear()
    shapes.set(shape, { ...via, params: new Map(via.params).set('branch', '') })
  }
  return via
}
const branchIs = ';branch='

function readAnew(text: string): Via {
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
