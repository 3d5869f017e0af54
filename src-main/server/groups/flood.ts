import type { Clock } from '../../base/clock'
import { SECOND } from '../../base/clock'

export interface FloodLimit {
  /** How many may come at once. */
  burst: number
  /** And how many a second in the long run. */
  perSecond: number
}

/** How many are remembered; those that were silent longest are forgotten first. */
const most = 10_000

/** A bucket that fills with time, for each who may flood others. */
export class Flood {
  readonly #clock: Clock
  readonly #limit: FloodLimit
  readonly #buckets = new Map<string, { room: number; at: number }>()

  constructor(clock: Clock, limit: FloodLimit) {
    this.#clock = clock
    this.#limit = limit
  }

  /** Takes one out; 0, or how long to wait for the next, ms. */
  take(key: string): number {
    const { burst, perSecond } = this.#limit
    const now = this.#clock.steady()
    const before = this.#buckets.get(key)
    const room = before ? Math.min(burst, before.room + ((now - before.at) / SECOND) * perSecond) : burst
    // Set anew, so that the map stays in the order of use.
    this.#buckets.delete(key)
    this.#buckets.set(key, { room: room >= 1 ? room - 1 : room, at: now })
    if (this.#buckets.size > most) this.#buckets.delete(this.#buckets.keys().next().value!)
    return room >= 1 ? 0 : Math.ceil(((1 - room) / perSecond) * SECOND)
  }
}
