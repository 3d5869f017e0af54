import type { Clock, Timer } from '../base/clock'
import { Fault } from '../base/faults'
import { Assembly } from './assembly'
import type { Flag } from './framer'
import type { MsrpLimits } from './limits'
import type { ByteRange, Fields, MsrpRequest } from './message'
import { readByteRange } from './parser'
import { accepts } from './sdp'
import { statusOf } from './status'

/** A whole message, as it is handed over. */
export interface Incoming {
  /** Message-ID. */
  id: string
  contentType: string
  body: Uint8Array
  /** Header fields of its first chunk. */
  fields: Fields
}

/** Takes the body of one chunk as it comes. */
export interface Chunk {
  data(bytes: Uint8Array): void
  end(flag: Flag): void
}

export interface ReceiverOptions {
  clock: Clock
  limits: MsrpLimits
  /** Bytes. */
  maxSize: number
  acceptTypes: readonly string[]
  /** Keeps the message; what it throws is the sender's answer. */
  receive(message: Incoming): void | Promise<void>
  answer(request: MsrpRequest, status: number): void
  report(request: MsrpRequest, range: ByteRange, status: number): void
  /** More has been handed over than was kept: nothing further should be read, until `false` comes. */
  hold(held: boolean): void
}

interface Partial {
  first: MsrpRequest
  contentType: string
  total: number | undefined
  wantsReport: boolean
  assembly: Assembly
  touched: number
  timer: Timer
}

/** What became of a message, so that what comes again of it changes nothing. */
type Known = { is: 'kept' } | { is: 'refused'; status: number } | { is: 'handed'; then: ((status: number) => void)[] }

/** How many messages' ends are remembered: more than a peer has under way. */
const memory = 1_024

/**
 * Puts the chunks of a session's messages together (RFC 4975 7.3.1), several at once and each in any order.
 *
 *     part --last byte--> handed --kept--> kept (200, REPORT);   handed --fault--> gone (its status; may be sent again)
 *     part --a lie, too large, wrong type--> refused (its status, to what follows as well);   part --#, time--> gone
 */
export class Receiver {
  readonly #options: ReceiverOptions
  readonly #parts = new Map<string, Partial>()
  readonly #known = new Map<string, Known>()
  #handed = 0
  #isHeld = false
  #closed = false

  constructor(options: ReceiverOptions) {
    this.#options = options
  }

