import type { Timer } from '../base/clock'
import { SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import type { Dialog, Usage } from './dialog'
import type { Dialogs } from './dialogs'
import type { Handler } from './endpoint'
import { isSameEvent, readEvent, writeEvent } from './event'
import type { EventName } from './event'
import type { HeaderList, Incoming } from './incoming'
import type { SipResponse } from './message'
import { establish } from './new-dialog'
import { writeSubscriptionState } from './subscription-state'
import type { SubscriptionState, TerminatedReason } from './subscription-state'
import { malformed, readNumber } from './text'

/** What a NOTIFY says; Content-Type, and Content-Encoding where there is one, are among the headers. */
export interface NotifyContent {
  headers: HeaderList
  body: Uint8Array
}

/** Whose state it is that is notified of. */
export interface NotifierUser {
  /** The whole state: for the first NOTIFY, after a refresh (RFC 6665 4.2.1.2), and where an earlier NOTIFY did not arrive. */
  state(notifier: Notifier): NotifyContent | undefined
  /**
   * Called once. `unsubscribed` by the subscriber, `terminated` by us; `refused`: it knows the subscription no more, or
   * refuses to be notified.
   */
  ended(why: 'timeout' | 'unsubscribed' | 'terminated' | 'refused', notifier: Notifier): void
}

/** Seconds. */
export interface Durations {
  /** Shorter ones are answered 423. @default 60 */
  least?: number
  /** Longer ones are shortened. @default 3_600 */
  most?: number
  /** When the subscriber says none. @default 3_600 */
  usual?: number
}

export interface SubscriptionAnswer {
  /** Our Contact with its parameters. */
  contact: string
  /** @default active */
  state?: 'active' | 'pending'
  durations?: Durations
  headers?: HeaderList
}

/**
 * A subscription, as its notifier sees it (RFC 6665 4.2):
 *
 *     pending --activate()--> active;   both --SUBSCRIBE--> both, for longer
 *     both --ran out, Expires: 0, terminate(): a last NOTIFY--> terminated;   both --481 to a NOTIFY--> terminated
 */
type State =
  | { at: 'pending' | 'active'; until: number; deadline: Timer }
  | { at: 'terminated' }

/** Answers that say nothing about the subscription: the NOTIFY may arrive later (RFC 6665 4.2.2, RFC 3261 21). */
const passing: ReadonlySet<number> = new Set([408, 480, 491, 500, 502, 503, 504])

export class Notifier implements Usage {
  readonly dialog: Dialog
  readonly event: EventName
  readonly #dialogs: Dialogs
  readonly #user: NotifierUser
  readonly #durations: Required<Durations>
  #state: State
  /** A NOTIFY did not arrive. */
  #isBehind = false

  /** @param expires seconds */
  constructor(dialogs: Dialogs, dialog: Dialog, event: EventName, user: NotifierUser, durations: Required<Durations>, at: 'active' | 'pending', expires: number) {
    this.dialog = dialog
    this.event = event
    this.#dialogs = dialogs
    this.#user = user
    this.#durations = durations
    this.#state = this.#lasting(at, expires)
    dialog.begin(this)
  }

  get ended(): boolean {
    return this.#state.at === 'terminated'
  }

  /** Seconds until it runs out. */
  get expires(): number {
    if (this.#state.at === 'terminated') return 0
    return Math.max(0, Math.ceil((this.#state.until - this.#dialogs.clock.steady()) / SECOND))
  }

  /** Tells of a change. Where an earlier NOTIFY did not arrive the whole state goes out instead. */
  notify(content: NotifyContent): void {
    if (!this.ended) this.#send(this.#isBehind ? this.#user.state(this) : content)
  }

  /** Sends the whole state. */
  notifyState(): void {
    if (!this.ended) this.#send(this.#user.state(this))
  }

  /** What was pending has been allowed. */
  activate(): void {
    if (this.#state.at !== 'pending') return
    this.#state = { ...this.#state, at: 'active' }
    this.notifyState()
  }

  /** Ends it with a last NOTIFY. @param more.retryAfter seconds */
  terminate(reason: TerminatedReason, more: { retryAfter?: number; content?: NotifyContent } = {}): void {
    this.#end('terminated', { state: 'terminated', reason, ...(more.retryAfter !== undefined && { retryAfter: more.retryAfter }) }, more.content)
  }

  /** The subscriber wants one NOTIFY more and then none. */
  unsubscribed(): void {
    this.#end('unsubscribed', { state: 'terminated', reason: 'timeout' }, this.#user.state(this))
  }

  handlerOf({ request: { method, headers } }: Incoming): Handler | undefined {
    if (method !== 'SUBSCRIBE' || this.ended || !isSameEvent(eventIn(headers.get('Event')), this.event)) return undefined
    return (incoming) => this.#refreshed(incoming)
  }

  gone(): void {
    this.#end('refused')
  }

  moved(): void {
    if (this.#isBehind) this.notifyState()
  }

  /** RFC 6665 4.2.1.2 */
  #refreshed(incoming: Incoming): void {
    const { headers } = incoming.request
    const state = this.#state
    if (state.at === 'terminated') return incoming.reply(481)
    const expires = durationFor(headers.get('Expires'), this.#durations)
    if (isTooShort(expires, this.#durations)) return tooShort(incoming, this.#durations)
    this.dialog.refresh(headers)
    incoming.reply(200, undefined, { headers: [['Contact', this.dialog.contact], ['Expires', String(expires)]] })
    if (expires === 0) return this.unsubscribed()
    state.deadline.cancel()
    this.#state = this.#lasting(state.at, expires)
    this.notifyState()
  }

  #lasting(at: 'active' | 'pending', expires: number): State {
    const { clock, deadlines } = this.#dialogs
    const deadline = deadlines.after(expires * SECOND, () => this.#end('timeout', { state: 'terminated', reason: 'timeout' }))
    return { at, until: clock.steady() + expires * SECOND, deadline }
  }

  #send(content: NotifyContent | undefined): void {
    if (this.#state.at === 'terminated') return
    this.#write({ state: this.#state.at, expires: this.expires }, content, (answer) => {
      if (answer instanceof Fault || passing.has(answer.status)) this.#isBehind = true
      else if (answer.status >= 300) this.#end('refused')
    })
  }

  #write(state: SubscriptionState, content: NotifyContent | undefined, hear: (answer: SipResponse | Fault) => void): void {
    this.#isBehind = false
    const headers = [['Event', writeEvent(this.event)], ['Subscription-State', writeSubscriptionState(state)], ...(content?.headers ?? [])] as const
    this.dialog.send({ method: 'NOTIFY', headers, body: content?.body }, hear)
  }

  #end(why: Parameters<NotifierUser['ended']>[0], last?: SubscriptionState, content?: NotifyContent): void {
    if (this.#state.at === 'terminated') return
    this.#state.deadline.cancel()
    this.#state = { at: 'terminated' }
    if (last) this.#write(last, content, () => {})
    this.dialog.end(this)
    this.#user.ended(why, this)
  }
}

/**
 * Accepts a SUBSCRIBE, be it in a session or on its own, and sends the first NOTIFY (RFC 6665 4.2.1). With `Expires: 0` that
 * is the last as well. Nothing comes of one that is too short, which is answered 423.
 * @throws Fault `malformed`, `cancelled`, `connection-lost`
 */
export function acceptSubscription(dialogs: Dialogs, incoming: Incoming, answer: SubscriptionAnswer, user: NotifierUser): Notifier | undefined {
  const { headers } = incoming.request
  const event = eventIn(headers.get('Event'))
  const durations = { least: 60, most: 3_600, usual: 3_600, ...answer.durations }
  const expires = durationFor(headers.get('Expires'), durations)
  if (isTooShort(expires, durations)) {
    tooShort(incoming, durations)
    return undefined
  }
  const dialog = establish(dialogs, incoming, 200, { contact: answer.contact, headers: [['Expires', String(expires)], ...(answer.headers ?? [])] })
  const notifier = new Notifier(dialogs, dialog, event, user, durations, answer.state ?? 'active', expires)
  if (expires === 0) notifier.unsubscribed()
  else notifier.notifyState()
  return notifier
}

function eventIn(value: string | undefined): EventName {
  if (value === undefined) throw malformed('Event is missing', 489)
  return readEvent(value)
}

const durationFor = (value: string | undefined, { most, usual }: Required<Durations>): number =>
  Math.min(value === undefined ? usual : readNumber(value, 2 ** 32 - 1, 'Expires'), most)

// RFC 6665 4.2.1.1: 0 ends it, and is never too short.
const isTooShort = (expires: number, { least }: Required<Durations>): boolean => expires > 0 && expires < least
const tooShort = (incoming: Incoming, { least }: Required<Durations>): void =>
  incoming.reply(423, undefined, { headers: [['Min-Expires', String(least)]] })
