import { Fault } from '../base/faults'
import type { FaultCode } from '../contract/faults'
import type { Outcome } from '../relay/carrier'
import type { SipResponse } from '../sip/message'
import { retryAfterOf } from './requests'

/** What a final answer other than 2xx means for whoever asked, RFC 3261 21 and RFC 3428 7. */
const meanings: Readonly<Record<number, FaultCode>> = {
  400: 'malformed', 401: 'wrong-password', 403: 'refused', 404: 'unknown-recipient', 407: 'wrong-password', 408: 'no-answer',
  410: 'unknown-recipient', 413: 'too-large', 415: 'bad-type', 477: 'connection-lost', 480: 'busy', 484: 'unknown-recipient',
  485: 'unknown-recipient', 486: 'busy', 488: 'not-acceptable', 500: 'busy', 502: 'busy', 503: 'busy', 504: 'no-answer',
  513: 'too-large', 600: 'busy', 603: 'refused', 604: 'unknown-recipient', 606: 'not-acceptable',
}

/** These pass by themselves: the same request may be taken later. 477 is Kamailio's for a next hop that is gone. */
const passing = new Set([408, 430, 477, 480, 486, 491, 500, 502, 503, 504, 600])

export const isPassing = (status: number): boolean => passing.has(status)

/** The answer as it is shown: `404 Not Found`. */
export const answerText = ({ status, reason }: Pick<SipResponse, 'status' | 'reason'>): string => `${status} ${reason}`.trim()

/** What a relay of ours says beside a status that has many meanings. */
const said: readonly FaultCode[] = ['mailbox-full', 'not-member', 'admins-only', 'group-full', 'group-gone', 'last-admin', 'wrong-code', 'busy']
const saidBy = ({ headers }: Pick<SipResponse, 'headers'>): FaultCode | undefined => said.find((code) => code === headers.get('Yanxin-Fault'))

/** RFC 3261 20.43: the words of a Warning. */
const warningOf = ({ headers }: Pick<SipResponse, 'headers'>): string | undefined =>
  /^\s*\d{3}\s+\S+\s+"((?:[^"\\]|\\.)*)"/.exec(headers.get('Warning') ?? '')?.[1]?.replace(/\\(.)/g, '$1')

/** The answer as a fault; `detail` has its status and, where it asks to wait, `after` in ms. */
export function faultOf(response: Pick<SipResponse, 'status' | 'reason' | 'headers'>): Fault {
  const after = retryAfterOf(response)
  const code = saidBy(response)
  const words = code && warningOf(response)
  return new Fault(code ?? meanings[response.status] ?? (response.status >= 500 ? 'busy' : 'refused'), {
    text: answerText(response) + (words ? `: ${words}` : ''), detail: { status: response.status, ...(after > 0 && { after }) },
  })
}

/** What became of a request that carried a message. */
export function outcomeOf(response: SipResponse): Outcome {
  const { status } = response
  if (status >= 200 && status < 300) return { kind: 'taken', answer: answerText(response) }
  const fault = faultOf(response)
  // 401 and 407 after the password was shown: the session finds out at its next REGISTER whether it still holds.
  if (!isPassing(status) && status !== 401 && status !== 407) return { kind: 'failed', fault: fault.view() }
  const after = fault.detail['after']
  return { kind: 'retry', fault: fault.view(), ...(typeof after === 'number' && { after }) }
}
