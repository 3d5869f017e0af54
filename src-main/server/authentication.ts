import type { Clock } from '../base/clock'
import { SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import type { Ha1s, Verdict } from '../sip/digest'
import { checkCredentials, makeChallenges, readCredentials } from '../sip/digest'
import type { Incoming } from '../sip/incoming'
import { Nonces } from '../sip/nonces'
import type { Account, Accounts } from './accounts'
import type { Domain } from './domain'
import type { Peer } from './peer'
import { Throttle } from './throttle'

/** RFC 3261 22: a registrar asks with 401, what passes messages on with 407. */
export type Role = 'registrar' | 'proxy'

/** Digest with SHA-256 and, for older peers, MD5 (RFC 8760). Who has shown the password is trusted on that connection. */
export class Authentication {
  readonly #nonces: Nonces
  readonly #perUser: Throttle
  readonly #perHost: Throttle
  readonly #accounts: Accounts
  readonly #domain: Domain
  readonly #log: Log
  /** Wrong names or passwords, and tries that were not looked at, since the start: for whoever watches. */
  failures = 0
  throttled = 0

  constructor({ accounts, domain, clock, log }: { accounts: Accounts; domain: Domain; clock: Clock; log: Log }) {
    this.#accounts = accounts
    this.#domain = domain
    this.#log = log
    this.#nonces = new Nonces({ clock })
    this.#perUser = new Throttle({ clock })
    // Many people may share an address, so a host gets more tries than a name.
    this.#perHost = new Throttle({ clock, free: 100 })
  }

  /**
   * Who sends this: the account whose password the request proves. Nothing when the request was answered with a challenge.
   * @throws Fault `busy` when too many wrong passwords came from there
   */
  async prove(incoming: Incoming, peer: Peer, role: Role): Promise<Account | undefined> {
    const header = this.#credentialsIn(incoming, role)
    const username = header === undefined ? undefined : nameIn(header)
    if (header === undefined || username === undefined) return this.#challenge(incoming, role, false)
    const { host } = peer.flow.remote
    const userKey = `${host} ${username}`
    const wait = Math.max(this.#perUser.wait(userKey), this.#perHost.wait(host))
    if (wait > 0) {
      this.throttled++
      throw new Fault('busy', { text: 'too many wrong passwords, try later', detail: { retryAfter: Math.ceil(wait / SECOND) } })
    }
    let [account, verdict] = this.#check(incoming, header, username)
    if (!verdict.ok && verdict.reason === 'wrong') {
      // The account or its password may have been made a moment ago by the command line.
      await this.#accounts.look()
      ;[account, verdict] = this.#check(incoming, header, username)
    }
    if (verdict.ok && account) {
      this.#perUser.right(userKey)
      if (!peer.flow.closed) peer.accounts.add(account)
      return account
    }
    const reason = verdict.ok ? 'wrong' : verdict.reason
    if (reason === 'malformed') throw new Fault('malformed', { text: 'credentials that cannot be read' })
    if (reason === 'wrong') {
      this.failures++
      this.#perUser.wrong(userKey)
      this.#perHost.wrong(host)
      this.#log.warn({ user: username, remote: host, flow: peer.flow.id }, 'wrong name or password')
    }
    return this.#challenge(incoming, role, reason === 'stale' || reason === 'replayed', reason === 'wrong')
  }

  #check(incoming: Incoming, header: string, username: string): [Account | undefined, Verdict] {
    const { method, uri } = incoming.request
    const account = this.#accountNamed(username)
    const ha1: Ha1s = account ? { 'SHA-256': account.ha1.sha256, MD5: account.ha1.md5 } : {}
    return [account, checkCredentials({ header, realm: this.#domain.name, ha1, method, requestUri: uri, nonces: this.#nonces })]
  }

  #accountNamed(username: string): Account | undefined {
    try {
      return this.#accounts.find(this.#domain.addressOf(username))
    } catch {
      return undefined
    }
  }

  /** The credentials for our realm; a request may carry others for hops behind. */
  #credentialsIn({ request: { headers } }: Incoming, role: Role): string | undefined {
    const all = role === 'proxy' ? [...headers.all('Proxy-Authorization'), ...headers.all('Authorization')] : headers.all('Authorization')
    if (all.length < 2) return all[0]
    return all.find((value) => value.includes(`"${this.#domain.name}"`)) ?? all[0]
  }

  #challenge(incoming: Incoming, role: Role, stale: boolean, wrong = false): undefined {
    const name = role === 'proxy' ? 'Proxy-Authenticate' : 'WWW-Authenticate'
    const values = makeChallenges({ realm: this.#domain.name, nonce: this.#nonces.make(), stale })
    const headers = values.map((value): [string, string] => [name, value])
    if (wrong) headers.push(['Warning', `399 ${this.#domain.name} "wrong name or password"`])
    incoming.reply(role === 'proxy' ? 407 : 401, undefined, { headers })
  }
}

function nameIn(header: string): string | undefined {
  try {
    return readCredentials(header)?.username
  } catch (cause) {
    throw new Fault('malformed', { text: 'credentials that cannot be read', cause })
  }
}
