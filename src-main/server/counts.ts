import type { FaultCode } from '../contract/faults'

/** What a server counts from its start: plain numbers, read by whoever watches. */
export interface ServerCounts {
  connections: number
  /** REGISTERs that were answered with 200, refreshes among them. */
  registrations: number
  /** Bindings that ran out without a refresh. */
  registrationsExpired: number
  /** Wrong names or passwords. */
  authenticationFailures: number
  /** Tries that were not looked at, because too many before were wrong. */
  authenticationThrottled: number
  /** Messages that were kept: texts, and receipts apart from them. */
  messagesTaken: number
  receiptsTaken: number
  /** Typing and the like: passed on to who was there, or not, and never kept. */
  transientTaken: number
  /** What could not be read as SIP. */
  malformed: number
  /** Connections that were closed because their host had too many on which nobody signed in. */
  strangersClosed: number
  /** Requests that were refused, by the code of their fault. */
  refused: ReadonlyMap<FaultCode, number>
}
