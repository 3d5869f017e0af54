import { isToken, malformed, readParams } from './text'
import type { Params } from './text'

/** RFC 3261 20.15. */
export interface MediaType {
  /** Type and subtype in lower case: `message/cpim`. */
  type: string
  params: Params
}

/** Reads a Content-Type or one range of an Accept. @throws Fault `malformed` */
export function readMediaType(text: string): MediaType {
  const semicolon = text.indexOf(';')
  const front = semicolon < 0 ? text : text.slice(0, semicolon)
  const slash = front.indexOf('/')
  const type = front.slice(0, slash).trim().toLowerCase()
  const subtype = front.slice(slash + 1).trim().toLowerCase()
  if (slash < 1 || !isToken(type) || !isToken(subtype)) throw malformed('no media type')
  return { type: `${type}/${subtype}`, params: semicolon < 0 ? new Map() : readParams(text, semicolon) }
}
