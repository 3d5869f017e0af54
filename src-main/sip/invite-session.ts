import type { Timer } from '../base/clock'
import { SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import { T1 } from './client-transactions'
import { readCSeq } from './cseq'
import type { Dialog, Usage } from './dialog'
import type { Dialogs } from './dialogs'
import type { Handler } from './endpoint'
import type { HeaderList, Incoming } from './incoming'
import type { SipRequest, SipResponse } from './message'
import { readReasons } from './reason'
import type { Reason } from './reason'

/** Whose a session is. */
export interface SessionUser {
  /**
   * A request within it but BYE and ACK: INVITE, UPDATE, INFO, MESSAGE, REFER, SUBSCRIBE, … It must be answered; the 2xx of
   * INVITE and UPDATE get their Contact by themselves. What this throws is answered as with `Endpoint.onRequest`.
   */
  request(incoming: Incoming, session: InviteSession): void | Promise<void>
  /** Called once, however it ended. */
  ended(end: SessionEnd, session: InviteSession): void
  /** The flow was lost; the session is not: `dialog.over`, or a request of the peer over another flow, goes on with it. */
  flowLost?(session: InviteSession): void
}

export type SessionEnd =
  | { by: 'local' }
  /** A BYE, which was answered. */
  | { by: 'remote'; request: SipRequest; reason: Reason | undefined }
  /** Nobody acknowledged (`no-answer`), or the other side knows it no more (`closed`, with its `status`). */
  | { by: 'fault'; fault: Fault }

/**
 * The session of an INVITE, RFC 3261 13 to 15:
 *
 *     accepted --ACK--> confirmed --a 2xx to a re-INVITE of the peer--> accepted
 *     accepted --bye()--> leaving --ACK, or none in 64*T1: BYE--> ended
 *     accepted --no ACK in 64*T1: BYE--> ended;   confirmed --bye(): BYE--> ended;   any --BYE or 481 of the peer--> ended
 */
type State =
  | { at: 'accepted'; cseq: number; deadline: Timer }
  | { at: 'confirmed' }
  // RFC 3261 15: no BYE before the ACK.
  | { at: 'leaving'; cseq: number; deadline: Timer; bye: () => void }
  | { at: 'ended' }

interface Content {
  headers?: HeaderList
  body?: Uint8Array
}

export class InviteSession implements Usage {
  readonly dialog: Dialog
  readonly #dialogs: Dialogs
  readonly #user: SessionUser
  readonly #isCaller: boolean
  #state: State
  /** Our re-INVITE and UPDATEs with an offer that wait for their answers. */
  #offers = 0
  /** A re-INVITE or UPDATE of the peer, which may have been answered by its fault. */
  #asked: Incoming | undefined
  /** When the re-INVITEs of ours before the next one are answered. */
  #turn: Promise<unknown> | undefined

  /** @param cseq of the INVITE that we have answered; undefined when we sent it and have acknowledged */
  constructor(dialogs: Dialogs, dialog: Dialog, user: SessionUser, cseq: number | undefined) {
    this.dialog = dialog
    this.#dialogs = dialogs
    this.#user = user
    this.#isCaller = cseq === undefined
    this.#state = cseq === undefined ? { at: 'confirmed' } : this.#accepted(cseq)
    dialog.begin(this)
  }

  get ended(): boolean {
    return this.#state.at === 'ended' || this.#state.at === 'leaving'
  }

  /** Ends it; `headers` may say a Reason. Resolves when the other side has answered or will not. */
  bye(headers: HeaderList = []): Promise<void> {
    const state = this.#state
    if (this.ended) return Promise.resolve()
    return new Promise((resolve) => {
      const bye = (): void => this.dialog.send({ method: 'BYE', headers }, () => resolve())
      if (state.at !== 'accepted') {
        bye()
        return this.#end({ by: 'local' })
      }
      this.#state = { ...state, at: 'leaving', bye }
      this.#asked?.reply(487)
      this.#user.ended({ by: 'local' }, this)
    })
  }

  /**
   * RFC 3261 14.1: changes what the session is about. One that meets a re-INVITE of the peer is sent again a little later.
   * @throws Fault `no-answer`, `connection-lost`, `closed`, `busy`
   */
  reinvite(content: Content = {}): Promise<SipResponse> {
    const turn = (this.#turn ?? Promise.resolve()).then(() => this.#reinvite(content))
    this.#turn = turn.catch(() => {})
    return turn
  }

  /** RFC 3311 5.1: the same without the third step. @throws as `reinvite` */
  async update(content: Content = {}): Promise<SipResponse> {
    const offers = content.body && content.body.length > 0 ? 1 : 0
    this.#offers += offers
    try {
      const response = await this.dialog.request({ method: 'UPDATE', ...content })
      if (response.status < 300) this.dialog.refresh(response.headers)
      return response
    } finally {
      this.#offers -= offers
    }
  }

  handlerOf({ request: { method } }: Incoming): Handler | undefined {
    if (method === 'BYE') return (incoming) => this.#left(incoming)
    if (this.ended) return undefined
    if (method === 'INVITE' || method === 'UPDATE') return (incoming) => this.#change(incoming)
    return (incoming) => this.#user.request(incoming, this)
  }

  acknowledged(cseq: number): void {
    const state = this.#state
    if ((state.at !== 'accepted' && state.at !== 'leaving') || state.cseq !== cseq) return
    state.deadline.cancel()
    if (state.at === 'accepted') this.#state = { at: 'confirmed' }
    else this.#leave(state.bye)
  }

  gone(fault: Fault): void {
    this.#end({ by: 'fault', fault })
  }

  flowLost(): void {
    if (!this.ended) this.#user.flowLost?.(this)
  }

  /** RFC 3261 13.3.1.4: a 2xx waits for its ACK. */
  #accepted(cseq: number): State {
    const deadline = this.#dialogs.deadlines.after(64 * T1, () => {
      if (this.#state.at === 'leaving') return this.#leave(this.#state.bye)
      this.dialog.send({ method: 'BYE' }, () => {})
      this.#end({ by: 'fault', fault: new Fault('no-answer', { text: 'no ACK came' }) })
    })
    return { at: 'accepted', cseq, deadline }
  }

  #leave(bye: () => void): void {
    bye()
    this.#state = { at: 'ended' }
    this.dialog.end(this)
  }

  #left(incoming: Incoming): void {
    incoming.reply(200)
    const { request } = incoming
    const state = this.#state
    if (state.at === 'leaving') {
      // Both hang up. Ours, which waited for an ACK, is not kept back any longer.
      state.deadline.cancel()
      return this.#leave(state.bye)
    }
    this.#end({ by: 'remote', request, reason: reasonIn(request) })
  }

  #end(end: SessionEnd): void {
    const state = this.#state
    if (state.at === 'ended') return
    if ('deadline' in state) state.deadline.cancel()
    this.#state = { at: 'ended' }
    // RFC 3261 15.1.2
    this.#asked?.reply(487)
    this.dialog.end(this)
    if (state.at !== 'leaving') this.#user.ended(end, this)
  }

  /** A re-INVITE or UPDATE of the peer. */
  #change(incoming: Incoming): void | Promise<void> {
    const { method, body, headers } = incoming.request
    // RFC 3261 14.2, RFC 3311 5.2: one offer at a time.
    if (this.#offers > 0 && (method === 'INVITE' || body.length > 0)) return incoming.reply(491)
    if (this.#asked && !this.#asked.answered) {
      return incoming.reply(500, undefined, { headers: [['Retry-After', String(Math.floor(this.#dialogs.random() * 11))]] })
    }
    this.#asked = incoming
    const reply: Incoming['reply'] = (status, reason, options = {}) => {
      if (incoming.answered) return
      const accepts = status >= 200 && status < 300
      const contact = accepts ? [['Contact', this.dialog.contact] as const] : []
      incoming.reply(status, reason, { ...options, headers: [...contact, ...(options.headers ?? [])] })
      if (status >= 200) this.#asked = undefined
      if (!accepts) return
      this.dialog.refresh(headers)
      if (method === 'INVITE' && incoming.answer) {
        if (this.#state.at === 'accepted') this.#state.deadline.cancel()
        this.#state = this.#accepted(readCSeq(headers.get('CSeq')!).number)
      }
    }
    return this.#user.request(answering(incoming, reply), this)
  }

  async #reinvite(content: Content): Promise<SipResponse> {
    for (let tried = 0; ; tried++) {
      if (this.ended) throw new Fault('closed', { text: 'the session has ended' })
      // RFC 3261 14.1: not while another is on its way, in either direction.
      const isFree = this.#state.at === 'confirmed' && (!this.#asked || this.#asked.answered)
      const response = isFree ? await this.#invite(content) : undefined
      if (response && response.status !== 491) return response
      if (tried === 3) {
        if (response) return response
        throw new Fault('busy', { text: 'the other side is changing the session' })
      }
      const wait = this.#isCaller ? 2.1 + 1.9 * this.#dialogs.random() : 2 * this.#dialogs.random()
      await new Promise<void>((resolve) => void this.#dialogs.clock.after(wait * SECOND, resolve))
    }
  }

  #invite(content: Content): Promise<SipResponse> {
    const dialogs = this.#dialogs
    this.#offers++
    let limit: Timer | undefined
    return new Promise<SipResponse>((resolve, reject) => {
      const invite = dialogs.invite(this.dialog.flow, () => this.dialog.compose({ method: 'INVITE', ...content }), (answer, request) => {
        if (answer instanceof Fault) return reject(answer)
        if (answer.status < 200) return
        if (answer.status < 300) {
          this.dialog.refresh(answer.headers)
          dialogs.acknowledge(this.dialog, request)
        } else if (answer.status === 481) this.dialog.gone(answer)
        resolve(answer)
      })
      // Nobody is asked whether a session may change: what is not answered soon never will be.
      limit = dialogs.deadlines.after(64 * T1, () => invite.cancel())
    }).finally(() => {
      limit?.cancel()
      this.#offers--
    })
  }
}

/** The same request with another way to answer it. */
const answering = (incoming: Incoming, reply: Incoming['reply']): Incoming => ({
  request: incoming.request, flow: incoming.flow, reply,
  get answered() {
    return incoming.answered
  },
  get answer() {
    return incoming.answer
  },
  get cancelled() {
    return incoming.cancelled
  },
})

/** The first reason of a BYE; one that cannot be read does not keep it from ending what it ends. */
function reasonIn({ headers }: SipRequest): Reason | undefined {
  try {
    return readReasons(headers)[0]
  } catch {
    return undefined
  }
}
