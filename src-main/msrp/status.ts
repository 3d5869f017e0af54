import { Fault } from '../base/faults'

/** RFC 4975 10 (423 and 425: RFC 4976, RFC 7701). */
const reasons: Record<number, string> = {
  200: 'OK', 400: 'Bad Request', 403: 'Forbidden', 408: 'Timeout', 413: 'Message Too Large', 415: 'Unsupported Media Type', 423: 'Parameter Out of Bounds',
  481: 'No Such Session', 501: 'Unknown Method', 506: 'Session In Use Elsewhere',
}
export const reasonOf = (status: number): string => reasons[status] ?? 'Refused'

/** What a response or a REPORT says, as a fault; nothing when it is good. */
export function faultOf(status: number, reason = ''): Fault | undefined {
  if (status >= 200 && status < 300) return undefined
  const more = { text: `${status} ${reason || reasonOf(status)}`, detail: { status } }
  if (status === 408) return new Fault('no-answer', more)
  if (status === 413) return new Fault('too-large', more)
  if (status === 415) return new Fault('bad-type', more)
  // RFC 4975 10.6 and 10.9: the session is over, not only the message.
  if (endsSession(status)) return new Fault('connection-lost', more)
  return new Fault('refused', more)
}

/** RFC 4975 10.6, 10.9: there is no such session there (any more), or it is somebody else's. */
export const endsSession = (status: number): boolean => status === 481 || status === 506

/** What a message gets that we do not take. */
export function statusOf(fault: Fault): number {
  const { status } = fault.detail
  if (typeof status === 'number' && status >= 400 && status <= 599) return status
  if (fault.code === 'too-large' || fault.code === 'file-too-large') return 413
  if (fault.code === 'bad-type') return 415
  return fault.code === 'malformed' || fault.code === 'bad-encoding' ? 400 : 403
}
