import { DAY, type Clock } from '../base/clock'

/** How far the wall clock may be ahead of the last look and still be believed at once, ms. */
const BELIEVED = DAY
/** How many looks a clock that jumped further must last. */
const LOOKS = 60

/**
 * The time by which things are overdue. A wall clock that has jumped ahead (a flat battery, a wrong time server) must not
 * fail everything that waits (guarantee 5): it counts only after it has stayed there for an hour of looks.
 */
export class OverdueTime {
  readonly #clock: Clock
  #last: number
  #doubts = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#last = clock.now()
  }

  /** ms since 1970, at most a day after what was last believed. */
  now(): number {
    return Math.min(this.#clock.now(), this.#last + BELIEVED)
  }

  /** Called every minute. */
  look(): void {
    const now = this.#clock.now()
    if (now > this.#last + BELIEVED && ++this.#doubts < LOOKS) return
    this.#doubts = 0
    this.#last = now
  }
}
