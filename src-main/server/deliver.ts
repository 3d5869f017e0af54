import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Carrier, Outcome } from '../relay/carrier'
import { flag, type Envelope } from '../relay/envelope'
import type { Endpoint } from '../sip/endpoint'
import { Headers } from '../sip/headers'
import type { Account } from './accounts'
import { copyHeader } from './copies'
import type { Device } from './device'
import type { GroupMedia } from './groups/media'
import { maxMessage } from './incoming-message'
import type { LargeGiver } from './large/give'
import { outcomeOf } from './outcomes'
import { forPage } from './page'
import type { Peer } from './peer'

const lost: Outcome = { kind: 'lost' }

/** Past this many bytes that a device has not taken, it gets no typing notices. */
const slow = 64 * 1024

/** Takes envelopes to devices: a SIP MESSAGE to the Contact, over the flow that registered it; what that cannot carry, and what is of a group that it has a session with, goes over MSRP. */
export class Deliverer {
  readonly #endpoint: Endpoint
  readonly #clock: Clock
  readonly #large: LargeGiver
  readonly #media: GroupMedia

  constructor({ endpoint, clock, large, media }: { endpoint: Endpoint; clock: Clock; large: LargeGiver; media: GroupMedia }) {
    this.#endpoint = endpoint
    this.#clock = clock
    this.#large = large
    this.#media = media
  }

  /** The carrier of a device's lane while it is registered on that connection. */
  carrier(device: Device, peer: Peer, contact: string): Carrier {
    const { window } = device
    return {
      ...(window !== undefined && { window }),
      deliver: (envelopes, hear) => {
        for (let place = 0; place < envelopes.length; place++) {
          const envelope = envelopes[place]!
          const heard = (outcome: Outcome): void => hear(place, outcome)
          const session = this.#media.for(device, envelope)
          if (session) void session.give(envelope, peer.flow).then(heard)
          else if (envelope.body.length > maxMessage) this.#deliverLarge(envelope, device, peer, contact, heard)
          else this.#deliver(envelope, device, peer, contact, heard)
        }
      },
    }
  }

  /** What is not stored: goes to who is there now and is forgotten. False when nobody is. */
  now(envelope: Envelope, recipient: Account): boolean {
    let sent = recipient.inbox?.now(envelope) ?? false
    for (const device of recipient.devices.values()) {
      const { binding } = device
      if (!binding?.detach) continue
      sent = true
      const session = this.#media.for(device, envelope)
      if (session) session.hint(envelope)
      else if (binding.peer.flow.waiting < slow) this.#deliver(envelope, device, binding.peer, binding.contact, () => {})
    }
    return sent
  }

  #deliverLarge(envelope: Envelope, device: Device, { flow }: Peer, contact: string, hear: (outcome: Outcome) => void): void {
    const from = envelope.flags & flag.group ? envelope.to : envelope.from
    void this.#large.give(envelope, headersFor(envelope, device), from, { address: device.address, takesLarge: device.takesLarge, flow, contact }).then(hear)
  }

  #deliver(envelope: Envelope, device: Device, peer: Peer, contact: string, hear: (outcome: Outcome) => void): void {
    const { flow } = peer
    const sentAt = this.#clock.steady()
    const message = forPage(envelope, flow)
    const request = { method: 'MESSAGE', uri: contact, headers: headersFor(message, device), body: message.body }
    this.#endpoint.send(flow, request, (answer) => hear(answer instanceof Fault ? failure(answer, peer, sentAt) : outcomeOf(answer)))
  }
}

const headersFor = (envelope: Envelope, device: Device): Headers =>
  (envelope.flags & flag.group ? groupHeaders(envelope, device) : headersOf(envelope))

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