  /** Bytes of memory that messages in part take. */
  get held(): number {
    let held = 0
    for (const { assembly } of this.#parts.values()) held += assembly.held
    return held
  }

  begin(request: MsrpRequest): Chunk {
    let refused = false
    let part: Partial | undefined
    let known: Known | undefined
    let range: ByteRange = { start: 1, end: undefined, total: undefined }
    let at = 0
    const id = request.fields.get('Message-ID') ?? ''
    const refuse = (status: number): void => {
      refused = true
      if (id !== '') this.#refuse(id, status)
      this.#answer(request, status)
    }
    const guard = (run: () => void): void => {
      if (refused || this.#closed) return
      try {
        run()
      } catch (thrown) {
        refuse(statusOf(Fault.from(thrown)))
      }
    }
    guard(() => {
      range = readByteRange(request.fields.get('Byte-Range'))
      at = range.start - 1
      // RFC 4975 7.1.1
      if (id === '') throw new Fault('malformed', { text: 'a SEND without a Message-ID' })
      known = this.#known.get(id)
      if (known?.is === 'refused') return refuse(known.status)
      if (!known) part = this.#part(id, request, range)
    })
    return {
      data: (bytes) => guard(() => {
        const end = at + bytes.length
        if (range.end !== undefined && end > range.end) throw new Fault('malformed', { text: 'a chunk longer than its range' })
        if (!known && !part) throw new Fault('malformed', { text: 'a body without a Content-Type' })
        if (part) this.#write(part, at, bytes)
        at = end
      }),
      end: (flag) => guard(() => {
        if (known?.is === 'handed') known.then.push((status) => this.#answer(request, status))
        // Without a body, or over already: nothing is to be kept.
        else if (!part) this.#answer(request, 200)
        else if (flag === '#') {
          this.#drop(id)
          this.#answer(request, 200)
        } else this.#ended(id, part, request, range, at, flag)
      }),
    }
  }

  /** Forgets what came in part. */
  close(): void {
    if (this.#isHeld) this.#options.hold(false)
    this.#closed = true
    for (const id of [...this.#parts.keys()]) this.#drop(id)
  }

  #part(id: string, request: MsrpRequest, range: ByteRange): Partial | undefined {
    const { clock, limits, maxSize, acceptTypes } = this.#options
    const there = this.#parts.get(id)
    if (there) {
      if (range.total !== undefined && there.total !== undefined && range.total !== there.total) {
        throw new Fault('malformed', { text: 'a message of two sizes' })
      }
      if (range.total !== undefined) this.#setTotal(there, range.total)
      there.touched = clock.steady()
      return there
    }
    const contentType = request.fields.get('Content-Type')
    if (contentType === undefined) return undefined
    if (!accepts(acceptTypes, contentType)) throw new Fault('bad-type')
    if (Math.max(range.total ?? 0, range.end ?? 0, range.start - 1) > maxSize || this.#parts.size >= limits.maxPartial) throw new Fault('too-large')
    const part: Partial = {
      first: request, contentType, total: range.total, assembly: new Assembly(range.total), touched: clock.steady(),
      wantsReport: request.fields.get('Success-Report')?.toLowerCase() === 'yes',
      timer: clock.after(limits.partialMessage, () => this.#look(id)),
    }
    this.#parts.set(id, part)
    return part
  }

  #setTotal(part: Partial, total: number): void {
    if (total > this.#options.maxSize) throw new Fault('too-large')
    if (total < part.assembly.size) throw new Fault('malformed', { text: 'a message longer than its size' })
    part.total = total
  }

  #write(part: Partial, at: number, bytes: Uint8Array): void {
    const { maxSize } = this.#options
    if (at + bytes.length > maxSize) throw new Fault('too-large')
    if (part.total !== undefined && at + bytes.length > part.total) throw new Fault('malformed', { text: 'a message longer than its size' })
    part.assembly.write(at, bytes)
    // Two of the largest may be under way at once, and any number of small ones.
    if (this.held > 2 * maxSize + this.#options.limits.maxPartial * 32 * 1024) throw new Fault('too-large')
  }

  #ended(id: string, part: Partial, request: MsrpRequest, range: ByteRange, at: number, flag: Flag): void {
    if (flag === '$') {
      // RFC 4975 7.1: the last chunk ends where the message does.
      const total = range.total ?? part.total
      if ((range.end !== undefined && at !== range.end) || (total !== undefined && at !== total)) {
        throw new Fault('malformed', { text: 'a last chunk that is not the last' })
      }
      this.#setTotal(part, at)
    }
    if (part.total === undefined || !part.assembly.isWhole(part.total)) return this.#answer(request, 200)
    void this.#hand(id, part, part.total, request)
  }

  async #hand(id: string, part: Partial, total: number, request: MsrpRequest): Promise<void> {
    const body = part.assembly.take(total)
    this.#drop(id)
    const state: Known & { is: 'handed' } = { is: 'handed', then: [(status) => this.#answer(request, status)] }
    this.#known.set(id, state)
    this.#count(total)
    let status = 200
    try {
      await this.#options.receive({ id, contentType: part.contentType, body, fields: part.first.fields })
    } catch (thrown) {
      status = statusOf(Fault.from(thrown))
    }
    this.#count(-total)
    if (this.#closed) return
    // What could not be kept may come again.
    if (status === 200) this.#remember(id, { is: 'kept' })
    else this.#known.delete(id)
    for (const then of state.then) then(status)
    // RFC 4975 7.1.2
    if (part.wantsReport && status === 200) this.#options.report(part.first, { start: 1, end: total, total }, status)
  }

  #count(bytes: number): void {
    this.#handed += bytes
    const isHeld = this.#handed > this.#options.maxSize
    if (isHeld === this.#isHeld || this.#closed) return
    this.#isHeld = isHeld
    this.#options.hold(isHeld)
  }

  #answer(request: MsrpRequest, status: number): void {
    // RFC 4975 7.1.1: `no` wants no response at all, `partial` only a bad one.
    const wants = request.fields.get('Failure-Report')?.toLowerCase()
    if (wants === 'no' || (wants === 'partial' && status === 200)) return
    this.#options.answer(request, status)
  }

  #refuse(id: string, status: number): void {
    this.#drop(id)
    if (!this.#known.has(id)) this.#remember(id, { is: 'refused', status })
  }

  #remember(id: string, known: Known): void {
    this.#known.delete(id)
    this.#known.set(id, known)
    if (this.#known.size <= memory) return
    for (const [old, { is }] of this.#known) {
      if (is === 'handed') continue
      this.#known.delete(old)
      return
    }
  }

  #look(id: string): void {
    const { clock, limits } = this.#options
    const part = this.#parts.get(id)
    if (!part) return
    const rest = part.touched + limits.partialMessage - clock.steady()
    if (rest > 0) part.timer = clock.after(rest, () => this.#look(id))
    else this.#refuse(id, 408)
  }

  #drop(id: string): void {
    this.#parts.get(id)?.timer.cancel()
    this.#parts.delete(id)
  }
}
