import { SECOND } from '../../base/clock'
import { Fault } from '../../base/faults'
import { mediaOf, answerOffer, readAnswer, sdpType, type Media, type Way } from '../../msrp/offer-answer'
import type { Incoming as MsrpMessage } from '../../msrp/receiver'
import { accepts, readMsrpSdp, type Direction, type MsrpMedia } from '../../msrp/sdp'
import { isSameUri } from '../../msrp/uri'
import { cpimType } from '../../rcs/cpim'
import type { Outcome } from '../../relay/carrier'
import type { Envelope } from '../../relay/envelope'
import type { Flow } from '../../sip/flow'
import type { ReplyOptions } from '../../sip/incoming'
import type { InviteSession } from '../../sip/invite-session'
import type { SipRequest, SipResponse } from '../../sip/message'
import { outcomeOfFault } from '../large/give'
import { maxLargeCpim } from '../large/limits'
import { inflated } from '../page'
import { bodyOf } from './asked'

/** How long a REPORT may take: behind a relay, and where the 200 is the device's own. */
const reportTime = { behind: 30 * SECOND, direct: 15 * SECOND }
/** Past this many bytes that a device has not taken, it gets no typing notices. */
const slow = 64 * 1024

/** RFC 3264 6.1: what the other side does is for us the other way round. */
const mirrored: Record<Direction, Direction> = { sendrecv: 'sendrecv', sendonly: 'recvonly', recvonly: 'sendonly', inactive: 'inactive' }

/** Of whose session it is the media, and what becomes of it. */
export interface MediumParts {
  way: Way
  /** What was said in it. What it throws is told by its `detail.status`. */
  keep(message: MsrpMessage): Promise<void>
  /** Called once, however it ended. */
  ended(): void
}

/** The MSRP of a device's session with a group (RFC 4975, RFC 7701 without its private messages): it says there what it would by MESSAGE, and hears the same. */
export class Medium {
  readonly #media: Media
  /** What we do in it. */
  #direction: Direction = 'sendrecv'
  #version = 1
  /** Whether the device sends REPORTs; not known before the first. */
  #reports: boolean | undefined

  constructor({ way, keep, ended }: MediumParts) {
    this.#media = mediaOf(way, { maxSize: maxLargeCpim, acceptTypes: [cpimType], receive: keep })
    this.#media.msrp.events.on('closed', ended)
  }

  /** What to offer. */
  get sdp(): Uint8Array {
    return this.#media.sdp(this.#direction, this.#version)
  }

  /** Answers the INVITE that offers it. @param accept answers with SDP @throws as `accept` */
  answer(offer: MsrpMedia, accept: (sdp: Uint8Array) => InviteSession): InviteSession {
    this.#direction = mirrored[offer.direction]
    return answerOffer(this.#media.msrp, offer, 'passive', () => accept(this.sdp))
  }

  /** Takes the answer to an INVITE that offered it; false when the session has none. */
  answered(response: SipResponse, session: InviteSession): boolean {
    const { msrp } = this.#media
    try {
      const { theirs } = readAnswer('passive', response)
      this.#direction = mirrored[theirs.direction]
      answerOffer(msrp, theirs, 'passive', () => session)
      return true
    } catch {
      msrp.close()
      return false
    }
  }

  /**
   * What to answer a re-INVITE or UPDATE: the media stays, and may be held.
   * @throws Fault `not-acceptable`, `malformed`
   */
  again(request: SipRequest): ReplyOptions {
    const { msrp } = this.#media
    const offered = bodyOf(request, sdpType)
    if (offered) {
      const offer = readMsrpSdp(offered)
      if (!offer || !msrp.peer || msrp.at === 'closed' || !isSameUri(offer.path.at(-1)!, msrp.peer.path.at(-1)!)) throw new Fault('not-acceptable', { text: 'another path is another session' })
      const direction = mirrored[offer.direction]
      if (direction !== this.#direction) this.#version++
      this.#direction = direction
      msrp.open(offer, 'passive').catch(() => {})
    } else if (request.method !== 'INVITE' || msrp.at === 'closed') return {}
    return { headers: [['Content-Type', sdpType]], body: this.sdp }
  }

  /** Whether a message can go there now. */
  takes({ contentType, body }: Envelope): boolean {
    const { at, peer } = this.#media.msrp
    if (at !== 'open' || !peer || (this.#direction !== 'sendrecv' && this.#direction !== 'sendonly')) return false
    // RFC 4975 8.6: who names no type has forgotten to; 0 is no limit.
    if (peer.acceptTypes.length > 0 && !accepts(peer.acceptTypes, contentType)) return false
    return !peer.maxSize || body.length <= peer.maxSize
  }

  /** Sends a message; as a carrier delivers. Never rejects. */
  async give(envelope: Envelope, flow: Flow): Promise<Outcome> {
    const { msrp } = this.#media
    const isDirect = msrp.peer!.path.length === 1
    const { contentType, body } = inflated(envelope)
    const outgoing = msrp.send({
      contentType, body, successReport: !isDirect || this.#reports !== false, reportTimeout: isDirect ? reportTime.direct : reportTime.behind,
    })
    const reported = await outgoing.reported
    if (reported.ok) {
      this.#reports ??= true
      return { kind: 'taken', answer: 'MSRP 200 OK' }
    }
    const { fault } = reported
    if (fault.code === 'no-answer') {
      // RFC 4975 7.1.2: its own 200 has said it already; of one that has given reports, or is behind a relay, silence says nothing good.
      if (isDirect && !this.#reports && (await outgoing.sent).ok) {
        this.#reports = false
        return { kind: 'taken', answer: 'MSRP 200 OK' }
      }
      msrp.close(fault)
    }
    const outcome = outcomeOfFault(fault, flow)
    // Without the session it goes by MESSAGE, and need not wait for that.
    return outcome.kind === 'retry' && msrp.at === 'closed' ? { ...outcome, after: 0 } : outcome
  }

  /** Sends what is for now and is forgotten. */
  hint(envelope: Envelope): void {
    const { msrp } = this.#media
    if (msrp.connection && msrp.connection.waiting >= slow) return
    const { contentType, body } = inflated(envelope)
    msrp.send({ contentType, body, failureReport: 'no' })
  }

  /** Nothing more is sent or taken; the SIP session ends with it. */
  close(): void {
    this.#media.msrp.close()
  }
}
