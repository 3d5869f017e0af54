import type { ServerResponse } from 'node:http'
import { Fault } from '../../base/faults'
import type { FaultCode } from '../../contract/faults'
import { faultHeader } from '../refusals'

/** What a request is answered that cannot be served, by fault. Retry-After in seconds. */
const answers: Partial<Record<FaultCode, { status: number; retryAfter?: number }>> = {
  malformed: { status: 400 },
  'file-empty': { status: 400 },
  'not-allowed': { status: 405 },
  'not-yourself': { status: 403 },
  'file-gone': { status: 404 },
  expired: { status: 410 },
  'too-large': { status: 413 },
  'file-too-large': { status: 413 },
  'bad-type': { status: 415 },
  'file-damaged': { status: 416 },
  'quota-reached': { status: 507 },
  busy: { status: 503, retryAfter: 2 },
  closed: { status: 503, retryAfter: 5 },
  'disk-full': { status: 503, retryAfter: 60 },
  'disk-broken': { status: 500 },
}

/** Goes with every answer: nothing of it may run, be embedded, or be taken for what it is not. */
export const safeHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
} as const

export interface Answer {
  status: number
  type?: string
  text?: string
  headers?: Record<string, string | string[]>
}

/** A short answer; its sender still has to end it. Answers false where one has begun already. */
export function write(response: ServerResponse, { status, type = 'text/plain; charset=utf-8', text = '', headers }: Answer): boolean {
  if (response.headersSent || response.destroyed) return false
  const length = Buffer.byteLength(text)
  response.writeHead(status, {
    ...safeHeaders, 'Cache-Control': 'no-store', ...(length && { 'Content-Type': type }), ...(status !== 204 && { 'Content-Length': length }), ...headers,
  })
  if (length) response.write(text)
  else response.flushHeaders()
  return true
}

/** What the fault of a request is answered. */
export function refusal(thrown: unknown): { fault: Fault; answer: Answer } {
  const fault = Fault.from(thrown)
  const known = answers[fault.code] ?? { status: 500 }
  const { status: own, retryAfter: after, allow } = fault.detail
  const status = typeof own === 'number' ? own : known.status
  const retryAfter = typeof after === 'number' ? after : known.retryAfter
  const words = status === 500 ? 'an error of this server' : fault.message
  return {
    fault,
    answer: { status, text: `${words}\n`, headers: { [faultHeader]: fault.code, ...(typeof allow === 'string' && { Allow: allow }), ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }) } },
  }
}
