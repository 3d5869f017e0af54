import type { Timer } from '../base/clock'
import { SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import { T1 } from './client-transactions'
import { readCSeq } from './cseq'
import type { Dialog, Usage } from './dialog'
import { stateOfAnswer, stateOfRequest } from './dialog'
import type { Dialogs } from './dialogs'
import type { Handler, OutgoingRequest } from './endpoint'
import { isSameEvent, readEvent } from './event'
import type { EventName } from './event'
import type { Flow } from './flow'
import type { Headers } from './headers'
import type { Incoming } from './incoming'
import type { SipRequest, SipResponse } from './message'
import { opening } from './new-dialog'
import type { NewDialogRequest } from './new-dialog'
import { readSubscriptionState } from './subscription-state'
import type { SubscriptionState } from './subscription-state'
import { malformed } from './text'

export interface SubscribeRequest extends NewDialogRequest {
  /** `conference`, … */
  event: string
  /** Seconds; 0 asks once: it has ended with the first NOTIFY (RFC 6665 4.4.3). @default 3_600 */
  expires?: number
  /** Media types of the NOTIFYs. */
  accept?: string
}

/** Who wants to know. */
export interface SubscriberUser {
  /** A NOTIFY; it is answered 200 when this is done, and by its fault when it throws. */
  notified(notify: SipRequest, state: SubscriptionState, subscription: Subscription): void | Promise<void>
  /** Called once: it has ended and is not asked for again by itself. */
  ended(end: SubscriptionEnd, subscription: Subscription): void
}

export type SubscriptionEnd =
  | { by: 'local' }
  /** A NOTIFY said so. */
  | { by: 'remote'; state: SubscriptionState }
  | { by: 'refused'; response: SipResponse }
  /** `no-answer`; of what asks once also `connection-lost` */
  | { by: 'fault'; fault: Fault }

/**
 * A subscription, as its subscriber sees it (RFC 6665 4.1):
 *
 *     asking --2xx or NOTIFY--> subscribed --nine tenths of its time, refresh()--> asking
 *     asking, subscribed --481, terminated and worth another try--> waiting --timer--> asking
 *     asking, subscribed --flow lost--> adrift --over(flow)--> asking
 *     asking, subscribed --unsubscribe(): Expires: 0--> leaving --NOTIFY terminated, 64*T1--> ended
 *     asking, subscribed --refused, terminated for good--> ended
 */
type State =
  | { at: 'asking' }
  | { at: 'subscribed'; timer: Timer }
  | { at: 'waiting'; timer: Timer }
  | { at: 'adrift' }
  | { at: 'leaving'; timer: Timer }
  | { at: 'ended' }

/** RFC 6665 4.1.3: reasons after which it makes no sense to ask again. */
const final: ReadonlySet<string> = new Set(['rejected', 'noresource', 'invariant'])
/** And after which it may be asked again at once. */
const atOnce: ReadonlySet<string> = new Set(['deactivated', 'timeout'])
/** Seconds until another try where nobody says how many; at once means a second, so that two who disagree do not spin. */
const later = 60
const soon = 1
/** Answers to a refresh that leave the subscription as it is (RFC 6665 4.1.2.2). */
const passing: ReadonlySet<number> = new Set([408, 491, 500, 502, 503, 504])

export class Subscription implements Usage {
  readonly #dialogs: Dialogs
  readonly #request: SubscribeRequest
  readonly #user: SubscriberUser
  readonly #event: EventName
  /** What is asked for, in seconds. */
  #expires: number
  #flow: Flow
  #dialog: Dialog | undefined
  #state: State = { at: 'adrift' }
  /** Which SUBSCRIBE the answer is waited for of; that of an earlier one is not looked at. */
  #attempt = 0
  #stopAwaiting: () => void = () => {}

  constructor(dialogs: Dialogs, flow: Flow, request: SubscribeRequest, user: SubscriberUser) {
    this.#dialogs = dialogs
    this.#flow = flow
    this.#request = request
    this.#user = user
    this.#event = readEvent(request.event)
    this.#expires = request.expires ?? 3_600
    this.#begin()
  }

  /** Once somebody has answered, and until that one knows it no more. */
  get dialog(): Dialog | undefined {
    return this.#dialog
  }

  get ended(): boolean {
    return this.#state.at === 'ended' || this.#state.at === 'leaving'
  }

  /** Goes on over another flow, and asks for the state there. One that waits before it asks again asks there. */
  over(flow: Flow): void {
    if (this.ended) return
    this.#flow = flow
    if (this.#dialog && this.#dialog.flow !== flow) this.#dialog.over(flow)
    else if (!this.#dialog && this.#state.at !== 'waiting') this.#begin()
    else this.refresh()
  }

  /** Asks for the whole state now, as after a gap. */
  refresh(): void {
    if (this.#dialog && this.#state.at !== 'waiting' && !this.ended) this.#ask(this.#dialog)
  }

  unsubscribe(): void {
    if (this.ended) return
    const dialog = this.#dialog
    if (dialog && this.#state.at !== 'adrift') {
      this.#attempt++
      // RFC 6665 4.1.2.3: one more NOTIFY comes.
      this.#enter({ at: 'leaving', timer: this.#dialogs.deadlines.after(64 * T1, () => this.#leave()) })
      dialog.send({ method: 'SUBSCRIBE', headers: this.#about(0) }, (answer) => {
        if (answer instanceof Fault || answer.status >= 300) this.#leave()
      })
    } else this.#leave()
    this.#user.ended({ by: 'local' }, this)
  }

  handlerOf({ request: { method, headers } }: Incoming): Handler | undefined {
    return method === 'NOTIFY' && this.#isAbout(headers) ? (incoming) => this.#notified(incoming) : undefined
  }

  gone(): void {
    this.#forget()
    if (this.#state.at === 'leaving') this.#enter({ at: 'ended' })
    else this.#wait(soon)
  }

  flowLost(): void {
    if (this.#state.at === 'leaving') this.#leave()
    else if (this.#isFetch) this.#end({ by: 'fault', fault: new Fault('connection-lost') })
    else if (this.#state.at !== 'waiting') this.#enter({ at: 'adrift' })
  }

  moved(): void {
    this.#flow = this.#dialog!.flow
    this.refresh()
  }

  get #isFetch(): boolean {
    return this.#request.expires === 0
  }

  #isAbout(headers: Headers): boolean {
    const event = headers.get('Event')
    return event !== undefined && isSameEvent(readEvent(event), this.#event)
  }

  #about(expires = this.#expires): [string, string][] {
    const { event, accept } = this.#request
    return [['Event', event], ['Expires', String(expires)], ...(accept === undefined ? [] : [['Accept', accept] satisfies [string, string]])]
  }

  /** A SUBSCRIBE that is to make a dialog. */
  #begin(): void {
    this.#forget()
    this.#enter({ at: 'asking' })
    const attempt = this.#attempt
    const flow = this.#flow
    const { contact } = this.#request
    const { make, callId, tag } = opening(this.#request, this.#dialogs.ids)
    let sent: OutgoingRequest
    this.#stopAwaiting = this.#dialogs.awaitNotify(callId, tag, ({ request }) => {
      if (!this.#isAbout(request.headers)) return undefined
      // RFC 6665 4.4.1: a NOTIFY before the answer makes the dialog, whose way the answer will tell.
      const state = stateOfRequest(request, request.headers.get('To')!, contact, sent.uri)
      this.#made(this.#dialogs.add(flow, { ...state, localSeq: readCSeq(sent.headers.get('CSeq')!).number }))
      return (notify) => this.#notified(notify)
    })
    this.#dialogs.send(flow, () => (sent = make('SUBSCRIBE', this.#about())), (answer) => {
      this.#answered(answer, attempt, (response) => {
        const state = stateOfAnswer(sent, response, contact)
        if (!this.#dialog) this.#made(this.#dialogs.add(flow, state))
        // Of several notifiers behind a proxy that forked it, the one whose NOTIFY was first.
        else if (this.#dialog.remoteTag === state.remoteTag) this.#dialog.route(state)
      })
    })
  }

  /** A SUBSCRIBE in the dialog. */
  #ask(dialog: Dialog): void {
    const attempt = ++this.#attempt
    this.#enter({ at: 'asking' })
    dialog.send({ method: 'SUBSCRIBE', headers: this.#about() }, (answer) => {
      this.#answered(answer, attempt, (response) => dialog.refresh(response.headers))
    })
  }

  #made(dialog: Dialog): void {
    this.#stopAwaiting()
    this.#dialog = dialog
    dialog.begin(this)
  }

  #answered(answer: SipResponse | Fault, attempt: number, accepted: (response: SipResponse) => void): void {
    if (attempt !== this.#attempt) return
    if (answer instanceof Fault) {
      if (answer.code === 'connection-lost' && !this.#isFetch) this.#enter({ at: 'adrift' })
      else if (answer.code === 'no-answer' && this.#dialog) this.#wait(later)
      else this.#end({ by: 'fault', fault: answer })
      return
    }
    const { status, headers } = answer
    const least = status === 423 ? secondsIn(headers, 'Min-Expires') : undefined
    if (status < 300) {
      try {
        accepted(answer)
      } catch (thrown) {
        return this.#end({ by: 'fault', fault: Fault.from(thrown) })
      }
      if (this.#isFetch) this.#await()
      else this.#subscribed(secondsIn(headers, 'Expires') ?? this.#expires)
    } else if (least !== undefined && least > this.#expires) {
      this.#expires = least
      this.#now()
    } else if (status === 481 && this.#dialog) {
      this.gone()
    } else if (this.#dialog && passing.has(status)) {
      this.#wait(secondsIn(headers, 'Retry-After') ?? later)
    } else this.#end({ by: 'refused', response: answer })
  }

  #notified(incoming: Incoming): void | Promise<void> {
    const { request } = incoming
    const said = request.headers.get('Subscription-State')
    if (said === undefined) throw malformed('Subscription-State is missing')
    const state = readSubscriptionState(said)
    this.#dialog?.refresh(request.headers)
    if (this.#state.at === 'leaving') {
      incoming.reply(200)
      if (state.state === 'terminated') this.#leave()
      return
    }
    let heard: void | Promise<void>
    try {
      heard = this.#user.notified(request, state, this)
    } finally {
      this.#follow(state)
    }
    if (heard) return heard.then(() => incoming.reply(200))
    incoming.reply(200)
  }

  #follow(state: SubscriptionState): void {
    const { at } = this.#state
    if (this.ended) return
    if (this.#isFetch) return this.#end({ by: 'remote', state })
    if (state.state !== 'terminated') {
      if (at === 'asking' || at === 'subscribed') this.#subscribed(state.expires ?? this.#expires)
    } else if (state.reason !== undefined && final.has(state.reason)) {
      this.#end({ by: 'remote', state })
    } else {
      this.#forget()
      this.#wait(state.retryAfter ?? (state.reason !== undefined && atOnce.has(state.reason) ? soon : later))
    }
  }

  /** The NOTIFY must come now. */
  #await(): void {
    this.#enter({ at: 'waiting', timer: this.#dialogs.deadlines.after(64 * T1, () => this.#end({ by: 'fault', fault: new Fault('no-answer') })) })
  }

  /** @param expires seconds from now */
  #subscribed(expires: number): void {
    // A whole second at least: whoever grants less must not be asked in a circle.
    const wait = Math.max(expires * 0.9, soon) * SECOND
    this.#enter({ at: 'subscribed', timer: this.#dialogs.deadlines.after(wait, () => this.refresh()) })
  }

  /** @param seconds before it asks again */
  #wait(seconds: number): void {
    this.#enter({ at: 'waiting', timer: this.#dialogs.deadlines.after(seconds * SECOND, () => this.#now()) })
  }

  #now(): void {
    if (this.#dialog) this.#ask(this.#dialog)
    else this.#begin()
  }

  #end(end: SubscriptionEnd): void {
    this.#leave()
    this.#user.ended(end, this)
  }

  #leave(): void {
    this.#forget()
    this.#enter({ at: 'ended' })
  }

  /** Whatever still comes of the dialog is not for this subscription any more. */
  #forget(): void {
    this.#attempt++
    this.#stopAwaiting()
    this.#dialog?.end(this)
    this.#dialog = undefined
  }

  #enter(next: State): void {
    if ('timer' in this.#state) this.#state.timer.cancel()
    this.#state = next
  }
}

/** Subscribes, and stays subscribed (RFC 6665 4.1). */
export const subscribe = (dialogs: Dialogs, flow: Flow, request: SubscribeRequest, user: SubscriberUser): Subscription =>
  new Subscription(dialogs, flow, request, user)

/** A day at most, nothing for what is no number. */
function secondsIn(headers: Headers, name: string): number | undefined {
  const digits = /^\s*(\d{1,9})/.exec(headers.get(name) ?? '')?.[1]
  return digits === undefined ? undefined : Math.min(Number(digits), 86_400)
}
