import type { Fault } from '../base/faults'
import type { Flow } from './flow'
import { Headers } from './headers'
import { noBody } from './message'
import type { SipRequest, SipResponse } from './message'
import { tagOf } from './name-address'
import { reasonOf } from './reasons'

/** Header fields in the order in which they are written. */
export type HeaderList = Iterable<readonly [name: string, value: string]>

export interface ReplyOptions {
  headers?: HeaderList
  body?: Uint8Array
}

/** A request from the other side of a flow, to be answered once. */
export interface Incoming {
  readonly request: SipRequest
  readonly flow: Flow
  readonly answered: boolean
  /** The final answer, once it was given. */
  readonly answer: SipResponse | undefined
  /** Of an INVITE only: aborted when its sender gave it up (RFC 3261 9.2; its 487 has been sent) or its flow was lost. */
  readonly cancelled?: AbortSignal | undefined
  /** Answers; a second final answer is dropped. @param reason @default the RFC's words for the status */
  reply(status: number, reason?: string, options?: ReplyOptions): void
}

const repeated: ReadonlySet<string> = new Set(['Via', 'From', 'To', 'Call-ID', 'CSeq'])

/** RFC 3261 8.2.6.2: what every response repeats from its request, and a To tag where there was none. */
export function makeResponse(request: SipRequest, status: number, reason: string | undefined, tag: () => string, options: ReplyOptions = {}): SipResponse {
  const headers = new Headers()
  request.headers.copyInto(headers, repeated)
  const to = headers.get('To')
  if (to !== undefined && status > 100 && !hasTag(to)) headers.setFirst('To', `${to};tag=${tag()}`)
  if (options.headers) for (const [name, value] of options.headers) headers.add(name, value)
  return { kind: 'response', status, reason: reason ?? reasonOf(status), headers, body: options.body ?? noBody }
}

// Most messages have none, and that is quickly seen.
const hasTag = (to: string): boolean => /tag/i.test(to) && tagOf(to) !== ''

/** The status for a fault that a handler threw. */
export function statusOf(fault: Fault): number {
  const said = Number(fault.detail.status)
  if (said >= 400 && said <= 699) return said
  switch (fault.code) {
    case 'malformed': case 'bad-argument': return 400
    case 'wrong-password': case 'not-yourself': case 'refused': return 403
    case 'unknown-recipient': return 404
    case 'not-allowed': return 405
    case 'too-large': return 413
    case 'bad-type': case 'bad-encoding': return 415
    case 'not-registered': return 480
    case 'not-acceptable': return 488
    case 'busy': case 'disk-full': return 503
    default: return 500
  }
}
