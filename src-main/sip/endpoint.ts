import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import type { Log } from '../base/log'
import { checkMessage } from './check'
import type { Checked } from './check'
import { ClientTransactions } from './client-transactions'
import type { Flow } from './flow'
import type { Headers } from './headers'
import { statusOf } from './incoming'
import type { Incoming } from './incoming'
import { ClientInvites } from './invite'
import type { ClientInvite, InviteHearer } from './invite'
import { noBody } from './message'
import type { SipMessage, SipRequest, SipResponse } from './message'
import { markTopVia } from './received'
import { Received, ReceivedInvite } from './received-request'
import { ServerTransactions } from './server-transactions'
import { splitAll } from './text'
import { readUri } from './uri'
import { magicCookie } from './via'

export interface EndpointOptions {
  clock: Clock
  ids: Ids
  log: Log
  /** Goes out as User-Agent in requests and Server in responses. */
  userAgent: string
  /** Option tags of Require that the handler honours (RFC 3261 8.2.2.3). @default none */
  extensions?: readonly string[]
  /** URI schemes of a Request-URI. @default sip, sips, tel */
  schemes?: readonly string[]
  /** It relays for others, so Max-Forwards 0 ends here unless the request is for the server itself (RFC 3261 16.3). @default false */
  forwards?: boolean
}

export interface OutgoingRequest {
  method: string
  uri: string
  /** From, To and what the request is about; Via, Max-Forwards, Call-ID, CSeq and From's tag are added where they lack. */
  headers: Headers
  body?: Uint8Array
}

export type Handler = (incoming: Incoming) => void | Promise<void>

/** Who knows the dialogs of an endpoint, see `Dialogs`. */
export interface DialogRequests {
  /** Who answers a request whose To has parameters; nothing when it stands in no dialog and is not refused for that. @throws Fault `malformed` */
  handlerOf(incoming: Incoming): Handler | undefined
  acknowledged(ack: SipRequest): void
}

/** Requests and responses over flows: the transactions of RFC 3261 17 for reliable transports, client and server side. */
export class Endpoint {
  readonly #options: EndpointOptions
  readonly #extensions: Set<string>
  readonly #schemes: Set<string>
  readonly #client: ClientTransactions
  readonly #invites: ClientInvites
  readonly #server = new ServerTransactions()
  #handler: Handler = (incoming) => incoming.reply(501)
  #dialogs: DialogRequests | undefined

  constructor(options: EndpointOptions) {
    this.#options = options
    this.#extensions = new Set(options.extensions)
    this.#schemes = new Set(options.schemes ?? ['sip', 'sips', 'tel'])
    this.#client = new ClientTransactions(options.clock, options.ids.token(16))
    this.#invites = new ClientInvites(options.clock, options.log)
  }

  /** Who answers requests. What it throws is answered too: a Fault by its code, anything else with 500. */
  onRequest(handler: Handler): void {
    this.#handler = handler
  }

  /** Who is asked first about a request in a dialog, and hears every ACK. */
  onDialogRequest(dialogs: DialogRequests): void {
    this.#dialogs = dialogs
  }

