import { backoff } from '../base/backoff'
import { MINUTE, SECOND, type Clock, type Timer } from '../base/clock'
import { Events } from '../base/events'
import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import type { Log } from '../base/log'
import type { LinkView } from '../contract/calls'
import type { Incoming } from '../sip/incoming'
import { Dialogs } from '../sip/dialogs'
import { Endpoint } from '../sip/endpoint'
import type { Flow } from '../sip/flow'
import { Headers } from '../sip/headers'
import { accept, invite, type InvitationAnswer } from '../sip/invitation'
import type { InviteSession, SessionUser } from '../sip/invite-session'
import { noBody, type SipRequest, type SipResponse } from '../sip/message'
import { subscribe } from '../sip/subscription'
import { faultOf } from './answers'
import { Credentials } from './credentials'
import { KeepAlive } from './keep-alive'
import { dialogContact, register, registrarOf, unregister, type Registered, type RegisterParts } from './register'
import { newDialogHeaders, retryAfter, type HeaderList } from './requests'
import { watchMachine } from './watch'

/** RFC 5626 4.5 starts at 30 s; a person who watches does not wait that long for a relay that was only restarted. */
const waits = { first: 1 * SECOND, longest: 2 * MINUTE }
/** How long a connection may take to open, in ms. */
const connectTime = 15 * SECOND
/** A link that broke sooner than this after it came up counts as another failed try, in ms. */
const settledAfter = 10 * SECOND
/**
 * When a registration is repeated early, in ms. COMPAT(kamailio): its store hands over only when somebody registers, and
 * what was on the way to a flow that had died comes to the store when nobody has answered for 32 s (RFC 3261 timer F).
 */
const stragglersAfter = 40 * SECOND
/** How long signing out waits for the server's answer, in ms. */
const goodbyeTime = 2 * SECOND
/** How long an INVITE of ours may stay without a final answer: those that answer are programs, ms. */
const answerTime = 30 * SECOND

/** A session that ends as soon as it began. */
const noSession: SessionUser = { request: (incoming) => incoming.reply(481), ended() {} }

//            .--------------------- wake ----------------------.
//            v                                                 |
// offline --start--> connecting --flow--> registering --200--> online (refreshes at half, pings)
//                      ^   |                  |   |               |
//                      |   '------fault-------+---|-----lost------'
//                      |                      v   |
//                      '--timer, wake---- waiting '--wrong password, refused--> stopped
// any --stop--> offline
type State =
  | { at: 'offline' }
  | { at: 'connecting'; attempt: number; limit: Timer }
  | { at: 'registering'; attempt: number; flow: Flow }
  | { at: 'online'; attempt: number; flow: Flow; since: number; refresh: Timer; keepAlive: KeepAlive; fileLimit: number | undefined; textLimit: number | undefined }
  | { at: 'waiting'; attempt: number; until: number; timer: Timer; fault: Fault }
  | { at: 'stopped'; fault: Fault }

export interface SessionOptions {
  /** Address of record. */
  account: string
  /** The user name for digest. @default the user part of `account` */
  username?: string
  password: string
  /** RFC 5626 4.1: the same for as long as this account lives here, e.g. `urn:uuid:…`. */
  instance: string
  /** Opens a flow to the relay: TCP, TLS, or one end of a pair. */
  connect(): Promise<Flow>
  /** The feature parameters of our Contact, as they are written there. */
  features: string
  userAgent: string
  /** The machine's own addresses, to notice that it moved to another network. */
  addresses(): string[]
  clock: Clock
  ids: Ids
  random: () => number
  log: Log
}

export interface SessionEvents {
  link: [link: LinkView]
  /** Requests can be sent from now on. */
  online: [registered: Registered]
  /** They cannot any more. */
  offline: []
  /** A request came in; it must be answered with `reply`. */
  request: [incoming: Incoming]
}

/** What is sent within the session; From, To, Call-ID and CSeq are the session's work unless they are given. */
export interface OutgoingRequest {
  method: string
  /** Address of record of the other party. */
  to: string
  headers?: readonly (readonly [name: string, value: string])[]
  body?: Uint8Array
  callId?: string
}

