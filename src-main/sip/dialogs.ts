import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import type { Log } from '../base/log'
import { readCSeq } from './cseq'
import { Deadlines } from './deadlines'
import { Dialog } from './dialog'
import type { DialogHome, DialogState } from './dialog'
import type { DialogRequests, Endpoint, Handler, OutgoingRequest } from './endpoint'
import type { Flow } from './flow'
import type { HeaderList, Incoming } from './incoming'
import type { ClientInvite } from './invite'
import { noBody } from './message'
import type { SipRequest, SipResponse } from './message'
import { tagOf } from './name-address'

/** Shows a password where it is asked for, RFC 3261 22. */
export interface Prover {
  /** What goes into the next request of this method. */
  authorize(method: string, uri: string, body: Uint8Array): HeaderList
  /**
   * Takes the challenge of a 401 or 407; says whether the request is worth another try.
   * @param fresh the request that it answers was made with a challenge that had just come
   * @throws Fault when it cannot be met
   */
  learn(method: string, response: SipResponse, fresh: boolean): 'again' | 'rejected'
}

export interface DialogsOptions {
  endpoint: Endpoint
  clock: Clock
  ids: Ids
  log: Log
  /** 0 to 1. @default Math.random */
  random?: () => number
  /** @default none: a 401 and a 407 are final answers */
  credentials?: Prover
  /**
   * Whether a request that came over another flow than its dialog's is of the same peer: then the dialog moves to that flow,
   * else it is answered 403. @default whoever knows Call-ID and both tags is the peer
   */
  admits?: (dialog: Dialog, incoming: Incoming) => boolean
  /** Whether a request of a dialog that is not known goes to whoever answers requests. @default it is answered 481 */
  forgotten?: (incoming: Incoming) => boolean
}

/** What waits for a NOTIFY that may come before the answer to its SUBSCRIBE (RFC 6665 4.4.1). */
export type NotifyAwaiter = (incoming: Incoming) => Handler | undefined

/** These may have a tag in their To and stand in no dialog, and are then anybody's. */
const outside: ReadonlySet<string> = new Set(['MESSAGE', 'OPTIONS', 'REGISTER', 'PUBLISH'])

/** The dialogs of an endpoint: finds them for what comes in, moves them between flows, sends for them. */
export class Dialogs implements DialogHome, DialogRequests {
  readonly endpoint: Endpoint
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly random: () => number
  readonly deadlines: Deadlines
  readonly #prover: Prover | undefined
  readonly #admits: (dialog: Dialog, incoming: Incoming) => boolean
  readonly #forgotten: (incoming: Incoming) => boolean
  readonly #dialogs = new Map<string, Dialog>()
  readonly #perFlow = new Map<Flow, Set<Dialog>>()
  readonly #awaiters = new Map<string, NotifyAwaiter>()

  constructor({ endpoint, clock, ids, log, random = Math.random, credentials, admits = () => true, forgotten = () => false }: DialogsOptions) {
    this.endpoint = endpoint
    this.clock = clock
    this.ids = ids
    this.log = log
    this.random = random
    this.deadlines = new Deadlines(clock, log)
    this.#prover = credentials
    this.#admits = admits
    this.#forgotten = forgotten
    endpoint.onDialogRequest(this)
  }

  get size(): number {
    return this.#dialogs.size
  }

  /** RFC 3261 12.2.2: the dialog that a request which came stands in. */
  find({ headers }: SipRequest): Dialog | undefined {
    const tag = tagOf(headers.get('To')!)
    return tag === '' ? undefined : this.#dialogs.get(keyOf(headers.get('Call-ID')!, tag, tagOf(headers.get('From')!)))
  }

  handlerOf(incoming: Incoming): Handler | undefined {
    const { method, headers } = incoming.request
    const tag = tagOf(headers.get('To')!)
    if (tag === '') return undefined
    const dialog = this.find(incoming.request)
    if (dialog) return dialog.handlerOf(incoming)
    const awaited = method === 'NOTIFY' ? this.#awaiters.get(`${headers.get('Call-ID')} ${tag}`)?.(incoming) : undefined
    if (awaited) return awaited
    return outside.has(method) || this.#forgotten(incoming) ? undefined : (stray) => stray.reply(481)
  }

  acknowledged(ack: SipRequest): void {
    this.find(ack)?.acknowledged(ack)
  }

