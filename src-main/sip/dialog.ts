import { Fault } from '../base/faults'
import { readCSeq } from './cseq'
import type { Handler, OutgoingRequest } from './endpoint'
import type { Flow } from './flow'
import { Headers } from './headers'
import type { HeaderList, Incoming } from './incoming'
import type { SipRequest, SipResponse } from './message'
import { contactOf, readContacts, readNameAddress, tagOf, writeNameAddress } from './name-address'
import { copyOf, kept, splitAll } from './text'

/** RFC 5057 2: what a dialog is for, the session of an INVITE or a subscription. A dialog lives as long as one of them. */
export interface Usage {
  /** Who answers a request within the dialog, which is in order; nothing when it is not of this usage. */
  handlerOf(incoming: Incoming): Handler | undefined
  /** An ACK came. */
  acknowledged?(cseq: number): void
  /** The other side says that it knows no such dialog. */
  gone(fault: Fault): void
  flowLost?(): void
  /** From now on another flow is used. */
  moved?(): void
}

/** What a dialog needs of whoever keeps it. */
export interface DialogHome {
  send(flow: Flow, make: () => OutgoingRequest, hear: (answer: SipResponse | Fault) => void): void
  admits(dialog: Dialog, incoming: Incoming): boolean
  moved(dialog: Dialog, from: Flow): void
  remove(dialog: Dialog): void
}

/** RFC 3261 12: what the two sides of a dialog are called, and how they are reached. */
export interface DialogState {
  callId: string
  localTag: string
  /** `''` for a peer of RFC 2543. */
  remoteTag: string
  /** Values of From and To without their tags. */
  local: string
  remote: string
  /** The remote target: the URI of the peer's Contact. */
  target: string
  /** Values of Route, the nearest first. */
  routes: readonly string[]
  /** Our own Contact, whole. */
  contact: string
  /** Number of the last request that we sent. */
  localSeq: number
  /** And that we got, -1 when there was none. */
  remoteSeq: number
}

export interface DialogRequest {
  method: string
  headers?: HeaderList | undefined
  body?: Uint8Array | undefined
}

/** RFC 3261 12.1.1: these say where further requests are to go; RFC 6665 and RFC 3515 make dialogs with theirs. */
const withContact: ReadonlySet<string> = new Set(['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER'])

/** A peer-to-peer relationship of two user agents (RFC 3261 12) over a flow that may change (RFC 5626). */
export class Dialog {
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  readonly local: string
  readonly remote: string
  contact: string
  #home: DialogHome
  #flow: Flow
  #target: string
  #routes: readonly string[]
  #localSeq: number
  #remoteSeq: number
  #usages: readonly Usage[] = []

  constructor(home: DialogHome, flow: Flow, state: DialogState) {
    this.#home = home
    this.#flow = flow
    this.callId = copyOf(state.callId)
    this.localTag = copyOf(state.localTag)
    this.remoteTag = copyOf(state.remoteTag)
    this.local = kept(state.local)
    this.remote = kept(state.remote)
    this.contact = kept(state.contact)
    this.#target = kept(state.target)
    this.#routes = state.routes.map(kept)
    this.#localSeq = state.localSeq
    this.#remoteSeq = state.remoteSeq
  }

  get flow(): Flow {
    return this.#flow
  }

  /** The Request-URI of what is sent, RFC 3261 12.2.1.1. */
  get target(): string {
    return this.#target
  }

  get usages(): readonly Usage[] {
    return this.#usages
  }

