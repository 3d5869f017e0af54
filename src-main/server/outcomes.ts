import { SECOND } from '../base/clock'
import type { FaultCode } from '../contract/faults'
import type { Outcome } from '../relay/carrier'
import type { SipResponse } from '../sip/message'

/** What a device's refusal means. Other 4xx and 6xx are `refused`. */
const refusals: Readonly<Record<number, FaultCode>> = {
  400: 'malformed', 403: 'refused', 404: 'unknown-recipient', 410: 'unknown-recipient', 604: 'unknown-recipient',
  413: 'too-large', 513: 'too-large', 415: 'bad-type', 416: 'bad-type', 488: 'not-acceptable', 606: 'not-acceptable', 603: 'refused',
}
/** Answers that a device may take back later. RFC 3261 21.4.9, 21.4.18, 21.5. */
const passing = new Set([408, 430, 480, 486, 491, 500, 502, 503, 504, 600])

/** RFC 3261 21 as an outcome. */
export function outcomeOf({ status, reason, headers }: Pick<SipResponse, 'status' | 'reason' | 'headers'>): Outcome {
  if (status < 300) return { kind: 'taken' }
  const text = `${status} ${reason}`.trim()
  if (passing.has(status)) {
    const after = /^\s*(\d{1,6})/.exec(headers.get('Retry-After') ?? '')
    return { kind: 'retry', fault: { code: 'busy', text, detail: { status } }, ...(after && { after: Number(after[1]) * SECOND }) }
  }
  return { kind: 'failed', fault: { code: refusals[status] ?? 'refused', text, detail: { status } } }
}
