import type { Clock } from '../base/clock'

/** One sleeper: until woken, or for a time that only its end cuts short. */
export class Nap {
  readonly #clock: Clock
  #isEnded = false
  #isRung = false
  #wake: () => void = () => {}
  #end: () => void = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Wakes whoever sleeps until then; who would sleep next does not. */
  wake(): void {
    this.#isRung = true
    this.#wake()
  }

  /** Nobody sleeps any more. */
  end(): void {
    this.#isEnded = true
    this.#wake()
    this.#end()
  }

  /** Resolves at once when it was woken since the last time. */
  async untilWoken(): Promise<void> {
    if (!this.#isRung && !this.#isEnded) await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#isRung = false
    this.#wake = () => {}
  }

  async for(ms: number): Promise<void> {
    if (this.#isEnded || ms <= 0) return
    await new Promise<void>((resolve) => {
      const timer = this.#clock.after(ms, resolve)
      this.#end = () => {
        timer.cancel()
        resolve()
      }
    })
    this.#end = () => {}
  }
}
