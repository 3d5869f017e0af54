import type { Clock, Timer } from '../base/clock'
import { Fault } from '../base/faults'
import type { Flow } from './flow'
import type { SipResponse } from './message'
import { magicCookie } from './via'

/** RFC 3261 17.1.1.1, ms. */
export const T1 = 500

/** How often overdue requests are looked for at most, ms. */
const LEAST_SWEEP = 100

/** A non-INVITE client transaction over a reliable transport, RFC 3261 17.1.2: trying --final, timer F or flow lost--> done. */
interface Transaction {
  readonly branch: string
  readonly slot: number
  readonly method: string
  readonly flow: Flow
  /** When timer F fires, ms of the steady clock: an hour that is set back must not make it wait an hour. */
  readonly deadline: number
  readonly hear: (answer: SipResponse | Fault) => void
  timer: Timer | undefined
}

/**
 * The requests of an endpoint that wait for their answers. A branch says in which slot its transaction stands: a Map that
 * thousands a second enter and leave leaves a chain of old tables behind, each of which keeps young objects from the
 * scavenger until the next full collection.
 */
export class ClientTransactions {
  readonly #clock: Clock
  readonly #prefix: string
  readonly #slots: (Transaction | undefined)[] = []
  readonly #free: number[] = []
  /** How many wait on each flow, so that the loss of an idle one costs nothing. */
  readonly #perFlow = new Map<Flow, { waiting: number }>()
  #made = 0
  #sweep: Timer | undefined

  /** @param prefix random, so that no other endpoint makes the same branches (RFC 3261 8.1.1.7) */
  constructor(clock: Clock, prefix: string) {
    this.#clock = clock
    this.#prefix = magicCookie + prefix
  }

  /**
   * Waits for the answer to a request, and answers its branch. `hear` is called once: with the final answer, or with a Fault
   * `no-answer` or `connection-lost`.
   * @param timeout ms. @default 64*T1
   */
  add(flow: Flow, method: string, timeout: number | undefined, hear: (answer: SipResponse | Fault) => void): string {
    const slot = this.#free.pop() ?? this.#slots.length
    const branch = `${this.#prefix}${slot}_${++this.#made}`
    // RFC 3261 17.1.2.2: timer F
    const deadline = this.#clock.steady() + (timeout ?? 64 * T1)
    const transaction: Transaction = { branch, slot, method, flow, deadline, hear, timer: undefined }
    this.#slots[slot] = transaction
    const perFlow = this.#perFlow.get(flow)
    if (perFlow) perFlow.waiting++
    else this.#perFlow.set(flow, { waiting: 1 })
    if (timeout !== undefined) transaction.timer = this.#clock.after(timeout, () => this.#fail(transaction, 'no-answer'))
    // One timer for all: thousands of requests a second must not mean thousands of timers.
    else this.#sweep ??= this.#clock.after(64 * T1, () => this.#sweepOverdue())
    return branch
  }

  /** RFC 3261 17.1.3: matched by branch and CSeq method. False when no request waits for it. */
  answer(flow: Flow, branch: string, method: string, response: SipResponse): boolean {
    if (!branch.startsWith(this.#prefix)) return false
    const transaction = this.#slots[slotIn(branch, this.#prefix.length)]
    if (!transaction || transaction.branch !== branch || transaction.flow !== flow || transaction.method !== method) return false
    // A provisional response is heard and waited on: timer F runs all the same (17.1.2.2).
    if (response.status < 200) return true
    this.#end(transaction)
    transaction.hear(response)
    return true
  }

  lost(flow: Flow): void {
    if (this.#perFlow.get(flow)?.waiting) {
      for (const transaction of this.#slots) if (transaction?.flow === flow) this.#fail(transaction, 'connection-lost')
    }
    this.#perFlow.delete(flow)
  }

  get size(): number {
    return this.#slots.length - this.#free.length
  }

  #fail(transaction: Transaction, code: 'no-answer' | 'connection-lost'): void {
    this.#end(transaction)
    transaction.hear(new Fault(code, { text: `${transaction.method} to ${transaction.flow.remote.host}: ${code}` }))
  }

  #end({ slot, flow, timer }: Transaction): void {
    this.#slots[slot] = undefined
    this.#free.push(slot)
    timer?.cancel()
    this.#perFlow.get(flow)!.waiting--
  }

  #sweepOverdue(): void {
    this.#sweep = undefined
    const now = this.#clock.steady()
    let next = Infinity
    for (const transaction of this.#slots) {
      if (!transaction || transaction.timer) continue
      if (transaction.deadline <= now) this.#fail(transaction, 'no-answer')
      else next = Math.min(next, transaction.deadline)
    }
    if (next < Infinity) this.#sweep = this.#clock.after(Math.max(next - now, LEAST_SWEEP), () => this.#sweepOverdue())
  }
}

/** The digits at `at`, -1 when there are none or more than a slot has. */
function slotIn(branch: string, at: number): number {
  let slot = 0
  let i = at
  for (; i < at + 9; i++) {
    const digit = branch.charCodeAt(i) - 48
    if (!(digit >= 0 && digit <= 9)) break
    slot = slot * 10 + digit
  }
  return i === at ? -1 : slot
}