  /** A new dialog, for the usage that begins in it. */
  add(flow: Flow, state: DialogState): Dialog {
    const dialog = new Dialog(this, flow, state)
    this.#dialogs.set(keyOf(dialog.callId, dialog.localTag, dialog.remoteTag), dialog)
    this.#among(flow).add(dialog)
    return dialog
  }

  remove(dialog: Dialog): void {
    this.#dialogs.delete(keyOf(dialog.callId, dialog.localTag, dialog.remoteTag))
    this.#perFlow.get(dialog.flow)?.delete(dialog)
  }

  moved(dialog: Dialog, from: Flow): void {
    this.#perFlow.get(from)?.delete(dialog)
    this.#among(dialog.flow).add(dialog)
  }

  admits(dialog: Dialog, incoming: Incoming): boolean {
    return this.#admits(dialog, incoming)
  }

  /** Hands on each NOTIFY of a SUBSCRIBE whose dialog is not known yet, until the returned function is called. */
  awaitNotify(callId: string, tag: string, awaiter: NotifyAwaiter): () => void {
    const key = `${callId} ${tag}`
    this.#awaiters.set(key, awaiter)
    return () => void this.#awaiters.delete(key)
  }

  /** Sends what `make` makes, and when a proof is asked for makes it anew (RFC 3261 22.2). `hear` is called once, as soon as the answer is here. */
  send(flow: Flow, make: () => OutgoingRequest, hear: (answer: SipResponse | Fault) => void, tried = 0): void {
    const request = this.#proven(make())
    this.endpoint.send(flow, request, (answer) => {
      const judged = this.#judged(request.method, answer, tried)
      if (judged === 'again') this.send(flow, make, hear, tried + 1)
      else hear(judged)
    })
  }

  /**
   * `send` for an INVITE, see `InviteHearer`. What is heard besides the answer is the request that it is for: the number and
   * the proof of that go into the ACK of a 2xx.
   */
  invite(flow: Flow, make: () => OutgoingRequest, hear: (answer: SipResponse | Fault, request: OutgoingRequest) => void): Pick<ClientInvite, 'cancel'> {
    let current: ClientInvite | undefined
    let cancelled = false
    const attempt = (tried: number): void => {
      const request = this.#proven(make())
      current = this.endpoint.invite(flow, request, (answer) => {
        const judged = cancelled ? answer : this.#judged('INVITE', answer, tried)
        if (judged === 'again') attempt(tried + 1)
        else hear(judged, request)
      })
    }
    attempt(0)
    return {
      cancel: (headers) => {
        cancelled = true
        current?.cancel(headers)
      },
    }
  }

  /** RFC 3261 13.2.2.4: the ACK of a 2xx, with the proof that its INVITE had (22.1). */
  acknowledge(dialog: Dialog, { headers }: OutgoingRequest): void {
    const proofs = ['Authorization', 'Proxy-Authorization'].flatMap((name) => headers.all(name).map((value) => [name, value] as const))
    this.endpoint.acknowledge(dialog.flow, dialog.compose({ method: 'ACK', headers: proofs }, readCSeq(headers.get('CSeq')!).number))
  }

  /** Adds what shows the password. */
  #proven(request: OutgoingRequest): OutgoingRequest {
    const { method, uri, headers, body = noBody } = request
    if (this.#prover) for (const [name, value] of this.#prover.authorize(method, uri, body)) headers.add(name, value)
    return request
  }

  /** The answer, or that the request is to be made anew, with the proof that the answer asks for. */
  #judged(method: string, answer: SipResponse | Fault, tried: number): SipResponse | Fault | 'again' {
    // As with every request: a challenge of an earlier one, the challenge that comes then, and once more when its nonce was stale.
    if (!this.#prover || answer instanceof Fault || (answer.status !== 401 && answer.status !== 407) || tried === 2) return answer
    try {
      return this.#prover.learn(method, answer, tried > 0) === 'again' ? 'again' : answer
    } catch (thrown) {
      return Fault.from(thrown)
    }
  }

  #among(flow: Flow): Set<Dialog> {
    const known = this.#perFlow.get(flow)
    if (known) return known
    const among = new Set<Dialog>()
    if (flow.closed) return among
    this.#perFlow.set(flow, among)
    flow.events.on('closed', () => {
      this.#perFlow.delete(flow)
      for (const dialog of among) dialog.flowLost()
    })
    return among
  }
}

const keyOf = (callId: string, localTag: string, remoteTag: string): string => `${callId} ${localTag} ${remoteTag}`
