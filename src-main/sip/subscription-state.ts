import { isToken, malformed, readNumber, readParams, writeParams } from './text'

/** RFC 6665 4.1.3: why a subscription ended, and so whether it is worth another try. Others may come. */
export type TerminatedReason = 'deactivated' | 'probation' | 'rejected' | 'timeout' | 'giveup' | 'noresource' | 'invariant'

/** RFC 6665 8.2.3. Times in seconds. */
export interface SubscriptionState {
  /** `active`, `pending` or `terminated`; a state that is unknown counts as active (RFC 6665 4.1.3). */
  state: 'active' | 'pending' | 'terminated'
  expires?: number
  /** A `TerminatedReason`, or one of an extension. */
  reason?: string
  retryAfter?: number
}

/** @throws Fault `malformed` */
export function readSubscriptionState(text: string): SubscriptionState {
  const semicolon = text.indexOf(';')
  const name = (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase()
  if (!isToken(name)) throw malformed('a Subscription-State without a state')
  const params = readParams(text, semicolon < 0 ? text.length : semicolon)
  const read: SubscriptionState = { state: name === 'pending' || name === 'terminated' ? name : 'active' }
  const expires = params.get('expires')
  const reason = params.get('reason')
  const retryAfter = params.get('retry-after')
  if (expires !== undefined) read.expires = readNumber(expires, 2 ** 32 - 1, 'expires')
  if (reason !== undefined) read.reason = reason.toLowerCase()
  if (retryAfter !== undefined) read.retryAfter = readNumber(retryAfter, 2 ** 32 - 1, 'retry-after')
  return read
}

export function writeSubscriptionState({ state, expires, reason, retryAfter }: SubscriptionState): string {
  const params: [string, string][] = []
  if (expires !== undefined) params.push(['expires', String(expires)])
  if (reason !== undefined) params.push(['reason', reason])
  if (retryAfter !== undefined) params.push(['retry-after', String(retryAfter)])
  return `${state}${writeParams(params)}`
}
