/** Which bytes of a message are there: pieces that do not touch, in their order, each from its first byte to the one behind its last. */
export class Ranges {
  readonly #pieces: [from: number, to: number][] = []

  get count(): number {
    return this.#pieces.length
  }

  add(from: number, to: number): void {
    if (to <= from) return
    const pieces = this.#pieces
    let first = pieces.length
    // What comes next mostly goes on where the last one ended.
    while (first > 0 && pieces[first - 1]![1] >= from) first--
    let last = first
    let [low, high] = [from, to]
    while (last < pieces.length && pieces[last]![0] <= to) {
      low = Math.min(low, pieces[last]![0])
      high = Math.max(high, pieces[last]![1])
      last++
    }
    pieces.splice(first, last - first, [low, high])
  }

  /** From the first byte to `total` nothing is missing. */
  isWhole(total: number): boolean {
    const [first] = this.#pieces
    return total === 0 || (first !== undefined && first[0] === 0 && first[1] >= total)
  }
}
