import type { Clock, Timer } from '../base/clock'
import type { MsrpResponse } from './message'

interface Waiting {
  since: number
  wants: boolean
  then(response: MsrpResponse | undefined): void
}

/** Requests that may still be answered, the oldest first (RFC 4975 7.1.1: 30 s). */
export class Transactions {
  readonly #clock: Clock
  readonly #timeout: number
  readonly #waiting = new Map<string, Waiting>()
  #timer: Timer | undefined

  constructor(clock: Clock, timeout: number) {
    this.#clock = clock
    this.#timeout = timeout
  }

  /** @param wants whether silence is a failure (`then(undefined)`), or says that all is well */
  add(tid: string, wants: boolean, then: Waiting['then']): void {
    this.#waiting.set(tid, { since: this.#clock.steady(), wants, then })
    this.#timer ??= this.#clock.after(this.#timeout, () => this.#look())
  }

  answer(response: MsrpResponse): void {
    const waiting = this.#waiting.get(response.tid)
    // A response to nothing of ours, or one that comes too late.
    if (!waiting) return
    this.#waiting.delete(response.tid)
    waiting.then(response)
  }

  /** No response comes any more. */
  end(): void {
    this.#timer?.cancel()
    const all = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { wants, then } of all) if (wants) then(undefined)
  }

  #look(): void {
    this.#timer = undefined
    for (const [tid, { since, wants, then }] of this.#waiting) {
      const rest = since + this.#timeout - this.#clock.steady()
      if (rest > 0) {
        this.#timer = this.#clock.after(rest, () => this.#look())
        return
      }
      this.#waiting.delete(tid)
      if (wants) then(undefined)
    }
  }
}
