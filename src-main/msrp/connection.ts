import type { Clock, Timer } from '../base/clock'
import { Events } from '../base/events'
import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import type { Log } from '../base/log'
import type { Address } from '../sip/flow'
import { Framer } from './framer'
import type { Part } from './framer'
import { defaultLimits } from './limits'
import type { MsrpLimits } from './limits'
import type { MsrpMessage, MsrpRequest, MsrpResponse } from './message'
import type { Sending } from './outgoing'
import { parseHead } from './parser'
import type { Chunk } from './receiver'
import { Sender } from './sender'
import { reasonOf } from './status'
import { Transactions } from './transactions'
import { writeMessage } from './write'

/** What carries the bytes. It calls `receive`, `drained` and `ended` of its connection. */
export interface MsrpWire {
  readonly secure: boolean
  readonly local: Address
  readonly remote: Address
  /** DER of the certificate that the other side showed. */
  readonly certificate: Uint8Array | undefined
  /** The certificate is signed by who we trust, for the name that was dialled. */
  readonly trusted: boolean
  /** Bytes handed over and not yet taken. */
  readonly waiting: number
  write(bytes: Uint8Array): void
  /** Reads no further until `resume`. */
  pause(): void
  resume(): void
  /** What was written still goes out; then the wire ends. */
  end(): void
}

export interface ConnectionOptions {
  clock: Clock
  ids: Ids
  log: Log
  limits?: Partial<MsrpLimits>
  /** Who takes a request: the chunk's taker, or the status that refuses it. */
  take(request: MsrpRequest, connection: MsrpConnection): Chunk | number
}

const nobody: Chunk = { data() {}, end() {} }
let made = 0

/**
 * One connection with the sessions of many: bytes to messages and back, requests matched to their responses.
 *
 *     open --close()--> closing (what waits goes out) --> closed;   open --the wire ends--> closed
 */
export class MsrpConnection {
  readonly id = `msrp-${++made}`
  readonly wire: MsrpWire
  readonly events: Events<{ closed: [fault: Fault | undefined] }>
  readonly limits: MsrpLimits
  readonly #options: ConnectionOptions
  readonly #framer: Framer
  readonly #transactions: Transactions
  readonly #sender: Sender
  #queue: Uint8Array[] = []
  #queued = 0
  #isFlushing = false
  #chunk: Chunk = nobody
  #holds = 0
  #closed = false
  #deadline: Timer | undefined

