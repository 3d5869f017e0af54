import type { Clock, Timer } from '../../src-main/base/clock'

/** A clock that moves only when told; timers run in the order in which they are due. */
export class HandClock implements Clock {
  #now: number
  /** How far the wall clock was set, ms. */
  #set = 0
  #timers: { due: number; every: number | undefined; run: () => void }[] = []

  constructor(now = Date.UTC(2026, 4, 3, 8, 0, 0)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  steady(): number {
    return this.#now - this.#set
  }

  after(ms: number, run: () => void): Timer {
    return this.#add(ms, undefined, run)
  }

  every(ms: number, run: () => void): Timer {
    return this.#add(ms, ms, run)
  }

  /** Moves on, running what comes due; awaits between timers so that promises settle as they would. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms
    for (;;) {
      const next = this.#timers.filter((t) => t.due <= until).sort((a, b) => a.due - b.due)[0]
      if (!next) break
      this.#now = Math.max(this.#now, next.due)
      if (next.every === undefined) this.#timers = this.#timers.filter((t) => t !== next)
      else next.due += next.every
      next.run()
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    this.#now = until
  }

  /** The wall clock jumps (an owner sets it, a machine sleeps): timers do not run for it. */
  jump(ms: number): void {
    this.#now += ms
    this.#set += ms
    for (const timer of this.#timers) timer.due += ms
  }

  #add(ms: number, every: number | undefined, run: () => void): Timer {
    const timer = { due: this.#now + ms, every, run }
    this.#timers.push(timer)
    return { cancel: () => void (this.#timers = this.#timers.filter((t) => t !== timer)) }
  }
}
