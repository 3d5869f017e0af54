import type { Clock } from '../base/clock'
import { MINUTE, SECOND } from '../base/clock'

export interface ThrottleOptions {
  clock: Clock
  /** Wrong tries that cost nothing. @default 5 */
  free?: number
  /** The longest wait, in ms. @default 60_000 */
  longest?: number
  /** How many keys are remembered; the oldest are forgotten first. @default 10_000 */
  most?: number
}

interface Tries {
  count: number
  at: number
  until: number
}

/** After this long without a wrong try, in ms, all is forgiven. */
const forgive = 15 * MINUTE

/** Slows down who guesses: after some wrong tries each further one doubles the wait. Remembers a bounded number of keys. */
export class Throttle {
  readonly #tries = new Map<string, Tries>()
  readonly #options: Required<ThrottleOptions>

  constructor({ clock, free = 5, longest = 60 * SECOND, most = 10_000 }: ThrottleOptions) {
    this.#options = { clock, free, longest, most }
  }

  /** How long this key has to wait before it may try again, in ms; 0 when it may. */
  wait(key: string): number {
    const tries = this.#tries.get(key)
    return tries ? Math.max(0, tries.until - this.#options.clock.steady()) : 0
  }

  wrong(key: string): void {
    const { clock, free, longest, most } = this.#options
    const now = clock.steady()
    const before = this.#tries.get(key)
    const count = before && now - before.at < forgive ? before.count + 1 : 1
    const wait = count <= free ? 0 : Math.min(longest, SECOND * 2 ** Math.min(count - free - 1, 20))
    // Set anew, so that the map stays in the order of use.
    this.#tries.delete(key)
    this.#tries.set(key, { count, at: now, until: now + wait })
    if (this.#tries.size > most) this.#tries.delete(this.#tries.keys().next().value!)
  }

  right(key: string): void {
    this.#tries.delete(key)
  }
}
