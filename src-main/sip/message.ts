import type { Headers } from './headers'

/** RFC 3261 7.1. `uri` is kept as it stood in the request line. */
export interface SipRequest {
  kind: 'request'
  method: string
  uri: string
  headers: Headers
  body: Uint8Array
}

/** RFC 3261 7.2. */
export interface SipResponse {
  kind: 'response'
  status: number
  reason: string
  headers: Headers
  body: Uint8Array
}

export type SipMessage = SipRequest | SipResponse

export const noBody = new Uint8Array(0)
