/** Chance that can be had again: the same seed gives the same numbers. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 up to 1 (mulberry32). */
  next = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  one<T>(things: readonly T[]): T {
    return things[Math.floor(this.next() * things.length)]!
  }

  /** One of them, by their weights. */
  weighed<T>(things: readonly (readonly [thing: T, weight: number])[]): T {
    let left = this.next() * things.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [thing, weight] of things) if ((left -= weight) < 0) return thing
    return things[0]![0]
  }
}