  constructor(wire: MsrpWire, options: ConnectionOptions) {
    this.wire = wire
    this.#options = options
    this.limits = { ...defaultLimits, ...options.limits }
    this.#framer = new Framer(this.limits)
    this.#transactions = new Transactions(options.clock, this.limits.answerTimeout)
    this.events = new Events((thrown) => options.log.error({ connection: this.id, err: thrown }, 'a listener of a connection threw'))
    this.#sender = new Sender({
      ids: options.ids, limits: this.limits, waiting: () => this.waiting, write: (pieces) => this.#enqueue(pieces),
      expect: (tid, wants, then) => this.#transactions.add(tid, wants, then),
    })
  }

  get closed(): boolean {
    return this.#closed
  }

  get waiting(): number {
    return this.#queued + this.wire.waiting
  }

  /** A request without a body; what comes of it is a response, or nothing in time. */
  ask(request: { method: string; toPath: readonly string[]; fromPath: readonly string[]; fields: readonly (readonly [string, string])[] }):
  Promise<MsrpResponse | undefined> {
    if (this.#closed) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const tid = this.#options.ids.token(12)
      this.#enqueue(writeMessage({ ...request, tid, start: request.method }))
      this.#transactions.add(tid, true, resolve)
    })
  }

  /** RFC 4975 7.1.2: a REPORT has no response. */
  report(request: { toPath: readonly string[]; fromPath: readonly string[]; fields: readonly (readonly [string, string])[] }): void {
    if (!this.#closed) this.#enqueue(writeMessage({ ...request, tid: this.#options.ids.token(12), start: 'REPORT' }))
  }

  /** RFC 4975 7.2: the response to a SEND goes to the last hop only, that to anything else the whole way back. */
  answer(request: MsrpRequest, status: number): void {
    if (this.#closed) return
    this.#enqueue(writeMessage({
      tid: request.tid, start: `${status} ${reasonOf(status)}`, fromPath: request.toPath.slice(0, 1),
      toPath: request.method === 'SEND' ? request.fromPath.slice(0, 1) : request.fromPath,
    }))
  }

  /** Takes a message to be written in turn with the others. */
  send(sending: Sending): void {
    if (this.#closed) return sending.fail(new Fault('connection-lost'))
    this.#sender.add(sending)
    this.#flushSoon()
  }

  /** What is to be written of a message has changed. */
  changed(sending: Sending): void {
    if (sending.ended && !sending.owesAbort) this.#sender.remove(sending)
    this.#flushSoon()
  }

  /** Reads no further as long as anybody holds it. */
  hold(held: boolean): void {
    this.#holds += held ? 1 : -1
    if (this.#closed) return
    if (this.#holds > 0) this.wire.pause()
    else this.wire.resume()
  }

  receive(bytes: Uint8Array): void {
    if (this.#closed) return
    const before = this.#framer.partial
    for (const part of this.#framer.push(bytes)) {
      if (this.#closed) return
      this.#guard(() => this.#part(part))
    }
    this.#watch(before)
  }

  /** The wire took what was written. */
  drained(): void {
    if (!this.#closed) this.#flushSoon()
  }

  close(fault?: Fault): void {
    if (this.#closed) return
    this.#write()
    this.wire.end()
    this.ended(fault)
  }

  /** The wire is gone. */
  ended(fault?: Fault): void {
    if (this.#closed) return
    this.#closed = true
    this.#deadline?.cancel()
    this.#queue = []
    this.#queued = 0
    this.#chunk = nobody
    this.events.emit('closed', fault)
    this.#transactions.end()
  }

  #part(part: Part): void {
    if (part.kind === 'data') return this.#chunk.data(part.bytes)
    if (part.kind === 'end') {
      const chunk = this.#chunk
      this.#chunk = nobody
      return chunk.end(part.flag)
    }
    if (part.kind === 'fault') {
      this.#options.log.info({ connection: this.id, remote: this.wire.remote.host, code: part.fault.code, text: part.fault.message }, 'bytes were refused')
      return this.close(part.fault)
    }
    this.#chunk = this.#begin(part.head)
  }

  #begin(head: Uint8Array): Chunk {
    let message: MsrpMessage
    try {
      message = parseHead(head)
    } catch (thrown) {
      // Without paths there is nobody to answer; the stream goes on behind its end-line.
      this.#options.log.info({ connection: this.id, text: Fault.from(thrown).message }, 'a message could not be read')
      return nobody
    }
    if (message.kind === 'response') {
      this.#transactions.answer(message)
      return nobody
    }
    const request = message
    const taken = this.#options.take(request, this)
    if (typeof taken !== 'number') return taken
    const wants = request.fields.get('Failure-Report')?.toLowerCase()
    if (request.method !== 'REPORT' && wants !== 'no') this.answer(request, taken)
    return nobody
  }

  /** What a listener throws is its own fault: it must not end the process, nor the connection. */
  #guard(run: () => void): void {
    try {
      run()
    } catch (thrown) {
      this.#options.log.error({ connection: this.id, err: thrown }, 'what listens to a connection threw')
      this.#flushSoon()
    }
  }

  #enqueue(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) {
      this.#queue.push(piece)
      this.#queued += piece.length
    }
    this.#flushSoon()
  }

  #flushSoon(): void {
    if (this.#isFlushing || this.#closed) return
    this.#isFlushing = true
    setImmediate(() => {
      this.#isFlushing = false
      if (this.#closed) return
      this.#guard(() => this.#sender.pump())
      this.#write()
      if (this.wire.waiting <= this.limits.maxWaiting) return
      this.#options.log.warn({ connection: this.id, waiting: this.wire.waiting }, 'a peer does not read')
      this.close(new Fault('connection-lost', { text: 'the other side does not read' }))
    })
  }

  #write(): void {
    if (this.#queue.length === 0) return
    const bytes = Buffer.concat(this.#queue)
    this.#queue = []
    this.#queued = 0
    this.wire.write(bytes)
  }

  /** What begins must end: a head in its time, a body as long as its bytes come. */
  #watch(before: 'head' | 'body' | undefined): void {
    const now = this.#framer.partial
    if (this.#deadline && now === 'head' && before === 'head') return
    this.#deadline?.cancel()
    this.#deadline = undefined
    if (!now || this.#closed) return
    this.#deadline = this.#options.clock.after(this.limits.partialTimeout, () => {
      this.close(new Fault('malformed', { text: 'a message that was never finished' }))
    })
  }
}
