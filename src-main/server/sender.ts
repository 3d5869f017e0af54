import { Fault } from '../base/faults'
import type { Incoming } from '../sip/incoming'
import type { Account } from './accounts'
import type { Authentication } from './authentication'
import type { Domain } from './domain'
import { addressIn, type Peer } from './peer'

/** Whose request it is: of the account that the connection is trusted for, or whose password it shows. */
export class Senders {
  readonly #domain: Domain
  readonly #authentication: Authentication

  constructor({ domain, authentication }: { domain: Domain; authentication: Authentication }) {
    this.#domain = domain
    this.#authentication = authentication
  }

  /** The account that the connection is trusted for, when From says that it is the one. @throws Fault `not-yourself` */
  trusted({ request: { headers } }: Incoming, peer: Peer): Account | undefined {
    const from = this.#domain.local(addressIn(headers.get('From')!))
    for (const account of peer.accounts) {
      if (account.address !== from) continue
      this.#checkPreferred(headers.get('P-Preferred-Identity'), account)
      return account
    }
    return undefined
  }

  /** By its password; nothing when it was asked for. @throws Fault `not-yourself`, `busy` */
  async prove(incoming: Incoming, peer: Peer): Promise<Account | undefined> {
    const { headers } = incoming.request
    const hasCredentials = headers.has('Proxy-Authorization') || headers.has('Authorization')
    // Who is known here and says to be somebody else is not asked for a password, but told.
    if (peer.accounts.size && !hasCredentials) throw notYourself(headers.get('From')!)
    const account = await this.#authentication.prove(incoming, peer, 'proxy')
    if (!account) return undefined
    const from = this.#domain.local(addressIn(headers.get('From')!))
    if (account.address !== from) throw notYourself(headers.get('From')!)
    this.#checkPreferred(headers.get('P-Preferred-Identity'), account)
    return account
  }

  /** RFC 3325 9.2: whom the sender wants to be named as must be one of its own. */
  #checkPreferred(preferred: string | undefined, account: Account): void {
    if (preferred === undefined || preferred === `<${account.address}>`) return
    if (this.#domain.local(addressIn(preferred)) !== account.address) throw notYourself(preferred)
  }
}

const notYourself = (from: string): Fault =>
  new Fault('not-yourself', { text: `this connection may not speak as ${from.slice(0, 200)}` })
