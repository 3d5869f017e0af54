import type { Headers } from './headers'
import { isToken, malformed, quote, readNumber, readParams, splitAll } from './text'

/** RFC 3326 2: why a BYE or CANCEL was sent. */
export interface Reason {
  /** `SIP`, `Q.850`, … in upper case. */
  protocol: string
  /** With SIP a status of RFC 3261 21. */
  cause?: number
  text?: string
}

/** All reasons of a message, the first being the most telling. @throws Fault `malformed` */
export const readReasons = (headers: Headers): Reason[] => splitAll(headers.all('Reason')).map(readReason)

function readReason(value: string): Reason {
  const semicolon = value.indexOf(';')
  const protocol = (semicolon < 0 ? value : value.slice(0, semicolon)).trim()
  if (!isToken(protocol)) throw malformed('a Reason without a protocol')
  const params = readParams(value, semicolon < 0 ? value.length : semicolon)
  const reason: Reason = { protocol: protocol.toUpperCase() }
  const cause = params.get('cause')
  const text = params.get('text')
  if (cause !== undefined) reason.cause = readNumber(cause, 2 ** 31 - 1, 'cause')
  if (text !== undefined) reason.text = text
  return reason
}

/** @param reason.protocol @default SIP */
export function writeReason({ protocol = 'SIP', cause, text }: { protocol?: string; cause?: number; text?: string }): string {
  // RFC 3326 2: the text is a quoted-string, be it a token or not.
  return `${protocol}${cause === undefined ? '' : `;cause=${cause}`}${text === undefined ? '' : `;text=${quote(text)}`}`
}
