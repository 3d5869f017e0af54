import type { Clock, Timer } from '../base/clock'
import { Fault } from '../base/faults'
import type { Flow } from './flow'
import type { SipResponse } from './message'

/** RFC 3261 17.1.1.1, ms. */
export const T1 = 500

/** A non-INVITE client transaction over a reliable transport, RFC 3261 17.1.2: trying --final, timer F or flow lost--> done. */
interface Transaction {
  readonly branch: string
  readonly method: string
  readonly flow: Flow
  /** When timer F fires, ms. */
  readonly deadline: number
  readonly resolve: (response: SipResponse) => void
  readonly reject: (fault: Fault) => void
  timer?: Timer
}

/** The requests of an endpoint that wait for their answers. */
export class ClientTransactions {
  readonly #clock: Clock
  /** In the order of their deadlines, as all but those with a timer of their own wait equally long. */
  readonly #waiting = new Map<string, Transaction>()
  /** How many wait on each flow, so that the loss of an idle one costs nothing. */
  readonly #perFlow = new Map<Flow, number>()
  #sweep: Timer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param timeout ms. @default 64*T1 */
  add(flow: Flow, branch: string, method: string, timeout?: number): Promise<SipResponse> {
    return new Promise((resolve, reject) => {
      // RFC 3261 17.1.2.2: timer F
      const deadline = this.#clock.now() + (timeout ?? 64 * T1)
      const transaction: Transaction = { branch, method, flow, deadline, resolve, reject }
      this.#waiting.set(branch, transaction)
      this.#perFlow.set(flow, (this.#perFlow.get(flow) ?? 0) + 1)
      if (timeout !== undefined) transaction.timer = this.#clock.after(timeout, () => this.#fail(transaction, 'no-answer'))
      // One timer for all: thousands of requests a second must not mean thousands of timers.
      else this.#sweep ??= this.#clock.after(64 * T1, () => this.#sweepOverdue())
    })
  }

  /** RFC 3261 17.1.3: matched by branch and CSeq method. False when no request waits for it. */
  answer(flow: Flow, branch: string, method: string, response: SipResponse): boolean {
    const transaction = this.#waiting.get(branch)
    if (!transaction || transaction.flow !== flow || transaction.method !== method) return false
    // A provisional response is heard and waited on: timer F runs all the same (17.1.2.2).
    if (response.status < 200) return true
    this.#end(transaction)
    transaction.resolve(response)
    return true
  }

  lost(flow: Flow): void {
    if (!this.#perFlow.has(flow)) return
    for (const transaction of this.#waiting.values()) if (transaction.flow === flow) this.#fail(transaction, 'connection-lost')
  }

  get size(): number {
    return this.#waiting.size
  }

  #fail(transaction: Transaction, code: 'no-answer' | 'connection-lost'): void {
    this.#end(transaction)
    transaction.reject(new Fault(code, { text: `${transaction.method} to ${transaction.flow.remote.host}: ${code}` }))
  }

  #end({ branch, flow, timer }: Transaction): void {
    this.#waiting.delete(branch)
    timer?.cancel()
    const left = (this.#perFlow.get(flow) ?? 1) - 1
    if (left === 0) this.#perFlow.delete(flow)
    else this.#perFlow.set(flow, left)
  }

  #sweepOverdue(): void {
    this.#sweep = undefined
    const now = this.#clock.now()
    for (const transaction of this.#waiting.values()) {
      if (transaction.timer) continue
      if (transaction.deadline > now) {
        this.#sweep = this.#clock.after(transaction.deadline - now, () => this.#sweepOverdue())
        return
      }
      this.#fail(transaction, 'no-answer')
    }
  }
}
