import type { Clock } from '../../base/clock'
import { Fault } from '../../base/faults'
import type { Log } from '../../base/log'
import { sdpType } from '../../msrp/offer-answer'
import { offerIn, takeMessage } from '../../msrp/one-message'
import type { Incoming as MsrpMessage } from '../../msrp/receiver'
import type { Dialogs } from '../../sip/dialogs'
import { Headers } from '../../sip/headers'
import type { Incoming } from '../../sip/incoming'
import { accept } from '../../sip/invitation'
import type { SipRequest } from '../../sip/message'
import { statusFor } from '../refusals'
import { maxLargeCpim, mostAtOnce, mustCome, wayTo, type LargeLine } from './limits'

/** What of an INVITE is said of the message in it. */
const ofMessage: ReadonlySet<string> = new Set([
  'Call-ID', 'Conversation-ID', 'Contribution-ID', 'InReplyTo-Contribution-ID', 'Date', 'Expires', 'Priority', 'P-Preferred-Service',
])

export interface LargeTakerParts {
  line: LargeLine
  dialogs: Dialogs
  clock: Clock
  log: Log
}

/** Large messages from their senders (rcs.md 1.7): kept as a MESSAGE would be, before the REPORT leaves. */
export class LargeTaker {
  readonly #parts: LargeTakerParts
  #open = 0

  constructor(parts: LargeTakerParts) {
    this.#parts = parts
  }

  /**
   * Answers the INVITE of somebody who may send to `to`.
   * @param keep keeps the message, which it gets as the MESSAGE that could not carry it
   * @throws Fault, which is the answer
   */
  take(incoming: Incoming, to: string, keep: (request: SipRequest) => Promise<void>): void {
    const { line, dialogs, clock, log } = this.#parts
    const offer = offerIn(incoming)
    if (!offer) throw new Fault('not-acceptable', { text: 'sessions here are for one large message, which is said by a=sendonly' })
    mustCome(offer, line)
    if (this.#open >= mostAtOnce) throw new Fault('busy', { text: 'too many large messages at once' })
    this.#open++
    try {
      takeMessage(wayTo(line, incoming.flow, clock), offer, {
        maxSize: maxLargeCpim,
        accept: (sdp, user) => accept(dialogs, incoming, { contact: `<${to}>`, headers: [['Content-Type', sdpType]], body: sdp }, user),
        receive: (message) => {
          const headers = new Headers()
          incoming.request.headers.copyInto(headers, ofMessage)
          return sayWhy(keep(asMessage(incoming.request.uri, headers, message)), to, log)
        },
        ended: () => { this.#open-- },
      })
    } catch (thrown) {
      this.#open--
      throw thrown
    }
  }
}

/** The MESSAGE that it would have been, with the headers that say more of it. */
export function asMessage(uri: string, headers: Headers, { contentType, body }: MsrpMessage): SipRequest {
  headers.add('Content-Type', contentType)
  return { kind: 'request', method: 'MESSAGE', uri, headers, body }
}

/** What cannot be kept is answered with the status of its MESSAGE. */
export const sayWhy = (keeping: Promise<void>, to: string, log: Log): Promise<void> => keeping.catch((thrown: unknown) => {
  const fault = Fault.from(thrown)
  log.info({ code: fault.code, reason: fault.message, to }, 'what came over MSRP was refused')
  throw new Fault(fault.code, { text: fault.message, cause: thrown, detail: { ...fault.detail, status: statusFor(fault) } })
})
