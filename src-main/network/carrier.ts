import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import type { Log } from '../base/log'
import { readPayload, writeFiles, writeText } from '../rcs/content'
import type { Carrier, Outcome } from '../relay/carrier'
import type { Envelope } from '../relay/envelope'
import type { SipResponse } from '../sip/message'
import { answerText, faultOf, isPassing } from './answers'
import { standaloneHeaders, threadHeaders } from './requests'
import type { Session } from './session'

export interface CarrierParts {
  session: Pick<Session, 'request'>
  /** Address of record of the account. */
  account: string
  ids: Ids
  log: Log
}

/** Takes what the account sends to the operator or office relay: the carrier of lane `network`. */
export class NetworkCarrier implements Carrier {
  readonly #parts: CarrierParts
  /** Peers that said no to CPIM: they get plain text as long as this program runs. */
  readonly #plain = new Set<string>()

  constructor(parts: CarrierParts) {
    this.#parts = parts
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
    let plain = this.#plain.has(envelope.to) ? plainForm(envelope) : undefined
    try {
      let response = await this.#send(plain ?? envelope)
      if (!plain && (response.status === 415 || response.status === 488) && (plain = plainForm(envelope))) {
        response = await this.#send(plain)
        if (response.status < 300) this.#plain.add(envelope.to)
      }
      return outcomeOf(response)
    } catch (thrown) {
      const fault = Fault.from(thrown)
      if (fault.code === 'connection-lost' || fault.code === 'closed') return { kind: 'lost' }
      if (fault.code === 'no-answer') return { kind: 'retry', fault: fault.view() }
      throw thrown
    }
  }

  #send({ to, id, contentType, body, headers }: Envelope): Promise<SipResponse> {
    const { account, session, ids } = this.#parts
    const thread = headers.some(([name]) => name === 'Conversation-ID') ? [] : threadHeaders(account, to, ids)
    return session.request({
      method: 'MESSAGE', to, body,
      // Without CPIM the Call-ID is the message's identity, and receipts refer to it: so it always is.
      callId: id,
      headers: [...standaloneHeaders(account), ...thread, ...headers, ['Content-Type', contentType]],
    })
  }
}

/** The same text or file for a peer that does not read CPIM; undefined when it is neither, or is plain already. */
function plainForm(envelope: Envelope): Envelope | undefined {
  const { parts, cpim } = readPayload(envelope)
  const [part] = parts
  if (!cpim || parts.length !== 1 || (part?.kind !== 'text' && part?.kind !== 'file')) return undefined
  const frame = { from: envelope.from, to: envelope.to, id: envelope.id, sentAt: envelope.sentAt, bare: true }
  return { ...envelope, ...(part.kind === 'text' ? writeText({ ...frame, text: part.text }) : writeFiles({ ...frame, files: [part.file] })) }
}

function outcomeOf(response: SipResponse): Outcome {
  const { status } = response
  if (status >= 200 && status < 300) return { kind: 'taken', answer: answerText(response) }
  const fault = faultOf(response)
  // 401 and 407 after the password was shown: the session finds out at its next REGISTER whether it still holds.
  if (!isPassing(status) && status !== 401 && status !== 407) return { kind: 'failed', fault: fault.view() }
  const after = fault.detail['after']
  return { kind: 'retry', fault: fault.view(), ...(typeof after === 'number' && { after }) }
}
