/**
 * Things in order of their `seq`, as they nearly always come and often go. An array and no Map: what thousands a second
 * enter and leave makes a Map grow a chain of old tables, and those keep young objects from the scavenger.
 */
export class BySeq<T> {
  #seqs: number[] = []
  #things: T[] = []

  get size(): number {
    return this.#seqs.length
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

  delete(seq: number): void {
    const i = this.#place(seq)
    if (this.#seqs[i] !== seq) return
    if (i === 0) {
      this.#seqs.shift()
      this.#things.shift()
    } else {
      this.#seqs.splice(i, 1)
      this.#things.splice(i, 1)
    }
  }

  /** Keeps only those for which `keep` says so. */
  filter(keep: (thing: T) => boolean): void {
    this.#seqs = this.#seqs.filter((_seq, i) => keep(this.#things[i]!))
    this.#things = this.#things.filter(keep)
  }

  /** Where `seq` is, or would be put. */
  #place(seq: number): number {
    const seqs = this.#seqs
    let high = seqs.length
    if (high === 0 || seqs[high - 1]! < seq) return high
    let low = 0
    while (low < high) {
      const middle = (low + high) >> 1
      if (seqs[middle]! < seq) low = middle + 1
      else high = middle
    }
    return low
  }
}