  /** Goes on over another flow, as when a device has registered again; `target` is its new address where that has changed. */
  over(flow: Flow, target = this.#target): void {
    this.#target = kept(target)
    const from = this.#flow
    if (flow === from) return
    this.#flow = flow
    this.#home.moved(this, from)
    for (const usage of this.#usages) usage.moved?.()
  }

  /** RFC 3261 12.2.1.2 and 12.2.2: takes the peer's new address where a message that was checked says one. */
  refresh(headers: Headers): void {
    const contacts = readContacts(headers.all('Contact'))
    if (contacts !== '*' && contacts[0]) this.#target = kept(contacts[0].uri)
  }

  /** A dialog that a NOTIFY made before the 2xx (RFC 6665 4.4.1) learns its way from that. */
  route({ routes, target }: Pick<DialogState, 'routes' | 'target'>): void {
    this.#routes = routes.map(kept)
    this.#target = kept(target)
  }

  /**
   * Sends a request and resolves with its final answer; a 481 ends the dialog. INVITE, BYE, SUBSCRIBE and NOTIFY are sent by its usages.
   * @throws Fault `no-answer`, `connection-lost`, `closed`
   */
  request(request: DialogRequest): Promise<SipResponse> {
    return new Promise((resolve, reject) => {
      if (this.#usages.length === 0) throw new Fault('closed', { text: 'the dialog has ended' })
      this.send(request, (answer) => {
        if (answer instanceof Fault) return reject(answer)
        if (answer.status === 481) this.gone(answer)
        resolve(answer)
      })
    })
  }

  /** `request` without its judgement; `hear` is called once. */
  send(request: DialogRequest, hear: (answer: SipResponse | Fault) => void): void {
    this.#home.send(this.#flow, () => this.compose(request), hear)
  }

  /** RFC 3261 12.2.1.1. @param cseq of the INVITE that an ACK is for; @default the next number */
  compose({ method, headers, body }: DialogRequest, cseq = ++this.#localSeq): OutgoingRequest {
    const own = new Headers()
    let uri = this.#target
    let routes = this.#routes
    // A first hop of RFC 2543, which takes its own address out of the Request-URI.
    if (routes[0] !== undefined && !/;\s*lr\b/i.test(routes[0])) {
      uri = readNameAddress(routes[0]).uri
      routes = [...routes.slice(1), `<${this.#target}>`]
    }
    for (const route of routes) own.append('Route', route)
    own.append('From', `${this.local};tag=${this.localTag}`)
    own.append('To', this.remoteTag === '' ? this.remote : `${this.remote};tag=${this.remoteTag}`)
    own.append('Call-ID', this.callId)
    own.append('CSeq', `${cseq} ${method}`)
    if (withContact.has(method)) own.append('Contact', this.contact)
    if (headers) for (const [name, value] of headers) own.add(name, value)
    return { method, uri, headers: own, ...(body && { body }) }
  }

  /** Who answers a request that came in it. */
  handlerOf(incoming: Incoming): Handler {
    const { request, flow } = incoming
    if (flow !== this.#flow && !this.#home.admits(this, incoming)) return (refused) => refused.reply(403)
    const { number } = readCSeq(request.headers.get('CSeq')!)
    // RFC 3261 12.2.2: out of order.
    if (number <= this.#remoteSeq) return (late) => late.reply(500)
    this.#remoteSeq = number
    this.over(flow)
    for (const usage of this.#usages) {
      const handler = usage.handlerOf(incoming)
      if (handler) return handler
    }
    return (foreign) => foreign.reply(481)
  }

  acknowledged(ack: SipRequest): void {
    const { number } = readCSeq(ack.headers.get('CSeq')!)
    for (const usage of this.#usages) usage.acknowledged?.(number)
  }

  flowLost(): void {
    for (const usage of this.#usages) usage.flowLost?.()
  }

  gone({ status }: SipResponse): void {
    const fault = new Fault('closed', { text: `the other side knows no such dialog: ${status}`, detail: { status } })
    for (const usage of this.#usages) usage.gone(fault)
  }

  /** A later usage is asked first: a session takes whatever a subscription in it has not taken. */
  begin(usage: Usage): void {
    this.#usages = [usage, ...this.#usages]
  }

  end(usage: Usage): void {
    this.#usages = this.#usages.filter((each) => each !== usage)
    if (this.#usages.length === 0) this.#home.remove(this)
  }
}

/** The value of a From or To without its parameters. */
const nameOf = (value: string): string => {
  const { displayName, uri } = readNameAddress(value)
  return writeNameAddress({ ...(displayName !== undefined && { displayName }), uri })
}

/**
 * RFC 3261 12.1.1: the dialog of a request that was answered 2xx.
 * @param to of the answer
 * @param otherwise the target where the request has no Contact
 * @throws Fault `malformed`
 */
export function stateOfRequest(request: SipRequest, to: string, contact: string, otherwise?: string): DialogState {
  const { headers } = request
  const from = headers.get('From')!
  return {
    callId: headers.get('Call-ID')!, localTag: tagOf(to), remoteTag: tagOf(from), local: nameOf(to), remote: nameOf(from),
    target: otherwise !== undefined && !headers.has('Contact') ? otherwise : contactOf(headers).uri, routes: recordedRoutes(headers), contact,
    localSeq: 0, remoteSeq: readCSeq(headers.get('CSeq')!).number,
  }
}

/** RFC 3261 12.1.2: the dialog of a request of ours that was answered 2xx. @throws Fault `malformed` */
export function stateOfAnswer(request: OutgoingRequest, { headers }: SipResponse, contact: string): DialogState {
  const from = request.headers.get('From')!
  const to = headers.get('To')!
  return {
    callId: request.headers.get('Call-ID')!, localTag: tagOf(from), remoteTag: tagOf(to), local: nameOf(from), remote: nameOf(request.headers.get('To')!),
    target: headers.has('Contact') ? contactOf(headers).uri : request.uri, routes: recordedRoutes(headers).reverse(), contact,
    localSeq: readCSeq(request.headers.get('CSeq')!).number, remoteSeq: -1,
  }
}

/** The proxies that want to see further requests, in the order of a request. @throws Fault `malformed` */
export const recordedRoutes = (headers: Headers): string[] => {
  const routes = splitAll(headers.all('Record-Route'))
  routes.forEach(readNameAddress)
  return routes
}
