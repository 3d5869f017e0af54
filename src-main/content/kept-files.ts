import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Ids } from '../base/ids'
import { canBeDrawn, pictureSize } from './picture-size'
import { diskFault, syncFolder } from './disk'
import { NewFile } from './new-file'
import { BEGIN, pictureType, safeType, type PictureType } from './sniff'

// content/ab/abcdef…   a file under the SHA-256 of its bytes: kept once, whoever sent it how often, and never changed
// content/new/         what is being written; whatever a dead process left there goes at the next start

/** A file that is kept. */
export interface KeptFile {
  /** SHA-256, lower-case hex. */
  hash: string
  /** Bytes. */
  size: number
}

/** A kept file that is open: what it begins with, and any part of it as a stream. */
export interface OpenFile {
  size: number
  /** Its first bytes, by which it is told what it is (see sniff). */
  begin: Uint8Array
  /** What they say it is, where a page may show it. */
  type: string | undefined
  /** It is a picture, and none that fills the memory of whoever draws it. */
  canBeDrawn(): Promise<boolean>
  /** From byte `from` to `to`, both in it; the file closes with the stream. */
  stream(from: number, to: number): Readable
  /** Fills `into` from byte `at` on; answers how many bytes there were. */
  read(into: Uint8Array, at: number): Promise<number>
  /** For whoever takes no stream. */
  close(): Promise<void>
}

/** Read at once for a stream, bytes. */
const STREAM_SLICE = 256 * 1024

const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)

/** Files of messages in one folder of the account. What is `finish`ed and `settle`d survives a power cut. */
export class KeptFiles {
  readonly folder: string
  readonly #ids: Ids
  /** Folders whose entries are not yet on the disk. */
  readonly #unsettled = new Set<string>()

  constructor({ folder, ids }: { folder: string; ids: Ids }) {
    this.folder = folder
    this.#ids = ids
  }

  /** Clears what an earlier process did not finish. */
  async sweep(): Promise<void> {
    await rm(join(this.folder, 'new'), { recursive: true, force: true })
  }

  /** A file to write; nothing of it is seen before `finish`. */
  newFile(): NewFile {
    return new NewFile({
      temporary: () => this.#temporary(),
      has: async (hash, size) => (await this.size(hash)) === size,
      place: (path, hash) => this.#place(path, hash),
    })
  }

  /** Waits until the names of all finished files are on the disk: before a message that speaks of them is committed. */
  async settle(): Promise<void> {
    const folders = [...this.#unsettled]
    this.#unsettled.clear()
    for (const folder of folders) await syncFolder(folder)
  }

  /** Bytes; undefined when it is not here. */
  async size(hash: string): Promise<number | undefined> {
    if (!isHash(hash)) return undefined
    const found = await stat(this.#path(hash)).catch(() => undefined)
    return found?.isFile() ? found.size : undefined
  }

  /** Part of a file; `picture` when its bytes are one that may be drawn. Undefined when it is not here. */
  async read(hash: string, from: number, length: number): Promise<{ bytes: Buffer; size: number; picture?: PictureType } | undefined> {
    if (!isHash(hash)) return undefined
    const handle = await open(this.#path(hash), 'r').catch(() => undefined)
    if (!handle) return undefined
    try {
      const { size } = await handle.stat()
      const begin = Buffer.alloc(16)
      const { bytesRead: known } = await handle.read(begin, 0, 16, 0)
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - from)))
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, from)
      const picture = pictureType(begin.subarray(0, known))
      return { bytes: bytes.subarray(0, bytesRead), size, ...(picture && { picture }) }
    } catch (thrown) {
      throw diskFault(thrown, `cannot read ${hash}`)
    } finally {
      await handle.close()
    }
  }

  /** Undefined when it is not here. */
  async open(hash: string): Promise<OpenFile | undefined> {
    if (!isHash(hash)) return undefined
    const handle = await open(this.#path(hash), 'r').catch(() => undefined)
    if (!handle) return undefined
    try {
      const { size } = await handle.stat()
      const readAt = async (at: number, length: number) => {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at)
        return buffer.subarray(0, bytesRead)
      }
      const begin = await readAt(0, BEGIN)
      return {
        size, begin, type: safeType(begin),
        async canBeDrawn() {
          const picture = pictureType(begin)
          const found = picture && (await pictureSize(picture, readAt))
          return found !== undefined && canBeDrawn(found)
        },
        stream: (start, end) => handle.createReadStream({ start, end, highWaterMark: STREAM_SLICE }),
        read: async (into, at) => (await handle.read(into, 0, into.length, at)).bytesRead,
        close: () => handle.close(),
      }
    } catch (thrown) {
      await handle.close()
      throw diskFault(thrown, `cannot read ${hash}`)
    }
  }

  /** A file of the same disk that is whole and synced is kept from here on, and no longer where it was. */
  async take(path: string, { hash, size }: KeptFile): Promise<void> {
    if ((await this.size(hash)) === size) await rm(path, { force: true })
    else await this.#place(path, hash)
    await this.settle()
  }

  /** Nobody refers to it any more. */
  async remove(hash: string): Promise<void> {
    if (isHash(hash)) await rm(this.#path(hash), { force: true })
  }

  /** Everything that is kept, for a page about storage. */
  async *list(): AsyncGenerator<KeptFile> {
    const folders = await opendir(this.folder).catch(() => undefined)
    if (!folders) return
    for await (const folder of folders) {
      if (!/^[0-9a-f]{2}$/.test(folder.name)) continue
      for await (const file of await opendir(join(this.folder, folder.name))) {
        const size = await this.size(file.name)
        if (size !== undefined) yield { hash: file.name, size }
      }
    }
  }

  /** How many files there are, and their bytes in all. */
  async usage(): Promise<{ files: number; bytes: number }> {
    const sum = { files: 0, bytes: 0 }
    for await (const { size } of this.list()) {
      sum.files++
      sum.bytes += size
    }
    return sum
  }

  #path(hash: string): string {
    return join(this.folder, hash.slice(0, 2), hash)
  }

  async #temporary(): Promise<string> {
    await mkdir(join(this.folder, 'new'), { recursive: true })
    return join(this.folder, 'new', this.#ids.token())
  }

  async #place(path: string, hash: string): Promise<void> {
    const folder = join(this.folder, hash.slice(0, 2))
    if ((await mkdir(folder, { recursive: true })) !== undefined) this.#unsettled.add(this.folder)
    await rename(path, join(folder, hash))
    this.#unsettled.add(folder)
  }
}
