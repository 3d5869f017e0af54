import type { Clock, Timer } from '../base/clock'
import { SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import type { MsrpConnection } from './connection'
import type { MsrpRequest } from './message'
import { Sending } from './outgoing'
import type { Outgoing, OutgoingMessage, Way } from './outgoing'
import { readByteRange, readStatus } from './parser'
import { faultOf } from './status'

export interface OutboxOptions {
  clock: Clock
  ids: Ids
  way: Way
  /** Largest message that the other side takes, bytes; unknown until its SDP is here. */
  limit(): number | undefined
}

/** What a REPORT said. */
export interface Reported {
  id: string
  status: number
}

/** The messages that a session sends: those that wait for it to open, those under way, those that wait for a REPORT. */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #sendings = new Map<string, Sending>()
  readonly #timers = new Map<string, Timer>()
  #early: Sending[] = []
  #connection: MsrpConnection | undefined

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** @param closed why nothing can be sent any more */
  send(message: OutgoingMessage, closed: Fault | undefined): Outgoing {
    const { ids, way } = this.#options
    const id = message.id ?? ids.token()
    const sending = new Sending(id, way, message, (changed) => this.#changed(changed))
    if (closed) sending.fail(closed)
    else if (/[\r\n\0]/.test(id + message.contentType) || this.#sendings.has(id)) sending.fail(new Fault('bad-argument'))
    else {
      this.#sendings.set(id, sending)
      if (this.#connection) this.#leave(sending, this.#connection)
      else this.#early.push(sending)
    }
    return sending
  }

  /** What waited leaves. */
  open(connection: MsrpConnection): void {
    this.#connection = connection
    for (const sending of this.#early.splice(0)) this.#leave(sending, connection)
  }

  /** Takes a REPORT (RFC 4975 7.1.2); nothing when it says nothing that can be read. */
  report({ fields }: MsrpRequest): Reported | undefined {
    const id = fields.get('Message-ID') ?? ''
    try {
      const { status } = readStatus(fields.get('Status'))
      this.#sendings.get(id)?.report(readByteRange(fields.get('Byte-Range')), faultOf(status))
      return { id, status }
    } catch {
      return undefined
    }
  }

  /** All that is under way has failed. */
  close(fault: Fault): void {
    this.#early = []
    for (const sending of [...this.#sendings.values()]) sending.fail(fault)
  }

  #leave(sending: Sending, connection: MsrpConnection): void {
    if (sending.ended) return
    const limit = this.#options.limit()
    // RFC 4975 8.6
    if (limit !== undefined && limit > 0 && sending.body.length > limit) return sending.fail(new Fault('too-large', { detail: { limit, status: 413 } }))
    connection.send(sending)
  }

  #changed(sending: Sending): void {
    const { id } = sending
    this.#connection?.changed(sending)
    // Another one of its name is under way; this one never was.
    if (this.#sendings.get(id) !== sending) return
    if (sending.awaitsReport && !this.#timers.has(id)) {
      const wait = sending.message.reportTimeout ?? 60 * SECOND
      this.#timers.set(id, this.#options.clock.after(wait, () => sending.fail(new Fault('no-answer', { text: 'no report came' }))))
    }
    if (!sending.ended) return
    this.#timers.get(id)?.cancel()
    this.#timers.delete(id)
    this.#sendings.delete(id)
  }
}
