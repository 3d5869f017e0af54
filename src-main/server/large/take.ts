import type { Clock } from '../../base/clock'
import { Fault } from '../../base/faults'
import type { Log } from '../../base/log'
import { offerIn, sdpType, takeMessage } from '../../msrp/one-message'
import type { Incoming as MsrpMessage } from '../../msrp/receiver'
import type { Dialogs } from '../../sip/dialogs'
import { Headers } from '../../sip/headers'
import type { Incoming } from '../../sip/incoming'
import { accept } from '../../sip/invitation'
import type { SipRequest } from '../../sip/message'
import { statusFor } from '../refusals'
import { hostFor, maxLargeCpim, mostAtOnce, type LargeLine } from './limits'

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
    const { endpoint, secure } = line
    const offer = offerIn(incoming)
    if (!offer) throw new Fault('not-acceptable', { text: 'sessions here are for one large message, which is said by a=sendonly' })
    // Whoever has an account could else have this relay connect to any place.
    const connects = offer.setup === undefined || offer.setup === 'active' || offer.setup === 'actpass'
    if (!connects || offer.secure !== secure) throw new Fault('not-acceptable', { text: `this relay waits to be connected to, ${secure ? 'with' : 'without'} TLS` })
    if (this.#open >= mostAtOnce) throw new Fault('busy', { text: 'too many large messages at once' })
    this.#open++
    try {
      takeMessage({ endpoint, secure, role: 'passive', host: hostFor(line, incoming.flow), clock }, offer, {
        maxSize: maxLargeCpim,
        accept: (sdp, user) => accept(dialogs, incoming, { contact: `<${to}>`, headers: [['Content-Type', sdpType]], body: sdp }, user),
        receive: (message) => keep(asMessage(incoming.request, message)).catch((thrown: unknown) => {
          const fault = Fault.from(thrown)
          log.info({ code: fault.code, reason: fault.message, to }, 'a large message was refused')
          throw new Fault(fault.code, { text: fault.message, cause: thrown, detail: { ...fault.detail, status: statusFor(fault) } })
        }),
        ended: () => { this.#open-- },
      })
    } catch (thrown) {
      this.#open--
      throw thrown
    }
  }
}

/** The MESSAGE that it would have been. */
function asMessage({ uri, headers: said }: SipRequest, { contentType, body }: MsrpMessage): SipRequest {
  const headers = new Headers()
  said.copyInto(headers, ofMessage)
  headers.add('Content-Type', contentType)
  return { kind: 'request', method: 'MESSAGE', uri, headers, body }
}
