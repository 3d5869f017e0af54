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
  /** When it was last heard, ms. */
  heardAt: number
  /** Seconds between its keep-alives, when it registered by RFC 5626. */
  flowTimer: number | undefined
  #fromText: string | undefined
  #fromAddress = ''

  constructor(readonly flow: Flow, now: number) {
    this.heardAt = now
  }

  /** The address of record in a From; a connection says the same one again and again. @throws Fault `malformed` */
  addressIn(from: string): string {
    if (from !== this.#fromText) {
      this.#fromAddress = addressOfRecord(readNameAddress(from).uri)
      this.#fromText = from
    }
    return this.#fromAddress
  }

  /** The same for P-Preferred-Identity, which is rarer. @throws Fault `malformed` */
  preferredIn(value: string): string {
    return addressOfRecord(readNameAddress(value).uri)
  }
}