  /** Listens to a flow until it closes. */
  attach(flow: Flow): void {
    flow.events.on('message', (message, read = checkMessage(message)) => this.#receive(flow, message, read))
    flow.events.on('closed', () => {
      this.#client.lost(flow)
      this.#invites.lost(flow)
      this.#server.lost(flow)
    })
  }

  /**
   * Sends a request, which is no INVITE, and resolves with its final response, whatever it says.
   * @param options.timeout ms. @default 32_000 (timer F of RFC 3261 17.1.2.2)
   * @throws Fault `no-answer`, `connection-lost`
   */
  request(flow: Flow, request: OutgoingRequest, options: { timeout?: number } = {}): Promise<SipResponse> {
    return new Promise((resolve, reject) => {
      this.send(flow, request, (answer) => (answer instanceof Fault ? reject(answer) : resolve(answer)), options)
    })
  }

  /** `request` for who sends thousands a second: `hear` is called once, at once on a closed flow. */
  send(flow: Flow, request: OutgoingRequest, hear: (answer: SipResponse | Fault) => void, options: { timeout?: number } = {}): void {
    if (flow.closed) return hear(new Fault('connection-lost', { text: 'the flow is closed' }))
    const branch = this.#client.add(flow, request.method, options.timeout, hear)
    flow.send(this.#outgoing(flow, request, branch))
  }

  /** Sends an INVITE, see `InviteHearer`; on a closed flow `hear` is called at once. The ACK of a 2xx is the hearer's to send (RFC 3261 13.2.2.4). */
  invite(flow: Flow, request: OutgoingRequest, hear: InviteHearer): ClientInvite | undefined {
    if (flow.closed) {
      hear(new Fault('connection-lost', { text: 'the flow is closed' }))
      return undefined
    }
    const branch = magicCookie + this.#options.ids.token(16)
    const outgoing = this.#outgoing(flow, request, branch)
    const invite = this.#invites.add(flow, branch, outgoing, hear)
    flow.send(outgoing)
    return invite
  }

  /** Sends the ACK of a 2xx, a request that nothing answers. */
  acknowledge(flow: Flow, ack: OutgoingRequest): void {
    flow.send(this.#outgoing(flow, ack, magicCookie + this.#options.ids.token(16)))
  }

  #outgoing(flow: Flow, request: OutgoingRequest, branch: string): SipRequest {
    const { ids } = this.#options
    const { method, uri } = request
    const headers = request.headers.below('Via', `SIP/2.0/${viaTransport(flow)} ${sentBy(flow)};branch=${branch};rport`)
    if (!headers.has('Max-Forwards')) headers.append('Max-Forwards', '70')
    if (!headers.has('Call-ID')) headers.append('Call-ID', ids.token())
    if (!headers.has('CSeq')) headers.append('CSeq', `1 ${method}`)
    const from = headers.get('From')
    if (from !== undefined && !/;\s*tag\s*=/i.test(from)) headers.set('From', `${from};tag=${ids.token(10)}`)
    if (!headers.has('User-Agent')) headers.append('User-Agent', this.#options.userAgent)
    return { kind: 'request', method, uri, headers, body: request.body ?? noBody }
  }

  #receive(flow: Flow, message: SipMessage, read: Checked): void {
    if (message.kind === 'response') this.#receiveResponse(flow, message, read)
    else this.#receiveRequest(flow, message, read)
  }

  #receiveResponse(flow: Flow, response: SipResponse, { via, method }: Checked): void {
    // RFC 3261 18.1.2: a branch that is not ours (RFC 4475 3.3.10), or a second Via (8.1.3.3): not for us.
    const isOurs = via.rest === '' && response.headers.count('Via') === 1
    const isOfInvite = method === 'INVITE' || method === 'CANCEL'
    if (isOurs && (isOfInvite ? this.#invites : this.#client).answer(flow, via.branch, method, response)) return
    this.#options.log.debug({ flow: flow.id, status: response.status }, 'a response that nothing waits for')
  }

  #receiveRequest(flow: Flow, request: SipRequest, { via, to }: Checked): void {
    markTopVia(request.headers, flow, via)
    // That of a refusal ends its transaction (RFC 3261 17.2.1), and no dialog waits for it.
    if (request.method === 'ACK') return this.#dialogs?.acknowledged(request)
    const known = this.#server.find(flow, request, via)
    if (known) {
      // RFC 3261 17.2.2: a repeated request gets the same answer again, and none while it is being worked on.
      if (known.answer) flow.send(known.answer)
      return
    }
    const incoming = request.method === 'INVITE' ? new ReceivedInvite(this.#options, flow, request, via) : new Received(this.#options, flow, request, via)
    this.#server.begin(incoming)
    if (request.method === 'CANCEL') return this.#cancel(incoming)
    try {
      if (this.#refuse(incoming)) return
      // A To that ends with its address has no tag.
      const handler = this.#dialogs && !to.endsWith('>') ? (this.#dialogs.handlerOf(incoming) ?? this.#handler) : this.#handler
      handler(incoming)?.catch((thrown: unknown) => this.#threw(incoming, thrown))
    } catch (thrown) {
      this.#threw(incoming, thrown)
    }
  }

  /** What no handler needs to see; true when it was answered. */
  #refuse(incoming: Incoming): boolean {
    const { uri, headers } = incoming.request
    // RFC 3261 8.2.2.1; RFC 4475 3.3.2 and 3.3.3
    const scheme = uri.slice(0, Math.max(0, uri.indexOf(':')))
    if (!this.#schemes.has(scheme) && !this.#schemes.has(scheme.toLowerCase())) {
      incoming.reply(416)
      return true
    }
    if (headers.has('Require') || headers.has('Proxy-Require')) {
      // RFC 3261 8.2.2.3 and 16.3; RFC 4475 3.3.5
      const foreign = splitAll([...headers.all('Require'), ...headers.all('Proxy-Require')]).filter((tag) => !this.#extensions.has(tag))
      if (foreign.length > 0) {
        incoming.reply(420, undefined, { headers: [['Unsupported', foreign.join(', ')]] })
        return true
      }
    }
    // RFC 3261 16.3; RFC 4475 3.3.11
    if (this.#options.forwards && Number(headers.get('Max-Forwards') ?? 70) === 0 && readUri(uri).user !== '') {
      incoming.reply(483)
      return true
    }
    return false
  }

  // RFC 3261 9.2
  #cancel(incoming: Received): void {
    const cancelled = this.#server.find(incoming.flow, incoming.request, incoming.via, 'INVITE')
    if (!cancelled) return incoming.reply(481)
    incoming.reply(200)
    if (cancelled instanceof ReceivedInvite) cancelled.cancel()
  }

  #threw(incoming: Incoming, thrown: unknown): void {
    const fault = Fault.from(thrown)
    const status = statusOf(fault)
    const fields = { flow: incoming.flow.id, method: incoming.request.method, code: fault.code, status }
    if (status === 500) this.#options.log.error({ ...fields, err: thrown }, 'a request handler threw')
    else this.#options.log.info(fields, 'a request was refused')
    incoming.reply(status)
  }
}

/** RFC 3261 18.1.1, RFC 7118 5.1; a pair counts as TCP. */
const viaTransports = { tcp: 'TCP', tls: 'TLS', ws: 'WS', wss: 'WSS', pair: 'TCP' }
const viaTransport = (flow: Flow): string => viaTransports[flow.transport]

function sentBy({ local: { host, port } }: Flow): string {
  const name = host.includes(':') ? `[${host}]` : host || 'localhost.invalid'
  return port === 0 ? name : `${name}:${port}`
}
