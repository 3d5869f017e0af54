import { malformed } from '../sip/text'
import { Ranges } from './ranges'

const PAGE = 16 * 1024
/** A stream keeps its order, so nobody honest leaves more gaps. */
const maxGaps = 256

/**
 * Bytes of one message, in whatever order they come. Memory is taken by pages that something was written to: what a peer claims
 * of a message's size costs nothing.
 */
export class Assembly {
  readonly #pages = new Map<number, Uint8Array>()
  readonly #ranges = new Ranges()
  readonly #total: number | undefined
  #size = 0
  #held = 0

  /** @param total of the message, bytes, where it is known: nothing is written beyond it */
  constructor(total?: number) {
    this.#total = total
  }

  /** Bytes of memory. */
  get held(): number {
    return this.#held
  }

  /** Where the furthest byte ends that came. */
  get size(): number {
    return this.#size
  }

  /** Puts bytes at a place. What came twice is as it came last. @throws Fault `malformed` with too many gaps */
  write(at: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return
    for (let done = 0; done < bytes.length;) {
      const index = Math.floor((at + done) / PAGE)
      const from = at + done - index * PAGE
      const piece = bytes.subarray(done, done + PAGE - from)
      this.#page(index).set(piece, from)
      done += piece.length
    }
    this.#ranges.add(at, at + bytes.length)
    if (this.#ranges.count > maxGaps) throw malformed('a message with too many gaps')
    this.#size = Math.max(this.#size, at + bytes.length)
  }

  isWhole(total: number): boolean {
    return this.#ranges.isWhole(total)
  }

  /** All of it, once it is whole. */
  take(total: number): Uint8Array {
    const body = new Uint8Array(total)
    for (const [index, page] of this.#pages) {
      const at = index * PAGE
      if (at < total) body.set(page.subarray(0, total - at), at)
    }
    this.#pages.clear()
    this.#held = 0
    return body
  }

  #page(index: number): Uint8Array {
    let page = this.#pages.get(index)
    if (!page) {
      page = new Uint8Array(Math.min(PAGE, (this.#total ?? Infinity) - index * PAGE))
      this.#held += page.length
      this.#pages.set(index, page)
    }
    return page
  }
}
