import type { Clock } from '../../base/clock'
import type { FileTransfer } from '../../rcs/file-transfer'
import type { Announced, FileStore } from './file-store'
import { linked } from './linked'
import type { Links } from './links'
import type { FileRow } from './verbs'

/** A file that is kept, with its link. */
export interface Shelved {
  id: string
  file: FileTransfer
}

/** Keeps files in an account's name for other parts of the relay, by the rules that hold for uploads. */
export class Shelf {
  readonly #parts: { store: FileStore; links: Links; clock: Clock }

  constructor(parts: { store: FileStore; links: Links; clock: Clock }) {
    this.#parts = parts
  }

  /** @param until how long it is wanted at most, ms since 1970. @throws Fault as an upload's */
  async keep(address: string, announced: Omit<Announced, 'tid' | 'thumbnail'>, bytes: AsyncIterable<Uint8Array>, until?: number): Promise<Shelved> {
    const { store } = this.#parts
    const upload = await store.begin(address, { ...announced, tid: undefined, thumbnail: undefined })
    try {
      for await (const piece of bytes) await upload.write(piece)
      const row = await store.finish(upload, until)
      await upload.close()
      return this.#shelved(row)
    } catch (thrown) {
      await upload.close()
      await store.giveUp(upload.row)
      throw thrown
    }
  }

  /** A file of the account's own. */
  async find(address: string, id: string): Promise<Shelved | undefined> {
    const row = await this.#parts.store.file(id)
    return row?.address === address ? this.#shelved(row) : undefined
  }

  /** What lies behind a link of ours that still holds. */
  async behind(url: string): Promise<Shelved | undefined> {
    const { links, store, clock } = this.#parts
    const opened = links.openUrl(url, clock.now())
    const row = opened?.ok && opened.kind === 'd' ? await store.file(opened.id) : undefined
    return row ? { id: row.id, file: { ...this.#shelved(row).file, url } } : undefined
  }

  async list(address: string, limit: number): Promise<Shelved[]> {
    return (await this.#parts.store.of(address, limit)).map((row) => this.#shelved(row))
  }

  /** False when the account has no such file. */
  remove(address: string, id: string): Promise<boolean> {
    return this.#parts.store.remove(address, id)
  }

  #shelved(row: FileRow): Shelved {
    return { id: row.id, file: linked(row, this.#parts.links) }
  }
}
