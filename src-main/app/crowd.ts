import { SECOND } from '../base/clock'

const span = 5 * SECOND
const most = 4

/** Somebody who was away for a week is not told of every message one by one: four notifications in five seconds are enough. */
export class Crowd {
  #told: number[] = []

  /** @param now ms */
  lets(now: number): boolean {
    this.#told = this.#told.filter((at) => at <= now && now - at < span)
    if (this.#told.length >= most) return false
    this.#told.push(now)
    return true
  }
}
