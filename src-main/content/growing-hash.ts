import { createHash, type Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { BesideHash, HashThread } from './hash-thread'

/** From here on a file is hashed by the thread, bytes. */
const LARGE = 8 * 1024 * 1024
/** What is read at once, bytes. */
const SLICE = 1024 * 1024

// here --large--> beside --the thread was lost--> unknown (read again when it is wanted)
type State = { at: 'here'; hash: Hash } | { at: 'beside'; hash: BesideHash } | { at: 'unknown' }

interface GrowingParts {
  path: string
  handle: FileHandle
  /** Without it everything is hashed here. */
  thread: HashThread | undefined
}

/** The SHA-256 of a file that is appended to: in passing while it is small, by a thread when it is large. */
export class GrowingHash {
  readonly #parts: GrowingParts
  #state: State = { at: 'here', hash: createHash('sha256') }

  private constructor(parts: GrowingParts) {
    this.#parts = parts
  }

  /** @param size what is there already */
  static async of(parts: GrowingParts, size: number): Promise<GrowingHash> {
    const growing = new GrowingHash(parts)
    if (parts.thread && size >= LARGE) growing.#beside(size)
    else growing.#state = { at: 'here', hash: await hashOf(parts.handle, size) }
    return growing
  }

  /** `bytes` have been written, and with them the file has `size`. */
  wrote(bytes: Uint8Array, size: number): void {
    if (this.#state.at === 'beside') return this.#state.hash.grew(size)
    if (this.#state.at === 'unknown') return
    if (this.#parts.thread && size >= LARGE) this.#beside(size)
    else this.#state.hash.update(bytes)
  }

  /** Of all `size` bytes, lower-case hex. @throws what reading the file throws */
  async digest(size: number): Promise<string> {
    if (this.#state.at === 'here') return this.#state.hash.copy().digest('hex')
    if (this.#state.at === 'beside') {
      try {
        return await this.#state.hash.digest(size)
      } catch {
        this.end()
      }
    }
    return (await hashOf(this.#parts.handle, size)).digest('hex')
  }

  /** The file is empty again. */
  clear(): void {
    this.end()
    this.#state = { at: 'here', hash: createHash('sha256') }
  }

  end(): void {
    if (this.#state.at === 'beside') this.#state.hash.end()
    this.#state = { at: 'unknown' }
  }

  #beside(size: number): void {
    const hash = this.#parts.thread!.begin(this.#parts.path)
    hash.grew(size)
    this.#state = { at: 'beside', hash }
  }
}

async function hashOf(handle: FileHandle, size: number): Promise<Hash> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(Math.min(SLICE, size))
  for (let at = 0; at < size;) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, size - at), at)
    if (!bytesRead) throw new Error(`a file of ${size} bytes has only ${at}`)
    hash.update(buffer.subarray(0, bytesRead))
    at += bytesRead
  }
  return hash
}
