import { SECOND, type Clock } from '../../base/clock'
import type { Fault } from '../../base/faults'
import { sdpType } from '../../msrp/offer-answer'
import { giveMessage } from '../../msrp/one-message'
import type { Outcome } from '../../relay/carrier'
import type { Envelope } from '../../relay/envelope'
import type { Dialogs } from '../../sip/dialogs'
import type { Flow } from '../../sip/flow'
import { Headers } from '../../sip/headers'
import { invite } from '../../sip/invitation'
import { outcomeOf } from '../outcomes'
import { mostAtOnce, wayTo, type LargeLine } from './limits'

/** How long a device may take to answer an INVITE: a program does, not a person, ms. */
const answerTime = 30 * SECOND

const largeService = 'urn:urn-7:3gpp-service.ims.icsi.oma.cpm.largemsg'

/** What the INVITE has of its own. */
const ofDialog: ReadonlySet<string> = new Set(['from', 'to', 'call-id', 'cseq', 'max-forwards', 'content-type', 'content-encoding', 'p-asserted-service'])

/** These pass by themselves. */
const passing: ReadonlySet<string> = new Set(['connection-lost', 'no-answer', 'closed', 'cannot-connect', 'cancelled'])

export interface Device {
  /** Whose. */
  address: string
  /** It says that it takes large messages. */
  takesLarge: boolean
  flow: Flow
  /** The Contact URI as it came. */
  contact: string
}

/** Takes large messages to devices. Without a line every one fails. */
export class LargeGiver {
  readonly #line: LargeLine | undefined
  readonly #dialogs: Dialogs
  readonly #clock: Clock
  #open = 0

  constructor({ line, dialogs, clock }: { line: LargeLine | undefined; dialogs: Dialogs; clock: Clock }) {
    this.#line = line
    this.#dialogs = dialogs
    this.#clock = clock
  }

  /**
   * As a carrier delivers. Never rejects.
   * @param said the headers of the MESSAGE that could not carry it
   * @param from whom the relay speaks for
   */
  async give({ contentType, body }: Envelope, said: Headers, from: string, { address, takesLarge, flow, contact }: Device): Promise<Outcome> {
    const line = this.#line
    if (!line) return tooLarge('this relay does not deliver large messages')
    if (!takesLarge) return tooLarge('the device takes no large messages')
    if (this.#open >= mostAtOnce) return { kind: 'retry', after: 2 * SECOND, fault: { code: 'busy', text: 'too many large messages at once' } }
    this.#open++
    const headers: [string, string][] = []
    said.each((name, value) => {
      if (!ofDialog.has(name.toLowerCase())) headers.push([name, value])
    })
    headers.push(
      ['P-Asserted-Service', largeService], ['Accept-Contact', `*;+g.3gpp.icsi-ref="${largeService.replaceAll(':', '%3A')}"`], ['Content-Type', sdpType],
    )
    const given = await giveMessage(
      wayTo(line, flow, this.#clock),
      (sdp, user) => invite(this.#dialogs, flow, {
        uri: contact, from: `<${from}>`, to: `<${address}>`, contact: `<${from}>`, headers, body: sdp,
      }, user, { ring: answerTime }).answer,
      { contentType, body },
    )
    this.#open--
    switch (given.kind) {
      case 'taken': return given
      case 'refused': {
        const outcome = outcomeOf(given.response)
        return outcome.kind === 'failed' ? tooLarge(`the device does not take it: ${outcome.fault.text}`) : outcome
      }
      case 'failed': return outcomeOfFault(given.fault, flow)
    }
  }
}

const tooLarge = (text: string): Extract<Outcome, { kind: 'failed' }> => ({ kind: 'failed', fault: { code: 'too-large', text } })

/** What a fault of an MSRP session to a device on this flow means. */
export function outcomeOfFault(fault: Fault, flow: Flow): Outcome {
  if (flow.closed) return { kind: 'lost' }
  const { status } = fault.detail
  if (passing.has(fault.code)) return { kind: 'retry', fault: fault.view() }
  return typeof status === 'number' ? outcomeOf({ status, reason: fault.message, headers: new Headers() }) : { kind: 'failed', fault: fault.view() }
}
