import type { Clock } from '../base/clock'
import type { ShareRefusal } from '../contract/share'

/** Strangers choose what is written here, so it is little. */
const MOST = 20
const LONGEST = 64

/** Who was turned away lately: so that whoever shares sees that a colleague has the wrong number or code, or that a stranger knocks. */
export class Refusals {
  readonly #clock: Clock
  readonly #all = new Map<string, Omit<ShareRefusal, 'isListed'>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  note(username: string, host: string): void {
    const user = username.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').slice(0, LONGEST)
    const key = `${host} ${user}`
    const times = (this.#all.get(key)?.times ?? 0) + 1
    this.#all.delete(key)
    this.#all.set(key, { user, host, at: this.#clock.now(), times })
    if (this.#all.size > MOST) this.#all.delete(this.#all.keys().next().value!)
  }

  /** Newest first. */
  all(isListed: (user: string) => boolean): ShareRefusal[] {
    return [...this.#all.values()].reverse().map((each) => ({ ...each, isListed: isListed(each.user) }))
  }
}
