import type { Clock } from '../base/clock'
import { SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import type { FaultCode } from '../contract/faults'
import type { Carrier, Outcome } from '../relay/carrier'
import { flag, type Envelope } from '../relay/envelope'
import type { Endpoint } from '../sip/endpoint'
import { Headers } from '../sip/headers'
import type { SipResponse } from '../sip/message'
import type { Account } from './accounts'
import { copyHeader } from './copies'
import type { Device } from './device'
import { forPage } from './page'
import type { Peer } from './peer'

const taken: Outcome = { kind: 'taken' }
const lost: Outcome = { kind: 'lost' }

/** What a device's refusal means. Other 4xx and 6xx are `refused`. */
const refusals: Readonly<Record<number, FaultCode>> = {
  400: 'malformed', 403: 'refused', 404: 'unknown-recipient', 410: 'unknown-recipient', 604: 'unknown-recipient',
  413: 'too-large', 513: 'too-large', 415: 'bad-type', 416: 'bad-type', 488: 'not-acceptable', 606: 'not-acceptable', 603: 'refused',
}
/** Answers that a device may take back later. RFC 3261 21.4.9, 21.4.18, 21.5. */
const passing = new Set([408, 430, 480, 486, 491, 500, 502, 503, 504, 600])

/** Past this many bytes that a device has not taken, it gets no typing notices. */
const slow = 64 * 1024

/** Takes envelopes to devices: a SIP MESSAGE to the Contact, over the flow that registered it. */
export class Deliverer {
  readonly #endpoint: Endpoint
  readonly #clock: Clock

  constructor({ endpoint, clock }: { endpoint: Endpoint; clock: Clock }) {
    this.#endpoint = endpoint
    this.#clock = clock
  }

  /** The carrier of a device's lane while it is registered on that connection. */
  carrier(device: Device, peer: Peer, contact: string): Carrier {
    const { window } = device
    return {
      ...(window !== undefined && { window }),
      deliver: (envelopes, hear) => {
        for (let place = 0; place < envelopes.length; place++) {
          this.#deliver(envelopes[place]!, device, peer, contact, (outcome) => hear(place, outcome))
        }
      },
    }
  }

  /** What is not stored: goes to who is there now and is forgotten. False when nobody is. */
  now(envelope: Envelope, recipient: Account): boolean {
    let sent = false
    for (const device of recipient.devices.values()) {
      const { binding } = device
      if (!binding?.detach) continue
      sent = true
      if (binding.peer.flow.waiting < slow) this.#deliver(envelope, device, binding.peer, binding.contact, () => {})
    }
    return sent
  }

  #deliver(envelope: Envelope, device: Device, peer: Peer, contact: string, hear: (outcome: Outcome) => void): void {
    const { flow } = peer
    const sentAt = this.#clock.steady()
    const message = forPage(envelope, flow)
    const request = { method: 'MESSAGE', uri: contact, headers: envelope.flags & flag.group ? groupHeaders(message, device) : headersOf(message), body: message.body }
    this.#endpoint.send(flow, request, (answer) => hear(answer instanceof Fault ? failure(answer, peer, sentAt) : outcomeOf(answer)))
  }
}

/** What an unanswered request means. */
function failure(fault: Fault, { flow, heardAt }: Peer, sentAt: number): Outcome {
  if (fault.code === 'connection-lost' || flow.closed) return lost
  if (fault.code !== 'no-answer') return { kind: 'failed', fault: fault.view() }
  // RFC 5626 4.2: a flow that has been silent all that time has failed; one that talks has trouble with this message.
  if (heardAt > sentAt) return { kind: 'retry', fault: fault.view() }
  flow.close(fault)
  return lost
}

/** The request's headers: as they came, in the server's own name where it answers for the sender. */
function headersOf(envelope: Envelope): Headers {
  const headers = new Headers()
  let hasFrom = false
  for (const [name, value] of envelope.headers) {
    if (name === 'From') hasFrom = true
    headers.append(name, value)
  }
  if (!hasFrom) {
    headers.add('From', `<${envelope.from}>;tag=relay`).add('To', `<${envelope.to}>`)
    if (!headers.has('Call-ID')) headers.add('Call-ID', envelope.id)
    headers.add('CSeq', '1 MESSAGE')
  }
  headers.append('Max-Forwards', '69')
  headers.append('P-Asserted-Identity', `<${envelope.from}>`)
  headers.append('Content-Type', envelope.contentType)
  return headers
}

/** The focus speaks; who said it stands in the CPIM (RFC 4579 5.9). What it is to its author's own devices, the copy header says. */
function groupHeaders(envelope: Envelope, { address, gruu }: Device): Headers {
  const headers = new Headers(envelope.headers)
  headers.add('From', `<${envelope.to}>;tag=focus`).add('To', `<${gruu ?? address}>`).add('Call-ID', envelope.id).add('CSeq', '1 MESSAGE')
  headers.append('Max-Forwards', '70')
  headers.append('P-Asserted-Identity', `<${envelope.to}>`)
  if (envelope.from === address) headers.append(copyHeader, 'sent')
  headers.append('Content-Type', envelope.contentType)
  return headers
}

/** RFC 3261 21 as an outcome. */
export function outcomeOf({ status, reason, headers }: Pick<SipResponse, 'status' | 'reason' | 'headers'>): Outcome {
  if (status < 300) return taken
  const text = `${status} ${reason}`.trim()
  if (passing.has(status)) {
    const after = /^\s*(\d{1,6})/.exec(headers.get('Retry-After') ?? '')
    return { kind: 'retry', fault: { code: 'busy', text, detail: { status } }, ...(after && { after: Number(after[1]) * SECOND }) }
  }
  return { kind: 'failed', fault: { code: refusals[status] ?? 'refused', text, detail: { status } } }
}
