import { Fault } from '../base/faults'
import type { ByteRange } from './message'
import { Ranges } from './ranges'

export interface OutgoingMessage {
  contentType: string
  /** Not copied: it must stay as it is until the message has ended. */
  body: Uint8Array
  /** Message-ID. @default one of its own */
  id?: string
  /** Asks the other end to say that it has all of it. @default false */
  successReport?: boolean
  /** RFC 4975 7.1.1: `no` and `partial` do not wait for answers. @default yes */
  failureReport?: 'yes' | 'no' | 'partial'
  /** How long a REPORT may take once everything was answered, ms. @default 60_000 */
  reportTimeout?: number
  /** Bytes that were answered so far (that left, where no answer is asked for). */
  onProgress?(bytes: number): void
}

/** What is known of a message; a fault's detail has the `status` where one came. */
export type Outcome = { ok: true } | { ok: false; fault: Fault }

/** A message on its way. Its promises never reject. */
export interface Outgoing {
  readonly id: string
  /** Every chunk was answered by the next hop; with `no` and `partial`: left. */
  readonly sent: Promise<Outcome>
  /** The other end says that it has all of it; without `successReport` the same as `sent`. */
  readonly reported: Promise<Outcome>
  /** Gives up what has not left yet, `#` to the other side. Nothing when all of it has left. */
  abort(): void
}

/** What a message needs of its session. */
export interface Way {
  readonly toPath: readonly string[]
  readonly fromPath: readonly string[]
  /** Largest chunk while nothing else waits, bytes. */
  readonly chunk: number
  /** No answer came in time, or one that ends the session. */
  broken(fault: Fault): void
}

/**
 * One message with what has left, been answered and been reported of it.
 *
 *     waiting --pump--> leaving --last byte--> left --every answer--> sent --REPORT--> reported
 *     any --answer, REPORT, time, abort, the end of the session--> failed (`#` goes out when a part has left)
 */
export class Sending implements Outgoing {
  readonly id: string
  readonly way: Way
  readonly body: Uint8Array
  readonly sent: Promise<Outcome>
  readonly reported: Promise<Outcome>
  readonly message: OutgoingMessage
  /** How much has left. */
  offset = 0
  hasBegun = false
  /** Bytes under way without an answer. */
  unanswered = 0
  /** Chunks under way without an answer. */
  #chunks = 0
  #answered = 0
  #sent: Outcome | undefined
  #reported: Outcome | undefined
  #tellSent!: (outcome: Outcome) => void
  #tellReported!: (outcome: Outcome) => void
  readonly #reports = new Ranges()
  readonly #changed: (sending: Sending) => void

  /** @param changed what is to be written of it, or waited for, is another thing now */
  constructor(id: string, way: Way, message: OutgoingMessage, changed: (sending: Sending) => void) {
    this.id = id
    this.way = way
    this.message = message
    this.body = message.body
    this.#changed = changed
    this.sent = new Promise((resolve) => (this.#tellSent = resolve))
    this.reported = new Promise((resolve) => (this.#tellReported = resolve))
  }

  get wantsAnswers(): boolean {
    return (this.message.failureReport ?? 'yes') === 'yes'
  }

  get hasLeft(): boolean {
    return this.hasBegun && this.offset >= this.body.length
  }

  get failed(): Fault | undefined {
    return this.#sent?.ok === false ? this.#sent.fault : undefined
  }

  /** All is known that will be. */
  get ended(): boolean {
    return this.#sent !== undefined && this.#reported !== undefined
  }

  /** Sent, and waiting for its REPORT. */
  get awaitsReport(): boolean {
    return this.#sent?.ok === true && !this.#reported
  }

  /** What is left is told to the next hop as given up. */
  get owesAbort(): boolean {
    return this.failed !== undefined && this.hasBegun && !this.hasLeft
  }

  abort(): void {
    if (!this.hasLeft) this.fail(new Fault('cancelled'))
  }

  /** A chunk left. */
  left(bytes: number): void {
    this.hasBegun = true
    this.offset += bytes
    if (this.wantsAnswers) {
      this.unanswered += bytes
      this.#chunks++
      return
    }
    this.#settle()
    this.#progress(bytes)
  }

  /** A chunk was answered with 200. */
  answered(bytes: number): void {
    this.unanswered -= bytes
    this.#chunks--
    this.#settle()
    // The window is open again.
    this.#changed(this)
    this.#progress(bytes)
  }

  /** RFC 4975 7.1.2: a REPORT speaks of the bytes of its range. */
  report(range: ByteRange, fault: Fault | undefined): void {
    if (fault) return this.fail(fault)
    this.#reports.add(range.start - 1, Math.min(range.end ?? this.body.length, this.body.length))
    if (!this.#reports.isWhole(this.body.length) || !this.hasLeft) return
    // Who has all of it has answered for all of it.
    this.#end('sent', { ok: true })
    this.#end('reported', { ok: true })
    this.#changed(this)
  }

  fail(fault: Fault): void {
    if (this.ended) return
    this.#end('sent', { ok: false, fault })
    this.#end('reported', { ok: false, fault })
    this.#changed(this)
  }

  /** Last of all: what it throws must leave nothing undone. */
  #progress(bytes: number): void {
    this.#answered += bytes
    this.message.onProgress?.(this.#answered)
  }

  #settle(): void {
    if (!this.hasLeft || this.#chunks > 0 || this.#sent) return
    this.#end('sent', { ok: true })
    if (!this.message.successReport) this.#end('reported', { ok: true })
    this.#changed(this)
  }

  #end(what: 'sent' | 'reported', outcome: Outcome): void {
    if (what === 'sent' && !this.#sent) this.#tellSent((this.#sent = outcome))
    if (what === 'reported' && !this.#reported) this.#tellReported((this.#reported = outcome))
  }
}
