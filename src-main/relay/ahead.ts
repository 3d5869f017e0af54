import type { QueueRow } from './queue/row'

/** What a row takes in memory beside its body, bytes: the head that its texts are parts of, and the objects that name them. */
const BESIDE = 1_536

/** What rows may take in memory that wait far from their turn: a bound for all lanes together. */
export class Ahead {
  #left: number

  /** @param bytes @default 32 MB */
  constructor(bytes = 32 * 1024 * 1024) {
    this.#left = bytes
  }

  /** Bytes that may still be taken. */
  get left(): number {
    return this.#left
  }

  /** How many bytes were taken for the row; 0 when there was no room. */
  take({ body }: QueueRow): number {
    const bytes = BESIDE + body.length
    if (bytes > this.#left) return 0
    this.#left -= bytes
    return bytes
  }

  giveBack(bytes: number): void {
    this.#left += bytes
  }
}
