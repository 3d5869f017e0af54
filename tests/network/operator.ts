import type { Clock } from '../../src-main/base/clock'
import type { Ids } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { checkCredentials, ha1, makeChallenges, type Algorithm } from '../../src-main/sip/digest'
import { Dialogs } from '../../src-main/sip/dialogs'
import { Endpoint } from '../../src-main/sip/endpoint'
import type { Flow } from '../../src-main/sip/flow'
import { Headers } from '../../src-main/sip/headers'
import type { Incoming } from '../../src-main/sip/incoming'
import type { SipRequest, SipResponse } from '../../src-main/sip/message'
import { Nonces } from '../../src-main/sip/nonces'
import { pairFlows } from '../../src-main/sip/pair'

export const mei = 'sip:mei@office.example'
export const lan = 'sip:lan@office.example'

/** A tiny operator over pairs in memory: it challenges, registers, and answers what a test tells it to. */
export class Operator {
  password = 'plum blossom'
  algorithms: readonly Algorithm[] = ['SHA-256', 'MD5']
  /** What a REGISTER is answered once its password was shown. */
  onRegister = (incoming: Incoming): void =>
    incoming.reply(200, 'OK', { headers: [['Contact', `${incoming.request.headers.get('Contact')!};expires=${this.expires}`], ['Flow-Timer', '30'], ...this.announces] })
  onMessage = (incoming: Incoming): void => incoming.reply(200)
  onOptions = (incoming: Incoming): void => incoming.reply(200)
  /** INVITE, REFER, SUBSCRIBE: what a focus is asked. */
  onOther = (incoming: Incoming): void => incoming.reply(405)
  /** What a REGISTER's 200 says besides. */
  readonly announces: [string, string][] = []
  expires = 600
  challengesMessages = false
  /** Says no to connections. */
  refusesConnections = false
  readonly requests: SipRequest[] = []
  readonly flows: Flow[] = []
  readonly nonces: Nonces
  readonly endpoint: Endpoint
  readonly dialogs: Dialogs
  readonly #clock: Clock
  #cseq = 0

  constructor({ clock, ids }: { clock: Clock; ids: Ids }) {
    this.#clock = clock
    this.nonces = new Nonces({ clock, lifetime: 60_000 })
    this.endpoint = new Endpoint({ clock, ids, log: silentLog, userAgent: 'operator', extensions: ['outbound', 'recipient-list-invite', 'multiple-refer', 'norefersub'] })
    this.dialogs = new Dialogs({ endpoint: this.endpoint, clock, ids, log: silentLog })
    this.endpoint.onRequest((incoming) => {
      this.requests.push(incoming.request)
      const { method } = incoming.request
      if (method === 'REGISTER') return this.#proves(incoming, 'Authorization') ? this.onRegister(incoming) : undefined
      if (method === 'MESSAGE') return !this.challengesMessages || this.#proves(incoming, 'Proxy-Authorization') ? this.onMessage(incoming) : undefined
      if (method === 'OPTIONS') return this.onOptions(incoming)
      this.onOther(incoming)
    })
  }

  readonly connect = async (): Promise<Flow> => {
    if (this.refusesConnections) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    const [client, server] = pairFlows({ clock: this.#clock })
    this.flows.push(server)
    this.endpoint.attach(server)
    return client
  }

  of(method: string): SipRequest[] {
    return this.requests.filter((request) => request.method === method)
  }

  /** Sends a MESSAGE to the client over its newest flow. */
  says(headers: [string, string][], body: Uint8Array | string, from = lan): Promise<SipResponse> {
    this.#cseq++
    return this.endpoint.request(this.flows.at(-1)!, {
      method: 'MESSAGE', uri: mei, body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
      headers: new Headers([['From', `<${from}>;tag=x${this.#cseq}`], ['To', `<${mei}>`], ['Call-ID', `call-${this.#cseq}`], ['CSeq', '1 MESSAGE'], ...headers]),
    })
  }

  #proves(incoming: Incoming, header: 'Authorization' | 'Proxy-Authorization'): boolean {
    const { request } = incoming
    const ha1s = Object.fromEntries(this.algorithms.map((algorithm) => [algorithm, ha1(algorithm, 'mei', 'office.example', this.password)]))
    const verdict = checkCredentials({
      header: request.headers.get(header), realm: 'office.example', ha1: ha1s, method: request.method, requestUri: request.uri, nonces: this.nonces,
    })
    if (verdict.ok) return true
    const isProxy = header === 'Proxy-Authorization'
    incoming.reply(isProxy ? 407 : 401, undefined, {
      headers: makeChallenges({ realm: 'office.example', nonce: this.nonces.make(), algorithms: this.algorithms, stale: verdict.reason === 'stale' })
        .map((value): [string, string] => [isProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate', value]),
    })
    return false
  }
}
