import type { Fault } from '../base/faults'
import { Headers } from './headers'
import { noBody } from './message'
import type { SipResponse } from './message'
import { reasonOf } from './reasons'

/**
 * The answer to a request that could not be read whole, from the lines that could: RFC 3261 8.2.6.2 wants Via, From, To,
 * Call-ID and CSeq as they came. Nothing for a response, for an ACK, and where the Via is missing.
 */
export function refusal(head: Uint8Array, fault: Fault, tag: string): SipResponse | undefined {
  const lines = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('utf8').split('\r\n')
  const start = lines[0] ?? ''
  if (!/^[^\s]+\s.*\sSIP\/\d+\.\d+\s*$/i.test(start) || /^(?:SIP\/|ACK\s)/i.test(start)) return undefined
  const came = new Headers()
  for (let i = 1; i < lines.length; i++) {
    const colon = lines[i]!.indexOf(':')
    const name = lines[i]!.slice(0, Math.max(colon, 0)).trim()
    let value = lines[i]!.slice(colon + 1).trim()
    while (/^[ \t]/.test(lines[i + 1] ?? '')) value += ` ${lines[++i]!.trim()}`
    if (name !== '' && !/[\r\n]/.test(value)) came.append(name, value)
  }
  if (!came.has('Via')) return undefined
  const headers = new Headers()
  for (const via of came.all('Via')) headers.add('Via', via)
  for (const name of ['From', 'To', 'Call-ID', 'CSeq']) {
    const value = came.get(name)
    if (value === undefined) continue
    headers.add(name, name === 'To' && !/;\s*tag\s*=/i.test(value) && value.includes(':') ? `${value};tag=${tag}` : value)
  }
  const status = Number(fault.detail.status ?? 400)
  return { kind: 'response', status, reason: status === 400 ? `Bad Request: ${fault.message}` : reasonOf(status), headers, body: noBody }
}
