import type { Clock, Timer } from '../base/clock'
import type { Log } from '../base/log'

/** ms. What ends within one step ends together, at its end. */
const STEP = 1_000

/** What is to happen later in tens of thousands of dialogs, by one timer for all of it; up to a second late, and never early. */
export class Deadlines {
  readonly #clock: Clock
  readonly #log: Log
  /** By the number of the step. One whose deadlines were all cancelled stays until its time comes. */
  readonly #steps = new Map<number, Set<Deadline>>()
  #timer: { step: number; timer: Timer } | undefined

  /** @param log where an error of what happens goes: it keeps nothing else from happening */
  constructor(clock: Clock, log: Log) {
    this.#clock = clock
    this.#log = log
  }

  /** @param ms from now */
  after(ms: number, run: () => void): Timer {
    const step = Math.ceil((this.#clock.steady() + ms) / STEP)
    let among = this.#steps.get(step)
    if (!among) this.#steps.set(step, (among = new Set()))
    const deadline = new Deadline(among, run)
    among.add(deadline)
    if (!this.#timer || step < this.#timer.step) this.#wake(step)
    return deadline
  }

  #wake(step: number): void {
    this.#timer?.timer.cancel()
    this.#timer = { step, timer: this.#clock.after(Math.max(0, step * STEP - this.#clock.steady()), () => this.#run()) }
  }

  #run(): void {
    this.#timer = undefined
    const now = this.#clock.steady()
    const due = [...this.#steps.keys()].filter((step) => step * STEP <= now).sort((a, b) => a - b)
    for (const step of due) {
      const among = this.#steps.get(step)!
      this.#steps.delete(step)
      for (const { run } of among) {
        try {
          run()
        } catch (thrown) {
          this.#log.error({ err: thrown }, 'what was to happen later threw')
        }
      }
    }
    let next = Infinity
    for (const step of this.#steps.keys()) next = Math.min(next, step)
    if (next < Infinity) this.#wake(next)
  }
}

class Deadline implements Timer {
  constructor(readonly among: Set<Deadline>, readonly run: () => void) {}

  cancel(): void {
    this.among.delete(this)
  }
}
