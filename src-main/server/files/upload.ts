import { Fault } from '../../base/faults'
import type { PartialPart } from './parts'
import type { UploadRow } from './verbs'

/** What an upload asks of the store that holds it. */
export interface UploadHolder {
  /** Whether so many bytes more may be written. @throws Fault `file-too-large`, `quota-reached`, `disk-full` */
  admit(row: UploadRow, size: number, more: number): void
  wrote(row: UploadRow, bytes: number): void
  closed(upload: Upload): void
}

/** A file that is coming in now, over one request. */
export class Upload {
  readonly row: UploadRow
  readonly #partial: PartialPart
  readonly #holder: UploadHolder
  readonly #taken = new AbortController()
  readonly #closed = Promise.withResolvers<void>()
  #isClosed = false

  constructor(row: UploadRow, partial: PartialPart, holder: UploadHolder) {
    this.row = row
    this.#partial = partial
    this.#holder = holder
  }

  /** Bytes that are here. */
  get size(): number {
    return this.#partial.size
  }

  /** Another request goes on with it: whoever writes here has to stop. */
  get taken(): AbortSignal {
    return this.#taken.signal
  }

  /** @throws Fault as `UploadHolder.admit` says, and `disk-broken` */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#taken.signal.aborted) throw new Fault('closed', { text: 'another request goes on with this upload' })
    this.#holder.admit(this.row, this.size, bytes.length)
    const before = this.size
    try {
      await this.#partial.write(bytes)
    } finally {
      this.#holder.wrote(this.row, this.size - before)
    }
  }

  /** It is whole: its bytes are kept under their hash. */
  async place(): Promise<{ hash: string; size: number }> {
    return this.#partial.finish()
  }

  /** What is here stays. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    try {
      await this.#partial.close()
    } finally {
      this.#holder.closed(this)
      this.#closed.resolve()
    }
  }

  /** Takes it from the request that holds it; resolves when that has let go. */
  take(): Promise<void> {
    this.#taken.abort()
    return this.#closed.promise
  }
}
