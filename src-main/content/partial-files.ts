import { mkdir, open, opendir, readFile, rm, stat, statfs, writeFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../base/faults'
import { diskFault } from './disk'
import { GrowingHash } from './growing-hash'
import type { HashThread } from './hash-thread'
import type { KeptFile, KeptFiles } from './kept-files'

// partial/NAME        a file that is not whole yet: it is only ever appended to, so its length is what is here
// partial/NAME.note   what its owner has to know to go on with it

const NOTE = '.note'

/** Files on their way in, by a name that their owner finds again after a crash. */
export class PartialFiles {
  readonly #folder: string
  readonly #kept: KeptFiles
  readonly #thread: HashThread | undefined

  /**
   * @param parts.folder on the same disk as `kept`'s, into which a whole file is moved
   * @param parts.thread hashes large files. @default they are hashed by whoever writes them
   */
  constructor(parts: { folder: string; kept: KeptFiles; thread?: HashThread }) {
    this.#folder = parts.folder
    this.#kept = parts.kept
    this.#thread = parts.thread
  }

  /** Bytes that are here; 0 when there is none. */
  async size(name: string): Promise<number> {
    return (await stat(this.#path(name)).catch(() => undefined))?.size ?? 0
  }

  /** Goes on at the end of it, or begins it. A name is opened once at a time. @throws Fault `disk-full`, `disk-broken` */
  async open(name: string): Promise<PartialFile> {
    const path = this.#path(name)
    let handle: FileHandle | undefined
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      handle = await open(path, 'a+', 0o600)
      const { size } = await handle.stat()
      const hash = await GrowingHash.of({ path, handle, thread: this.#thread }, size)
      return new PartialFile({ path, handle, hash, size, kept: this.#kept })
    } catch (thrown) {
      await handle?.close()
      throw diskFault(thrown, `${name} could not be opened`)
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.#path(name), { force: true })
    await rm(this.#path(name + NOTE), { force: true })
  }

  /** What was noted beside a partial file. */
  async note(name: string): Promise<string | undefined> {
    return readFile(this.#path(name + NOTE), 'utf8').catch(() => undefined)
  }

  /** @throws Fault `disk-full`, `disk-broken` */
  async setNote(name: string, text: string): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      await writeFile(this.#path(name + NOTE), text, { mode: 0o600 })
    } catch (thrown) {
      throw diskFault(thrown, `a note of ${name} could not be written`)
    }
  }

  /** Bytes that the disk still takes. */
  async room(): Promise<number> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const { bavail, bsize } = await statfs(this.#folder)
    return bavail * bsize
  }

  /** Everything that is under way, or was left. */
  async *list(): AsyncGenerator<{ name: string; size: number; changedAt: number }> {
    const folder = await opendir(this.#folder).catch(() => undefined)
    if (!folder) return
    for await (const { name } of folder) {
      if (name.endsWith(NOTE)) continue
      const found = await stat(join(this.#folder, name)).catch(() => undefined)
      if (found?.isFile()) yield { name, size: found.size, changedAt: found.mtimeMs }
    }
  }

  #path(name: string): string {
    if (!/^[\w-][\w.-]{0,120}$/.test(name)) throw new Fault('bad-argument', { text: 'no name of a partial file' })
    return join(this.#folder, name)
  }
}

interface PartialParts {
  path: string
  handle: FileHandle
  hash: GrowingHash
  size: number
  kept: KeptFiles
}

/** One of them, open for its next bytes. */
export class PartialFile {
  readonly #parts: PartialParts
  #isOpen = true

  constructor(parts: PartialParts) {
    this.#parts = parts
  }

  /** Bytes that are here. */
  get size(): number {
    return this.#parts.size
  }

  /** What did not fit is not counted, the rest stays. @throws Fault `disk-full`, `disk-broken` */
  async write(bytes: Uint8Array): Promise<void> {
    const parts = this.#parts
    try {
      for (let at = 0; at < bytes.length;) {
        const { bytesWritten } = await parts.handle.write(bytes, at)
        parts.size += bytesWritten
        parts.hash.wrote(at === 0 && bytesWritten === bytes.length ? bytes : bytes.subarray(at, at + bytesWritten), parts.size)
        at += bytesWritten
      }
    } catch (thrown) {
      throw diskFault(thrown, 'a file could not be written')
    }
  }

  /** Begins anew. @throws Fault `disk-broken` */
  async clear(): Promise<void> {
    const parts = this.#parts
    try {
      await parts.handle.truncate(0)
    } catch (thrown) {
      throw diskFault(thrown, 'a file could not be begun anew')
    }
    parts.hash.clear()
    parts.size = 0
  }

  /** The hash of what is here, for whoever was told what it has to be. @throws Fault `disk-broken` */
  async digest(): Promise<string> {
    try {
      return await this.#parts.hash.digest(this.#parts.size)
    } catch (thrown) {
      throw diskFault(thrown, 'a file could not be read')
    }
  }

  /** It is whole: kept under its hash, on the disk, and partial no more. */
  async finish(): Promise<KeptFile> {
    const { path, handle, kept, size } = this.#parts
    const whole = { hash: await this.digest(), size }
    try {
      await handle.sync()
      await this.close()
      await kept.take(path, whole)
    } catch (thrown) {
      throw diskFault(thrown, 'a file could not be kept')
    }
    return whole
  }

  /** What is here stays for the next time. */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#parts.hash.end()
    await this.#parts.handle.close()
  }

  async discard(): Promise<void> {
    await this.close()
    await rm(this.#parts.path, { force: true })
  }
}
