import type { Ids } from '../base/ids'
import type { MsrpLimits } from './limits'
import type { MsrpResponse } from './message'
import type { Sending } from './outgoing'
import { endsSession, faultOf } from './status'
import { holdsEndLine, writeByteRange, writeMessage } from './write'

/** RFC 4975 7.1.1: what is not larger need not be interrupted for others. */
export const smallChunk = 2_048

export interface SenderOptions {
  ids: Ids
  limits: MsrpLimits
  /** Bytes handed over and not yet taken. */
  waiting(): number
  write(pieces: readonly Uint8Array[]): void
  /** Waits for the response to a request that has just been written; nothing comes when `wants` is false and it was good. */
  expect(tid: string, wants: boolean, then: (response: MsrpResponse | undefined) => void): void
}

/**
 * Writes messages of all sessions of a connection in turn, a chunk of each, so that a small one never waits behind a large one. How
 * long a chunk is, is decided when the connection takes it: large while a message is alone, small once others wait; so none has to be
 * interrupted, and its Byte-Range is known.
 */
export class Sender {
  readonly #options: SenderOptions
  #queue: Sending[] = []

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /** Nothing is left to write. */
  get idle(): boolean {
    return this.#queue.length === 0
  }

  add(sending: Sending): void {
    this.#queue.push(sending)
  }

  /** The message has nothing more to write. */
  remove(sending: Sending): void {
    this.#queue = this.#queue.filter((each) => each !== sending)
  }

  /** Writes until enough waits in the connection, or every message waits for its answers. */
  pump(): void {
    const { limits, waiting } = this.#options
    while (waiting() < limits.enoughWaiting) {
      const next = this.#queue.findIndex((sending) => sending.owesAbort || sending.unanswered < limits.window)
      if (next < 0) return
      const [sending] = this.#queue.splice(next, 1) as [Sending]
      if (sending.failed) {
        if (sending.owesAbort) this.#write(sending, 0, true)
        continue
      }
      const most = this.#queue.length > 0 ? Math.min(smallChunk, sending.way.chunk) : sending.way.chunk
      const size = Math.min(most, sending.body.length - sending.offset)
      // Behind all others, until it comes round again.
      if (sending.offset + size < sending.body.length) this.#queue.push(sending)
      this.#write(sending, size, false)
    }
  }

  #write(sending: Sending, size: number, isAborted: boolean): void {
    const { message, body, offset, way } = sending
    const chunk = body.subarray(offset, offset + size)
    const total = body.length
    const tid = this.#tid(chunk)
    const last = offset + size === total
    this.#options.write(writeMessage({
      tid, start: 'SEND', toPath: way.toPath, fromPath: way.fromPath, body: chunk, flag: isAborted ? '#' : last ? '$' : '+',
      fields: [
        ['Message-ID', sending.id],
        ['Byte-Range', writeByteRange({ start: offset + 1, end: offset + size, total })],
        ...(message.successReport ? [['Success-Report', 'yes'] as const] : []),
        ...(sending.wantsAnswers ? [] : [['Failure-Report', message.failureReport!] as const]),
        ['Content-Type', message.contentType],
      ],
    }))
    if (isAborted) return this.#options.expect(tid, false, () => {})
    // Nobody answers a `no`.
    if (message.failureReport !== 'no') this.#options.expect(tid, sending.wantsAnswers, (response) => this.#answered(sending, size, response))
    sending.left(size)
  }

  #answered(sending: Sending, size: number, response: MsrpResponse | undefined): void {
    const status = response?.status ?? 408
    const fault = faultOf(status, response?.reason)
    if (!fault) {
      if (sending.wantsAnswers) sending.answered(size)
      return
    }
    sending.fail(fault)
    // RFC 4975 10.5: a 408 from the next hop speaks of the message; silence of the whole session.
    if (!response || endsSession(status)) sending.way.broken(fault)
  }

  /** RFC 4975 7.1: random, so that nobody who writes a body can know it, and looked for all the same. */
  #tid(body: Uint8Array): string {
    for (;;) {
      const tid = this.#options.ids.token(12)
      if (!holdsEndLine(body, tid)) return tid
    }
  }
}
