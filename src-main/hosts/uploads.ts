import { MINUTE, type Clock, type Timer } from '../base/clock'
import { Fault } from '../base/faults'

/** A file as it is written: content/kept-files.ts. */
export interface UploadFile {
  readonly size: number
  write(bytes: Uint8Array): Promise<void>
  finish(): Promise<{ hash: string; size: number }>
  discard(): Promise<void>
}

export interface Uploading {
  newFile(): UploadFile
  settle(): Promise<void>
}

/** A file is kept up to here, bytes. */
const LARGEST = 4 * 1024 ** 3
/** An upload whose window went is given up after this, ms. */
const FORGOTTEN = 10 * MINUTE
/** Uploads in pieces at one time. */
const MOST = 16

interface Upload {
  file: UploadFile
  timer: Timer
  /** A piece of it is being written. */
  isBusy: boolean
}

/** Files on their way from a window to the disk, whole or in pieces (a page cannot stream, and a blob would fill Electron's main). */
export class Uploads {
  readonly #files: () => Uploading
  readonly #clock: Clock
  readonly #open = new Map<string, Upload>()

  constructor({ files, clock }: { files: () => Uploading; clock: Clock }) {
    this.#files = files
    this.#clock = clock
  }

  /**
   * Takes a whole file, or of `upload` the piece that `range` (a Content-Range, RFC 9110 14.4) names.
   * @throws Fault `file-too-large`, `file-empty`, `disk-full`, `bad-argument` for a piece that does not follow, `busy`
   */
  async take(body: AsyncIterable<Uint8Array>, upload: string | undefined, range: string | undefined): Promise<{ hash: string; size: number } | { at: number }> {
    if (upload === undefined) return this.#whole(body)
    const found = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(range ?? '')
    const [from, last, total] = found?.slice(1).map(Number) ?? []
    if (from === undefined || last === undefined || total === undefined || last < from || last >= total || !/^[\w-]{8,64}$/.test(upload)) throw new Fault('bad-argument', { detail: { field: 'Content-Range' } })
    if (total > LARGEST) throw tooLarge(total)
    return this.#piece(body, upload, { from, to: last + 1, total })
  }

  async forget(upload: string): Promise<Record<string, never>> {
    const known = this.#open.get(upload)
    this.#open.delete(upload)
    known?.timer.cancel()
    await known?.file.discard()
    return {}
  }

  async #whole(body: AsyncIterable<Uint8Array>): Promise<{ hash: string; size: number }> {
    const file = this.#files().newFile()
    try {
      await write(file, body, LARGEST)
      return await this.#finish(file)
    } catch (thrown) {
      await file.discard()
      throw thrown
    }
  }

  async #piece(body: AsyncIterable<Uint8Array>, id: string, { from, to, total }: { from: number; to: number; total: number }): Promise<{ hash: string; size: number } | { at: number }> {
    const known = this.#open.get(id) ?? (from === 0 ? this.#begin(id) : undefined)
    if (!known || known.isBusy || known.file.size !== from) throw new Fault('bad-argument', { detail: { field: 'Content-Range', at: known?.file.size ?? 0 } })
    known.isBusy = true
    known.timer.cancel()
    try {
      await write(known.file, body, to)
      if (known.file.size !== to) throw new Fault('bad-argument', { detail: { field: 'Content-Length' } })
      if (to < total) {
        known.isBusy = false
        known.timer = this.#clock.after(FORGOTTEN, () => void this.forget(id))
        return { at: to }
      }
      this.#open.delete(id)
      return await this.#finish(known.file)
    } catch (thrown) {
      await this.forget(id)
      await known.file.discard()
      throw thrown
    }
  }

  #begin(id: string): Upload {
    if (this.#open.size >= MOST) throw new Fault('busy')
    const upload: Upload = { file: this.#files().newFile(), timer: { cancel() {} }, isBusy: false }
    this.#open.set(id, upload)
    return upload
  }

  /** What the window is told of is there after a power cut. */
  async #finish(file: UploadFile): Promise<{ hash: string; size: number }> {
    if (file.size === 0) throw new Fault('file-empty')
    const kept = await file.finish()
    await this.#files().settle()
    return kept
  }
}

const tooLarge = (bytes: number): Fault => new Fault('file-too-large', { detail: { limit: LARGEST, bytes } })

/** Each chunk is on its way to the disk before the next is asked for. @throws Fault `closed` when the window broke off */
async function write(file: UploadFile, body: AsyncIterable<Uint8Array>, most: number): Promise<void> {
  try {
    for await (const bytes of body) {
      const size = file.size + bytes.length
      if (size > most) throw most === LARGEST ? tooLarge(size) : new Fault('bad-argument', { detail: { field: 'Content-Length' } })
      await file.write(bytes)
    }
  } catch (thrown) {
    throw Fault.from(thrown, 'closed')
  }
}
