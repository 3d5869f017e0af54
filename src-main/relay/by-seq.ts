/** So many places at the beginning may be empty before what follows is moved there. */
const SPARE = 64

/**
 * Things in order of their `seq`, as they nearly always come and often go. An array and no Map: what thousands a second
 * enter and leave makes a Map grow a chain of old tables, and those keep young objects from the scavenger.
 */
export class BySeq<T> {
  #seqs: number[] = []
  #things: (T | undefined)[] = []
  /** Where the first of them is. `Array.shift` would move all others, once there are some ten thousand. */
  #first = 0

  get size(): number {
    return this.#seqs.length - this.#first
  }

  get last(): T | undefined {
    return this.#things[this.#things.length - 1]
  }

  get(seq: number): T | undefined {
    const i = this.#place(seq)
    return this.#seqs[i] === seq ? this.#things[i] : undefined
  }

  has(seq: number): boolean {
    return this.#seqs[this.#place(seq)] === seq
  }

  set(seq: number, thing: T): void {
    const i = this.#place(seq)
    if (i === this.#seqs.length) {
      this.#seqs.push(seq)
      this.#things.push(thing)
    } else if (this.#seqs[i] === seq) this.#things[i] = thing
    else {
      this.#seqs.splice(i, 0, seq)
      this.#things.splice(i, 0, thing)
    }
  }

  /** False when it was not there. */
  delete(seq: number): boolean {
    const i = this.#place(seq)
    if (this.#seqs[i] !== seq) return false
    if (i === this.#first) this.shift()
    else {
      this.#seqs.splice(i, 1)
      this.#things.splice(i, 1)
    }
    return true
  }

  /** Takes out the one of the lowest `seq`. */
  shift(): T | undefined {
    if (!this.size) return undefined
    const thing = this.#things[this.#first]
    this.#things[this.#first++] = undefined
    if (!this.size) this.#seqs.length = this.#things.length = this.#first = 0
    else if (this.#first >= SPARE && this.#first >= this.size) {
      this.#seqs = this.#seqs.slice(this.#first)
      this.#things = this.#things.slice(this.#first)
      this.#first = 0
    }
    return thing
  }

  /** Calls `take` for each, in order. */
  each(take: (thing: T) => void): void {
    for (let i = this.#first; i < this.#things.length; i++) take(this.#things[i]!)
  }

  /** Keeps only those for which `keep` says so. */
  filter(keep: (thing: T) => boolean): void {
    const isKept = (_seq: unknown, i: number): boolean => i >= this.#first && keep(this.#things[i]!)
    const seqs = this.#seqs.filter(isKept)
    this.#things = this.#things.filter(isKept)
    this.#seqs = seqs
    this.#first = 0
  }

  /** Where `seq` is, or would be put. */
  #place(seq: number): number {
    const seqs = this.#seqs
    let high = seqs.length
    let low = this.#first
    if (high === low || seqs[high - 1]! < seq) return high
    while (low < high) {
      const middle = (low + high) >> 1
      if (seqs[middle]! < seq) low = middle + 1
      else high = middle
    }
    return low
  }
}
