import { MINUTE, SECOND, type Clock } from '../base/clock'

/** So many a minute and no more; 0 for as many as there are. It begins anew with each start, so that nothing is made up for. */
export class Pace {
  readonly #clock: Clock
  /** ms from one to the next. */
  readonly #gap: number
  /** When the next may go, on the steady clock. */
  #next: number

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock
    this.#gap = perMinute > 0 ? MINUTE / perMinute : 0
    this.#next = clock.steady()
  }

  /** How many may go together: those of a second, one at least. */
  room(most: number): number {
    return this.#gap === 0 ? most : Math.min(most, Math.max(1, Math.floor(SECOND / this.#gap)))
  }

  /** How long until the next may go, ms. */
  get left(): number {
    return Math.max(0, this.#next - this.#clock.steady())
  }

  took(count: number): void {
    this.#next = Math.max(this.#next, this.#clock.steady()) + count * this.#gap
  }
}
