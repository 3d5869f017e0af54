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

/** A request that has to prove whose it is. */
export interface Asking {
  method: string
  /** The request URI of SIP, or HTTP's request target. */
  uri: string
  /** Its credentials. */
  header: string | undefined
  /** Where it came from. */
  host: string
  /** Names the connection in the log. */
  flow: string
}

/** Who it is; or what it is to be asked, one value for each algorithm, and whether it was a wrong name or password. */
export type Proof = { account: Account } | { challenges: string[]; isWrong: boolean }

export interface AuthenticationOptions {
  accounts: Accounts
  domain: Domain
  clock: Clock
  log: Log
  /** Told of every wrong name or password, with the host that it came from. */
  refused?: ((username: string, host: string) => void) | undefined
}

/** Digest with SHA-256 and, for older peers, MD5 (RFC 8760). Who has shown the password is trusted on that connection. */
export class Authentication {
  readonly #nonces: Nonces
  readonly #perUser: Throttle
  readonly #perHost: Throttle
  readonly #accounts: Accounts
  readonly #domain: Domain
  readonly #log: Log
  readonly #refused: AuthenticationOptions['refused']
  /** Wrong names or passwords, and tries that were not looked at, since the start: for whoever watches. */
  failures = 0
  throttled = 0

  constructor({ accounts, domain, clock, log, refused }: AuthenticationOptions) {
    this.#refused = refused
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
    const { flow } = peer
    const { method, uri } = incoming.request
    const proof = await this.check({ method, uri, header: this.#credentialsIn(incoming, role), host: flow.remote.host, flow: flow.id })
    if ('account' in proof) {
      if (!flow.closed) peer.accounts.add(proof.account)
      return proof.account
    }
    const headers = proof.challenges.map((value): [string, string] => [role === 'proxy' ? 'Proxy-Authenticate' : 'WWW-Authenticate', value])
    if (proof.isWrong) headers.push(['Warning', `399 ${this.#domain.name} "wrong name or password"`])
    incoming.reply(role === 'proxy' ? 407 : 401, undefined, { headers })
    return undefined
  }

  /**
   * The one check, whatever protocol the request came by.
   * @throws Fault `busy` when too many wrong passwords came from there, `malformed`
   */
  async check(asking: Asking): Promise<Proof> {
    const { header, host } = asking
    const username = header === undefined ? undefined : nameIn(header)
    if (header === undefined || username === undefined) return this.#challenge(false)
    const userKey = `${host} ${username}`
    const wait = Math.max(this.#perUser.wait(userKey), this.#perHost.wait(host))
    if (wait > 0) {
      this.throttled++
      throw new Fault('busy', { text: 'too many wrong passwords, try later', detail: { retryAfter: Math.ceil(wait / SECOND) } })
    }
    let [account, verdict] = this.#verdict(asking, header, username)
    if (!verdict.ok && verdict.reason === 'wrong') {
      // The account or its password may have been made a moment ago by the command line.
      await this.#accounts.look()
      ;[account, verdict] = this.#verdict(asking, header, username)
    }
    if (verdict.ok && account) {
      this.#perUser.right(userKey)
      return { account }
    }
    const reason = verdict.ok ? 'wrong' : verdict.reason
    if (reason === 'malformed') throw new Fault('malformed', { text: 'credentials that cannot be read' })
    if (reason === 'wrong') {
      this.failures++
      this.#perUser.wrong(userKey)
      this.#perHost.wrong(host)
      this.#refused?.(username, host)
      this.#log.warn({ user: username, remote: host, flow: asking.flow }, 'wrong name or password')
    }
    return this.#challenge(reason === 'stale' || reason === 'replayed', reason === 'wrong')
  }

  #verdict({ method, uri }: Asking, header: string, username: string): [Account | undefined, Verdict] {
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

  #challenge(stale: boolean, isWrong = false): Proof {
    return { challenges: makeChallenges({ realm: this.#domain.name, nonce: this.#nonces.make(), stale }), isWrong }
  }
}

function nameIn(header: string): string | undefined {
  try {
    return readCredentials(header)?.username
  } catch (cause) {
    throw new Fault('malformed', { text: 'credentials that cannot be read', cause })
  }
}
