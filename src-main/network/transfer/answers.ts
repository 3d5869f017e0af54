import { SECOND } from '../../base/clock'
import { Fault } from '../../base/faults'
import { faults, type FaultCode } from '../../contract/faults'
import type { HttpAnswer } from './http'

/** What the answer of a content server means that did not do what it was asked for. */
const meanings: Readonly<Record<number, FaultCode>> = {
  400: 'not-acceptable', 401: 'wrong-password', 403: 'refused', 404: 'file-gone', 405: 'not-acceptable', 408: 'no-answer', 410: 'file-gone',
  413: 'file-too-large', 415: 'bad-type', 429: 'busy', 500: 'busy', 502: 'busy', 503: 'busy', 504: 'no-answer', 507: 'quota-reached',
}

const isCode = (code: string | undefined): code is FaultCode => code !== undefined && Object.hasOwn(faults, code)

/** The answer as a fault; `detail` has its status and, where it asks to wait, `after` in ms (RFC 9110 10.2.3). Its body is left. */
export function refusalOf(answer: HttpAnswer): Fault {
  answer.body.destroy()
  const { status } = answer
  const seconds = /^\s*(\d{1,9})\s*$/.exec(answer.header('retry-after') ?? '')?.[1]
  const after = seconds === undefined ? 0 : Math.min(Number(seconds), 86_400) * SECOND
  const said = answer.header('yanxin-fault')
  const code = isCode(said) && said !== 'internal' ? said : (meanings[status] ?? (status >= 500 ? 'busy' : 'refused'))
  return new Fault(code, { text: `${status} ${answer.body.statusMessage ?? ''}`.trim(), detail: { status, ...(after > 0 && { after }) } })
}
