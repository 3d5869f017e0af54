import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import type { Log } from '../base/log'
import { readPayload, writeFiles, writePlaceAsText, writeText } from '../rcs/content'
import { locationType } from '../rcs/location'
import type { Carrier, Outcome } from '../relay/carrier'
import type { Envelope } from '../relay/envelope'
import type { SipResponse } from '../sip/message'
import { outcomeOf } from './answers'
import { chatbotHeaders, standaloneHeaders, threadHeaders, type HeaderList } from './requests'
import type { Session } from './session'

export interface CarrierParts {
  session: Pick<Session, 'request'>
  /** Address of record of the account. */
  account: string
  ids: Ids
  log: Log
  /** Whether a peer reads GSMA's XML of a place, as far as it has told. */
  takesPlaces(address: string): boolean
  /** Whether it is known that a peer is a chatbot. */
  isChatbot(address: string): boolean
  /** Takes what no MESSAGE carries. */
  large(envelope: Envelope): Promise<Outcome>
}

/** What the body of a MESSAGE may have, bytes: a text of 64 KB, and CPIM round it. */
const maxMessage = 68 * 1024

/** Takes what the account sends to the operator or office relay: the carrier of lane `network`. */
export class NetworkCarrier implements Carrier {
  /** A message to many waits for the way there and back of each: with more in flight their answers, and so their commits, come together. */
  readonly atOnce = 256
  readonly #parts: CarrierParts
  /** The same for every message to people, and to chatbots. */
  readonly #headers: HeaderList
  readonly #botHeaders: HeaderList
  /** Peers that said no to a form: `cpim` altogether, or only to a `place` in XML. They get the next as long as this program runs. */
  readonly #refused = new Map<string, 'place' | 'cpim'>()

  constructor(parts: CarrierParts) {
    this.#parts = parts
    this.#headers = standaloneHeaders(parts.account)
    this.#botHeaders = chatbotHeaders(parts.account)
  }

  deliver(envelopes: readonly Envelope[], hear: (place: number, outcome: Outcome) => void): void {
    envelopes.forEach((envelope, place) => {
      void this.#deliver(envelope).catch((thrown: unknown): Outcome => {
        // A bug must not hold the lane for ever, and no message may vanish: it fails with what was thrown.
        this.#parts.log.error({ err: thrown, id: envelope.id }, 'could not be sent')
        return { kind: 'failed', fault: Fault.from(thrown).view() }
      }).then((outcome) => hear(place, outcome))
    })
  }

  async #deliver(envelope: Envelope): Promise<Outcome> {
    if (envelope.body.length > maxMessage) return this.#parts.large(envelope)
    let form = this.#firstForm(envelope)
    try {
      let response = await this.#send(form)
      for (let next; (response.status === 415 || response.status === 488) && (next = plainerForm(form)); form = next) {
        response = await this.#send(next)
        if (response.status < 300) this.#refused.set(envelope.to, isCpim(next) ? 'place' : 'cpim')
      }
      return outcomeOf(response)
    } catch (thrown) {
      const fault = Fault.from(thrown)
      if (fault.code === 'connection-lost' || fault.code === 'closed') return { kind: 'lost' }
      if (fault.code === 'no-answer') return { kind: 'retry', fault: fault.view() }
      throw thrown
    }
  }

  /** The form that the recipient takes, as far as that is known. */
  #firstForm(envelope: Envelope): Envelope {
    const refused = this.#refused.get(envelope.to)
    const form = (hasPlace(envelope) && (refused || !this.#parts.takesPlaces(envelope.to)) && placeAsText(envelope)) || envelope
    return (refused === 'cpim' && withoutCpim(form)) || form
  }

  #send({ to, id, contentType, body, headers }: Envelope): Promise<SipResponse> {
    const { account, session, ids, isChatbot } = this.#parts
    const own = isChatbot(to) ? this.#botHeaders : this.#headers
    const thread = headers.some(([name]) => name === 'Conversation-ID') ? [] : threadHeaders(account, to, ids)
    return session.request({
      method: 'MESSAGE', to, body,
      // Without CPIM the Call-ID is the message's identity, and receipts refer to it: so it always is.
      callId: id,
      headers: [...own, ...thread, ...headers, ['Content-Type', contentType]],
    })
  }
}

const isCpim = ({ contentType }: Envelope): boolean => contentType.toLowerCase().startsWith('message/cpim')

/** Looked for in the bytes: to read every message for the few that are places would cost more than to send them. */
const hasPlace = ({ contentType, body }: Envelope): boolean =>
  contentType.startsWith(locationType) || Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(locationType)

/** The same for a peer that did not take this form; undefined when there is none. */
const plainerForm = (envelope: Envelope): Envelope | undefined => (hasPlace(envelope) && placeAsText(envelope)) || withoutCpim(envelope)

/** A place as a `geo:` text, in CPIM or not as it was; undefined for anything else. */
function placeAsText(envelope: Envelope): Envelope | undefined {
  const { parts: [part, more], cpim } = readPayload(envelope)
  if (part?.kind !== 'location' || more) return undefined
  const { from, to, id, sentAt } = envelope
  return { ...envelope, ...writePlaceAsText({ location: part.location, from, to, id, sentAt, bare: !cpim, ...(cpim && { dispositions: cpim.dispositions }) }) }
}

/** A text or file for a peer that does not read CPIM; undefined when it is neither, or is plain already. */
function withoutCpim(envelope: Envelope): Envelope | undefined {
  const { parts: [part, more], cpim } = readPayload(envelope)
  if (!cpim || more || (part?.kind !== 'text' && part?.kind !== 'file')) return undefined
  const { from, to, id, sentAt } = envelope
  const frame = { from, to, id, sentAt, bare: true }
  return { ...envelope, ...(part.kind === 'text' ? writeText({ ...frame, text: part.text }) : writeFiles({ ...frame, files: [part.file] })) }
}
