import { readCSeq } from './cseq'
import type { SipMessage } from './message'
import { checkNameAddress, readContacts } from './name-address'
import { malformed, readNumber } from './text'
import { readUri } from './uri'
import { readTopVia } from './via'
import type { TopVia } from './via'

/** What the check has read on its way, so that nobody reads it twice. */
export interface Checked {
  via: TopVia
  /** The CSeq's. */
  method: string
  /** As it stood. */
  to: string
}

/**
 * Holds a message against what every element must be able to rely on: the six fields of RFC 3261 8.1.1, once each
 * and readable, and the numbers within their ranges. @throws Fault `malformed`, `detail.status` being the answer
 */
export function checkMessage(message: SipMessage): Checked {
  const { headers } = message
  // RFC 4475 3.3.8
  if (headers.repeated !== undefined) throw malformed(`${headers.repeated} stands more than once`)
  // RFC 4475 3.3.1
  const via = headers.get('Via') ?? missing('Via')
  const from = headers.get('From') ?? missing('From')
  const to = headers.get('To') ?? missing('To')
  if (!headers.get('Call-ID')) missing('Call-ID')
  const method = methodOf(headers.get('CSeq') ?? missing('CSeq'))
  if (message.kind === 'request') {
    // RFC 3261 8.1.1.5, RFC 4475 3.1.2.17 and 3.1.2.18
    if (method !== message.method) throw malformed('CSeq and the request line name different methods')
    // RFC 4475 3.1.2.11: a Request-URI has no headers.
    if (message.uri.includes('?') && /^sips?:/i.test(message.uri) && readUri(message.uri).headers.size > 0) {
      throw malformed('headers in the Request-URI')
    }
  }
  const top = readTopVia(via)
  checkNameAddress(from)
  checkNameAddress(to)
  const hops = headers.get('Max-Forwards')
  if (hops !== undefined && hops !== '70') readNumber(hops, 255, 'Max-Forwards')
  const date = headers.get('Date')
  // RFC 3261 20.17, RFC 4475 3.1.2.12: only GMT.
  if (date !== undefined && !date.endsWith(' GMT')) throw malformed('a Date that is not in GMT')
  const expires = headers.get('Expires')
  if (expires !== undefined) readNumber(expires, 2 ** 32 - 1, 'Expires')
  if (headers.has('Contact')) checkContacts(headers.all('Contact'))
  return { via: top, method, to }
}

const plainCSeq = /^\d{1,9} [A-Z]+$/
const methodOf = (cseq: string): string => (plainCSeq.test(cseq) ? cseq.slice(cseq.indexOf(' ') + 1) : readCSeq(cseq).method)

function checkContacts(values: string[]): void {
  const contacts = readContacts(values)
  if (contacts === '*') return
  for (const { params } of contacts) {
    const expires = params.get('expires')
    // RFC 3261 20.10: "expires" is a delta-seconds, below 2**32 (20.19).
    if (expires !== undefined) readNumber(expires, 2 ** 32 - 1, 'expires')
  }
}

function missing(name: string): never {
  throw malformed(`${name} is missing`)
}
