import type { Flow } from '../sip/flow'
import { addressOfRecord } from '../sip/uri'
import { readNameAddress } from '../sip/name-address'
import type { Account } from './accounts'
import type { Binding } from './device'

/** One connection to the server: who has authenticated on it, and which devices it reaches. */
export class Peer {
  /** Accounts that showed their password here; the connection is trusted for them until it closes. */
  readonly accounts = new Set<Account>()
  readonly bindings = new Set<Binding>()
  /** When it was last heard, ms of the steady clock. */
  heardAt: number
  /** Seconds between its keep-alives, when it registered by RFC 5626. */
  flowTimer: number | undefined

  constructor(readonly flow: Flow, now: number) {
    this.heardAt = now
  }
}

/** The address of record in a From, To or P-Preferred-Identity. @throws Fault `malformed` */
export function addressIn(value: string): string {
  // The usual form, without reading the parameters; what could be mistaken has a quote in front.
  const open = value.indexOf('<')
  const close = value.indexOf('>', open)
  if (open >= 0 && close > open && !value.includes('"')) return addressOfRecord(value.slice(open + 1, close))
  return addressOfRecord(readNameAddress(value).uri)
}
