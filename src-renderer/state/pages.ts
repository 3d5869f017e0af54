import { shallowReactive, shallowRef } from 'vue'
import { pageOf } from '../../src-main/store/database'
import type { PageMessages } from '../../src-main/store/read'
import type { Reader } from './reader'

/** Live pages beyond those asked for; older ones are let go, farthest first. */
const SPARE = 6

/** The pages of one conversation that are read live: those around the viewport and its end, a bounded number. */
export class LivePages {
  /** What has been read; null: the store holds nothing of that page. */
  readonly read = shallowReactive(new Map<number, PageMessages | null>())
  readonly #reader: Reader
  readonly #conversation: string
  readonly #ends = new Map<number, () => void>()
  #shown: readonly [number, number] = [0, -1]
  /** The page of the next place; -1 until the conversation is known. */
  readonly #tail = shallowRef(-1)

  constructor(reader: Reader, conversation: string) {
    this.#reader = reader
    this.#conversation = conversation
  }

  /** Reads the pages of these places and one on each side. */
  show(first: number, last: number): void {
    this.#shown = [Math.max(0, pageOf(first) - 1), pageOf(last) + 1]
    this.#follow()
  }

  /** Reads the conversation's end, where the next message comes, whatever is shown. */
  follow(count: number): void {
    this.#tail.value = pageOf(count)
    this.#follow()
  }

  /** The conversation's last two pages have been read: how it ends is known. */
  hasEnd(): boolean {
    const tail = this.#tail.value
    return tail >= 0 && this.read.has(tail) && this.read.has(Math.max(0, tail - 1))
  }

  /** Everything of these places has been read, though it may be nothing. */
  hasRead(first: number, last: number): boolean {
    for (let page = pageOf(first); page <= Math.min(pageOf(last), this.#tail.value); page++) if (!this.read.has(page)) return false
    return true
  }

  close(): void {
    for (const end of this.#ends.values()) end()
    this.#ends.clear()
    this.read.clear()
  }

  #follow(): void {
    const [from, to] = this.#shown
    // Until the conversation is known, its end is not: what is shown is read, and no more.
    const tail = this.#tail.value < 0 ? to : this.#tail.value
    if (tail < 0) return
    const wanted = new Set([tail, Math.max(0, tail - 1)])
    for (let page = from; page <= Math.min(to, tail); page++) wanted.add(page)
    for (const page of wanted) {
      if (!this.#ends.has(page)) {
        this.#ends.set(page, this.#reader.page(this.#conversation, page, (messages) => void this.read.set(page, messages ?? null)))
      }
    }
    const middle = (from + to) / 2
    const spare = [...this.#ends.keys()].filter((page) => !wanted.has(page))
    spare.sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle))
    for (const page of spare.slice(0, Math.max(0, spare.length - SPARE))) {
      this.#ends.get(page)?.()
      this.#ends.delete(page)
      this.read.delete(page)
    }
  }
}