/** Keeps one account registered over one flow (RFC 3261 10, RFC 5626) and sends its requests there. */
export class Session {
  readonly events = new Events<SessionEvents>()
  readonly #options: SessionOptions
  readonly #endpoint: Endpoint
  readonly #dialogs: Dialogs
  readonly #credentials: Credentials
  readonly #register: RegisterParts
  #state: State = { at: 'offline' }
  #watch: Timer | undefined

  constructor(options: SessionOptions) {
    const { account, instance, features, password, clock, ids, log, userAgent } = options
    this.#options = options
    this.#endpoint = new Endpoint({ clock, ids, log, userAgent })
    this.#endpoint.onRequest((incoming) => this.events.emit('request', incoming))
    const username = options.username ?? userOf(account)
    this.#credentials = new Credentials({ username, password, ids })
    this.#dialogs = new Dialogs({ endpoint: this.#endpoint, clock, ids, log, credentials: this.#credentials })
    this.#register = { account, instance, features, callId: ids.token(), tag: ids.token(10), cseq: 0, expires: 3600 }
  }

  get link(): LinkView {
    return viewOf(this.#state)
  }

  /** RFC 3261 10: registers and stays registered until `stop`. */
  start(): void {
    if (this.#state.at !== 'offline' && this.#state.at !== 'stopped') return
    this.#watch ??= this.#look()
    void this.#connect(1)
  }

  /** The system says that the machine slept: its own watch, which would notice seconds later, begins anew. */
  woke(): void {
    if (!this.#watch) return
    this.#watch.cancel()
    this.#watch = this.#look()
    this.#again('the machine woke')
  }

  /** Tells the server, waits at most 2 s for its answer, and closes. */
  async stop(): Promise<void> {
    this.#watch?.cancel()
    this.#watch = undefined
    const state = this.#state
    this.#enter({ at: 'offline' })
    if (state.at === 'online') {
      await unregister(this.#register, state.flow, (request) => this.#exchange(state.flow, request, goodbyeTime))
        .catch((thrown: unknown) => this.#options.log.debug({ fault: Fault.from(thrown).view() }, 'not un-registered'))
    }
    if ('flow' in state) state.flow.close()
  }

  /**
   * Sends a request over the flow and resolves with its final answer; a challenge is answered on the way.
   * @throws Fault `connection-lost` when there is no flow, `no-answer`
   */
  async request({ method, to, headers = [], body, callId }: OutgoingRequest): Promise<SipResponse> {
    const { account, ids } = this.#options
    return this.#exchange(this.#flow, {
      method, uri: to, body,
      headers: (cseq) => [
        ...newDialogHeaders({ from: account, to, callId: callId ?? ids.token(), tag: this.#register.tag, cseq, method }),
        ...headers,
      ],
    })
  }

  /**
   * Sends an INVITE (RFC 3261 13) and resolves with its final answer. A session that came of it has ended by then: who takes part in
   * a group stays in it without one.
   * @throws Fault `connection-lost`, `no-answer`
   */
  async invite({ uri, to, headers, body }: { uri: string; to: string; headers: HeaderList; body?: Uint8Array }): Promise<SipResponse> {
    const answer = await this.open({ uri, to, headers, ...(body && { body }) }, noSession)
    if (answer.kind === 'accepted') await answer.session.bye()
    return answer.response
  }

  /** As `invite`, with a session that stays until one side ends it. @throws Fault `connection-lost`, `no-answer` */
  async open({ uri, to, headers, body }: { uri: string; to: string; headers: HeaderList; body?: Uint8Array }, user: SessionUser): Promise<InvitationAnswer> {
    return invite(this.#dialogs, this.#flow, { ...this.#opening(to), uri, headers, ...(body && { body }) }, user, { ring: answerTime }).answer
  }

  /** Accepts an INVITE that came as a request. @throws Fault `connection-lost`, `cancelled`, `malformed` */
  accept(incoming: Incoming, answer: { headers: HeaderList; body: Uint8Array }, user: SessionUser): InviteSession {
    return accept(this.#dialogs, incoming, { ...answer, contact: this.contact() }, user)
  }

  /**
   * Asks once for a state (RFC 6665 4.4.3) and resolves with the NOTIFY.
   * @throws Fault `connection-lost`, `no-answer`, or what a refusal means
   */
  async fetch({ to, event, accept, headers }: { to: string; event: string; accept: string; headers: HeaderList }): Promise<SipRequest> {
    const opening = { ...this.#opening(to), uri: to, event, accept, headers, expires: 0 }
    const flow = this.#flow
    return new Promise((resolve, reject) => {
      subscribe(this.#dialogs, flow, opening, {
        notified: resolve,
        ended: (end) => reject(end.by === 'refused' ? faultOf(end.response) : end.by === 'fault' ? end.fault : new Fault('no-answer')),
      })
    })
  }

  /** Our Contact for what makes a dialog. @throws Fault `connection-lost` */
  contact(): string {
    return dialogContact(this.#register, this.#flow)
  }

  get #flow(): Flow {
    if (this.#state.at !== 'online') throw new Fault('connection-lost')
    return this.#state.flow
  }

  #opening(to: string): { from: string; to: string; contact: string } {
    return { from: `<${this.#options.account}>`, to: `<${to}>`, contact: this.contact() }
  }

  async #connect(attempt: number): Promise<void> {
    const { connect, clock } = this.#options
    const limit = clock.after(connectTime, () => {
      if (this.#state === connecting) this.#failed(new Fault('cannot-connect', { text: 'no answer' }), attempt)
    })
    const connecting: State = { at: 'connecting', attempt, limit }
    this.#enter(connecting)
    try {
      const flow = await connect()
      if (this.#state !== connecting) return flow.close()
      flow.events.on('closed', (fault) => this.#lost(flow, fault ?? new Fault('connection-lost')))
      this.#endpoint.attach(flow)
      await this.#registerOver(flow, attempt)
    } catch (thrown) {
      if (this.#state === connecting) this.#failed(Fault.from(thrown, 'cannot-connect'), attempt)
    }
  }

  async #registerOver(flow: Flow, attempt: number): Promise<void> {
    const registering: State = { at: 'registering', attempt, flow }
    this.#enter(registering)
    try {
      const registered = await register(this.#register, flow, (request) => this.#exchange(flow, request))
      if (this.#state === registering) this.#cameOnline(flow, attempt, registered)
    } catch (thrown) {
      if (this.#state === registering) this.#failed(Fault.from(thrown), attempt)
    }
  }

  #cameOnline(flow: Flow, attempt: number, registered: Registered): void {
    const { account, clock, random, log } = this.#options
    const keepAlive = new KeepAlive({
      flow, clock, random, flowTimer: registered.flowTimer,
      ask: () => this.request({ method: 'OPTIONS', to: registrarOf(account) }),
      dead: () => flow.close(new Fault('connection-lost', { text: 'no pong' })),
    })
    this.#enter({ at: 'online', attempt, flow, since: clock.steady(), keepAlive, fileLimit: registered.contentServer?.limit, textLimit: registered.large?.limit, refresh: this.#refreshAfter(flow, registered, registered.knowsFlows ? Infinity : stragglersAfter) })
    log.info({ flow: flow.id, expires: registered.expires }, 'registered')
    this.events.emit('online', registered)
  }

  /** RFC 3261 10.2.4 leaves the moment to us: at half of the time, so that a lost try can be repeated. */
  #refreshAfter(flow: Flow, { expires }: Registered, atMost = Infinity): Timer {
    return this.#options.clock.after(Math.min((expires * SECOND) / 2, atMost), () => void this.#refresh(flow))
  }

  async #refresh(flow: Flow): Promise<void> {
    const state = this.#state
    if (state.at !== 'online' || state.flow !== flow) return
    try {
      const registered = await register(this.#register, flow, (request) => this.#exchange(flow, request))
      if (this.#state === state) state.refresh = this.#refreshAfter(flow, registered)
    } catch (thrown) {
      if (this.#state === state) this.#failed(Fault.from(thrown), 1)
    }
  }

  async #exchange(flow: Flow, request: Exchange, timeout?: number): Promise<SipResponse> {
    const { method, uri, body = noBody } = request
    // A challenge of an earlier request, the challenge that comes then, and once more when its nonce was stale.
    for (let tried = 0; ; tried++) {
      const headers = new Headers([...request.headers(++this.#register.cseq), ...this.#credentials.authorize(method, uri, body)])
      const response = await this.#endpoint.request(flow, { method, uri, headers, body }, timeout === undefined ? {} : { timeout })
      if ((response.status !== 401 && response.status !== 407) || tried === 2) return response
      if (this.#credentials.learn(method, response, tried > 0) !== 'again') return response
    }
  }

  #failed(fault: Fault, attempt: number): void {
    const { clock, random, log } = this.#options
    log.warn({ fault: fault.view(), attempt }, 'not registered')
    if (['wrong-password', 'refused', 'bad-certificate', 'changed-certificate'].includes(fault.code)) {
      this.#enter({ at: 'stopped', fault })
      return
    }
    const wait = Math.max(backoff(attempt, random(), waits), retryAfter(fault))
    const timer = clock.after(wait, () => void this.#connect(attempt + 1))
    this.#enter({ at: 'waiting', attempt, until: clock.now() + wait, timer, fault })
  }

  #lost(flow: Flow, fault: Fault): void {
    const state = this.#state
    if (!('flow' in state) || state.flow !== flow) return
    const settled = state.at === 'online' && this.#options.clock.steady() - state.since >= settledAfter
    this.#failed(fault, settled ? 1 : state.attempt)
  }

  #look(): Timer {
    return watchMachine(this.#options.clock, this.#options.addresses, {
      woke: () => this.#again('the machine woke'),
      networkChanged: (left) => this.#moved(left),
    })
  }

  /** Whatever it was doing, it connects anew: what it knew of the network is no longer true. */
  #again(reason: string): void {
    if (this.#state.at === 'offline' || this.#state.at === 'stopped') return
    this.#options.log.info({ reason }, 'connects anew')
    void this.#connect(1)
  }

  /** A flow whose own address is still there may have survived: it is asked for a sign of life. */
  #moved(addresses: readonly string[]): void {
    const state = this.#state
    const kept = state.at === 'online'
      && (state.flow.transport === 'pair' || isLoopback(state.flow.local.host) || addresses.includes(state.flow.local.host))
    if (kept) state.keepAlive.probe()
    else this.#again('the network changed')
  }

  #enter(next: State): void {
    const last = this.#state
    this.#state = next
    if (last.at === 'connecting') last.limit.cancel()
    if (last.at === 'waiting') last.timer.cancel()
    if (last.at === 'online') {
      last.refresh.cancel()
      last.keepAlive.stop()
    }
    // Going offline keeps the flow for the last REGISTER; every other way out of it ends it.
    if ('flow' in last && next.at !== 'offline' && !('flow' in next && next.flow === last.flow)) last.flow.close()
    if (last.at === 'online' && next.at !== 'online') this.events.emit('offline')
    this.events.emit('link', viewOf(next))
  }
}

/** A request whose CSeq is filled in for every try. */
export interface Exchange {
  method: string
  uri: string
  headers(cseq: number): HeaderList
  body?: Uint8Array | undefined
}

/** The user part of an address, as it is said to who asks for a password. */
export const userOf = (account: string): string => decodeURIComponent(account.replace(/^[a-z]+:/i, '').split('@')[0]!)
const isLoopback = (host: string): boolean => host === '::1' || host.startsWith('127.') || host.startsWith('::ffff:127.')

function viewOf(state: State): LinkView {
  switch (state.at) {
    case 'offline': return { at: 'signed-out' }
    case 'connecting':
    case 'registering': return { at: 'connecting', attempt: state.attempt }
    case 'online': {
      const { fileLimit, textLimit } = state
      return { at: 'online', ...(fileLimit !== undefined && { fileLimit }), ...(textLimit !== undefined && { textLimit }) }
    }
    case 'waiting': return { at: 'waiting', until: state.until, attempt: state.attempt, fault: state.fault.view() }
    case 'stopped': return { at: 'stopped', fault: state.fault.view() }
  }
}
