import type { FaultCode } from '../contract/faults'
import { Fault } from '../base/faults'
import type { Incoming } from '../sip/incoming'

/** What a request is answered that cannot be served, by fault. Retry-After in seconds. */
const answers: Partial<Record<FaultCode, { status: number; reason: string; retryAfter?: number }>> = {
  malformed: { status: 400, reason: 'Bad Request' },
  'too-large': { status: 413, reason: 'Request Entity Too Large' },
  'bad-type': { status: 415, reason: 'Unsupported Media Type' },
  'bad-encoding': { status: 415, reason: 'Unsupported Media Type' },
  'not-acceptable': { status: 488, reason: 'Not Acceptable Here' },
  'unknown-recipient': { status: 404, reason: 'Not Found' },
  'not-yourself': { status: 403, reason: 'Forbidden' },
  'not-member': { status: 403, reason: 'Forbidden' },
  'admins-only': { status: 403, reason: 'Forbidden' },
  'group-full': { status: 403, reason: 'Forbidden' },
  'last-admin': { status: 403, reason: 'Forbidden' },
  'wrong-code': { status: 403, reason: 'Forbidden' },
  // RCC.07 3.2.4: who is told so makes the group anew, under its old Contribution-ID.
  'group-gone': { status: 404, reason: 'Not Found' },
  'bad-argument': { status: 400, reason: 'Bad Request' },
  refused: { status: 403, reason: 'Forbidden' },
  busy: { status: 503, reason: 'Service Unavailable', retryAfter: 2 },
  // RFC 3261 21.4.18: it is the recipient who cannot be reached now, not the server that is in trouble.
  'mailbox-full': { status: 480, reason: 'Mailbox Full', retryAfter: 300 },
  closed: { status: 503, reason: 'Service Unavailable', retryAfter: 5 },
  'disk-full': { status: 503, reason: 'Service Unavailable', retryAfter: 60 },
  'disk-broken': { status: 500, reason: 'Server Internal Error', retryAfter: 60 },
}

/** The status that a fault is answered with. */
export const statusFor = ({ code, detail }: Fault): number => (typeof detail['status'] === 'number' ? detail['status'] : answers[code]?.status ?? 500)

/** Says to a client of ours what a status that has many meanings means. */
export const faultHeader = 'Yanxin-Fault'

/** Codes whose status says less than they do. */
const isNamed: ReadonlySet<FaultCode> = new Set(['mailbox-full', 'not-member', 'admins-only', 'group-full', 'last-admin', 'wrong-code', 'group-gone'])

/** Refuses a request with what its fault says; the fault's own words go along as a Warning (RFC 3261 20.43). */
export function refuse(incoming: Incoming, thrown: unknown, host: string): Fault {
  const fault = Fault.from(thrown)
  const known = answers[fault.code] ?? { status: 500, reason: 'Server Internal Error' }
  const status = typeof fault.detail['status'] === 'number' ? fault.detail['status'] : known.status
  const headers: [string, string][] = []
  const words = fault.code === 'internal' ? 'an error of this server' : fault.message.replace(/[\r\n"\\]/g, ' ')
  headers.push(['Warning', `399 ${host} "${words}"`])
  const after = typeof fault.detail['retryAfter'] === 'number' ? fault.detail['retryAfter'] : known.retryAfter
  if (after !== undefined) headers.push(['Retry-After', String(after)])
  if (fault.detail['minExpires'] !== undefined) headers.push(['Min-Expires', String(fault.detail['minExpires'])])
  if (isNamed.has(fault.code)) headers.push([faultHeader, fault.code])
  if (fault.code === 'bad-encoding') headers.push(['Accept-Encoding', 'deflate, identity'])
  incoming.reply(status, status === known.status ? known.reason : undefined, { headers })
  return fault
}
