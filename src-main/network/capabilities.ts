import { MINUTE, SECOND, type Clock } from '../base/clock'
import type { PeerView } from '../contract/calls'
import { botMessageType } from '../rcs/bot-message'
import { suggestionType } from '../rcs/bot-suggestion'
import { ourBotVersions, ourFeatures, readContactFeatures, writeContactFeatures, type Feature } from '../rcs/capabilities'
import type { Incoming } from '../sip/incoming'
import type { SipResponse } from '../sip/message'
import { readContacts } from '../sip/name-address'
import type { Session } from './session'

/** How long an answer holds, in ms: presence changes fast, what a program can do does not. */
const holds = { online: 5 * MINUTE, other: 30 * SECOND }
/** Peers remembered at once. */
const most = 2_000

export const allow = 'MESSAGE, OPTIONS, INVITE, ACK, CANCEL, BYE'
const accept = 'message/cpim, text/plain, message/imdn+xml, application/im-iscomposing+xml, application/vnd.gsma.rcs-ft-http+xml, application/vnd.gsma.rcspushlocation+xml, multipart/mixed'
  + `, ${botMessageType}, ${suggestionType}`

/**
 * The feature parameters of our own Contact. No window is offered (`relay/carrier`): when the disk is full for one message and
 * has room for the next of the same sender, only one in flight keeps their order (guarantee 3).
 */
export const ownFeatures = (extra = ''): string => writeContactFeatures(ourFeatures, 1, ourBotVersions) + extra

/** RFC 3261 11.2: what we can do, in words of RCC.07 2.6. */
export function answerOptions(incoming: Incoming, account: string, features: string): void {
  incoming.reply(200, 'OK', {
    headers: [['Contact', `<${account}>${features}`], ['Allow', allow], ['Accept', accept], ['Accept-Encoding', 'identity, deflate']],
  })
}

export interface PeersParts {
  session: Pick<Session, 'request'>
  clock: Clock
  account: string
  /** The feature parameters of our own Contact. */
  features: string
}

/** Asks with OPTIONS whom the others are (rcs.md 1.3), and remembers the answer for a while. */
export class Peers {
  readonly #parts: PeersParts
  readonly #known = new Map<string, { view: PeerView; until: number }>()
  readonly #asking = new Map<string, Promise<PeerView>>()

  constructor(parts: PeersParts) {
    this.#parts = parts
  }

  /** What is known now, without asking. */
  known(address: string): PeerView | undefined {
    return this.#known.get(address)?.view
  }

  /** Whether it can do that; undefined as long as nobody has answered for it. */
  takes(address: string, feature: Feature): boolean | undefined {
    const known = this.known(address)
    // Who answered without a word of features, as a plain SIP phone does, has none.
    return known && (known.online === true || known.features.length > 0) ? known.features.includes(feature) : undefined
  }

  /** The link is new: what was heard over the old one is asked again when somebody wants to know. */
  renew(): void {
    for (const known of this.#known.values()) known.until = 0
  }

  /** Resolves also when nobody answers: `reach` says so. */
  ask(address: string): Promise<PeerView> {
    const known = this.#known.get(address)
    if (known && known.until > this.#parts.clock.steady()) return Promise.resolve(known.view)
    let asking = this.#asking.get(address)
    if (!asking) {
      asking = this.#ask(address).finally(() => this.#asking.delete(address))
      this.#asking.set(address, asking)
    }
    return asking
  }

  async #ask(address: string): Promise<PeerView> {
    const { session, clock, account, features } = this.#parts
    const before = this.#known.get(address)?.view
    let view: PeerView
    try {
      view = this.#read(address, before, await session.request({
        method: 'OPTIONS', to: address,
        headers: [['Contact', `<${account}>${features}`], ['Accept', accept], ['Allow', allow]],
      }))
    } catch {
      view = { ...(before ?? { address, isChatbot: false, features: [] }), reach: 'unknown', online: undefined, askedAt: clock.now() }
    }
    if (this.#known.size >= most) this.#known.delete(this.#known.keys().next().value!)
    this.#known.set(address, { view, until: clock.steady() + (view.online ? holds.online : holds.other) })
    return view
  }

  #read(address: string, before: PeerView | undefined, { status, headers }: SipResponse): PeerView {
    const askedAt = this.#parts.clock.now()
    const told = readFeatures(headers.all('Contact'))
    // Who is away is what it was: the server may not know it (rcs.md 1.3, "keep cached caps").
    const features = told.length > 0 ? told : (before?.features ?? [])
    const view = { address, features, isChatbot: features.includes('is-bot'), askedAt }
    if (status >= 200 && status < 300) return { ...view, reach: 'rcs', online: true }
    if (status === 480 || status === 408) return { ...view, reach: 'rcs', online: false }
    if (status === 404 || status === 604) return { ...view, reach: 'none', online: undefined }
    return { ...view, reach: 'unknown', online: undefined }
  }
}

function readFeatures(contacts: string[]): string[] {
  const features = new Set<string>()
  try {
    const read = readContacts(contacts)
    if (read === '*') return []
    for (const { params } of read) for (const feature of readContactFeatures(params).features) features.add(feature)
  } catch {
    // A Contact that cannot be read says nothing; the answer's status still does.
  }
  return [...features]
}
