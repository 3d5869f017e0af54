import type { Clock, Timer } from '../base/clock'
import { Events } from '../base/events'
import { Fault } from '../base/faults'
import { randomIds } from '../base/ids'
import type { Log } from '../base/log'
import { checkMessage } from './check'
import type { Checked } from './check'
import type { Address, Flow, FlowEvents, TransportName } from './flow'
import { Framer, frameDatagram } from './framer'
import type { Frame } from './framer'
import { defaultLimits } from './limits'
import type { Limits } from './limits'
import { noBody } from './message'
import type { SipMessage, SipResponse } from './message'
import { parseMessage } from './parser'
import { refusal } from './refuse'
import { encode, written } from './write'
import type { Written } from './write'

/** What a flow needs from outside. */
export interface FlowOptions {
  clock: Clock
  log: Log
  limits?: Partial<Limits>
}

/** What carries the bytes: a socket, a WebSocket, the other end of a pair. */
export interface Wire {
  readonly transport: TransportName
  readonly local: Address
  readonly remote: Address
  /** Bytes handed over and not yet taken. */
  readonly waiting: number
  /** Message boundaries are kept by the wire: each write is one message (RFC 7118). */
  readonly isDatagram: boolean
  write(bytes: Uint8Array): void
  /** What was written still goes out; then the wire ends. */
  end(): void
}

const crlf: Written = { head: '\r\n', body: noBody }
const doubleCrlf: Written = { head: '\r\n\r\n', body: noBody }
let made = 0

/**
 * A flow over any wire: bytes to messages and back. The wire calls `receive` and `ended`.
 *
 *     open --close()--> closing (what waits goes out) --> closed;   open --the wire ends--> closed
 */
export class WireFlow implements Flow {
  readonly id: string
  readonly transport: TransportName
  readonly local: Address
  readonly remote: Address
  readonly events: Events<FlowEvents>
  readonly #wire: Wire
  readonly #options: FlowOptions
  readonly #limits: Limits
  readonly #framer: Framer
  #queue: Written[] = []
  #queued = 0
  #closed = false
  #deadline: Timer | undefined

  constructor(wire: Wire, options: FlowOptions) {
    this.id = `${wire.transport}-${++made}`
    this.transport = wire.transport
    this.local = wire.local
    this.remote = wire.remote
    this.#wire = wire
    this.#options = options
    this.#limits = options.limits ? { ...defaultLimits, ...options.limits } : defaultLimits
    this.#framer = new Framer(this.#limits)
    // What a listener throws is its own fault: it must not end the process, nor the flow.
    this.events = new Events((thrown) => {
      options.log.error({ flow: this.id, err: thrown }, 'a listener of a flow threw')
    })
  }

  get closed(): boolean {
    return this.#closed
  }

  get waiting(): number {
    return this.#queued + this.#wire.waiting
  }

  send(message: SipMessage): void {
    if (!this.#closed) this.#enqueue(written(message))
  }

  ping(): void {
    if (!this.#closed) this.#enqueue(doubleCrlf)
  }

  close(fault?: Fault): void {
    if (this.#closed) return
    this.flush()
    this.#wire.end()
    this.ended(fault)
  }

  /** Bytes came; on a wire with boundaries, one message of it. */
  receive(bytes: Uint8Array): void {
    if (this.#closed) return
    const frames = this.#wire.isDatagram ? frameDatagram(bytes, this.#limits) : this.#framer.push(bytes)
    for (const frame of frames) {
      if (this.#closed) return
      this.#take(frame)
    }
    this.#watch(frames.length > 0)
  }

  /** The wire is gone. */
  ended(fault?: Fault): void {
    if (this.#closed) return
    this.#closed = true
    this.#deadline?.cancel()
    this.#queue = []
    this.#queued = 0
    this.events.emit('closed', fault)
  }

  /** Gives what waits to the wire. */
  flush(): void {
    const queue = this.#queue
    if (queue.length === 0) return
    this.#queue = []
    this.#queued = 0
    if (this.#wire.isDatagram) for (const message of queue) this.#wire.write(encode([message]))
    else this.#wire.write(encode(queue))
    if (this.#wire.waiting > this.#limits.maxWaiting) {
      this.#options.log.warn({ flow: this.id, waiting: this.#wire.waiting }, 'a peer does not read')
      this.close(new Fault('connection-lost', { text: 'the other side does not read' }))
    }
  }

  #enqueue(message: Written): void {
    if (this.#queue.length === 0) flushSoon(this)
    this.#queue.push(message)
    this.#queued += message.head.length + message.body.length
  }

  #take(frame: Frame): void {
    if (frame.kind === 'pong') return this.events.emit('pong')
    if (frame.kind === 'ping') {
      // RFC 5626 4.4.1: each double CRLF is answered with one.
      this.#enqueue(crlf)
      return this.events.emit('ping')
    }
    if (frame.kind === 'fault') return this.#refuse(frame.fault, frame.head, frame.fatal)
    let message: SipMessage
    let read: Checked
    try {
      message = parseMessage(frame.head, frame.body)
      read = checkMessage(message)
    } catch (thrown) {
      return this.#refuse(Fault.from(thrown), frame.head, false)
    }
    this.events.emit('message', message, read)
  }

  #refuse(fault: Fault, head: Uint8Array, fatal: boolean): void {
    const answer: SipResponse | undefined = refusal(head, fault, randomIds.token(10))
    this.#options.log.info({ flow: this.id, remote: this.remote.host, code: fault.code, text: fault.message, fatal }, 'a message was refused')
    if (answer) this.send(answer)
    this.events.emit('malformed', fault, answer, fatal)
    if (fatal) this.close(fault)
  }

  /** A message that begins must end: otherwise many that never do would hold memory for nothing. */
  #watch(isAnother: boolean): void {
    if (this.#framer.partial === (this.#deadline !== undefined) && !isAnother) return
    this.#deadline?.cancel()
    this.#deadline = undefined
    if (!this.#framer.partial || this.#closed) return
    this.#deadline = this.#options.clock.after(this.#limits.partialTimeout, () => {
      const fault = new Fault('malformed', { text: 'a message that was never finished', detail: { status: 408 } })
      this.events.emit('malformed', fault, undefined, true)
      this.close(fault)
    })
  }
}

// Flows with something to say; they say it together when the events of this turn have been handled.
let dirty: WireFlow[] = []
function flushSoon(flow: WireFlow): void {
  if (dirty.push(flow) === 1) setImmediate(flushAll)
}
function flushAll(): void {
  const flows = dirty
  dirty = []
  for (const flow of flows) if (!flow.closed) flow.flush()
}
