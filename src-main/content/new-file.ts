import { createHash, type Hash } from 'node:crypto'
import { open, rm, type FileHandle } from 'node:fs/promises'
import { diskFault } from './disk'
import type { KeptFile } from './kept-files'

/** Up to here a file is gathered in memory: most pictures of an MMS, of which many are there already. */
const IN_MEMORY = 512 * 1024

interface NewFileParts {
  temporary(): Promise<string>
  has(hash: string, size: number): Promise<boolean>
  place(path: string, hash: string): Promise<void>
}

/** A file on its way: written in pieces, then kept or given up. */
export class NewFile {
  size = 0
  readonly #parts: NewFileParts
  readonly #hash: Hash = createHash('sha256')
  #gathered: Uint8Array[] = []
  #open: { path: string; handle: FileHandle } | undefined

  constructor(parts: NewFileParts) {
    this.#parts = parts
  }

  /** @throws Fault `disk-full`, `disk-broken` */
  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes)
    this.size += bytes.length
    if (!this.#open && this.size <= IN_MEMORY) return void this.#gathered.push(bytes)
    await this.#spill()
    await this.#append(bytes)
  }

  /** Resolves when its bytes are on the disk under their hash; its name is after the folder has settled. */
  async finish(): Promise<KeptFile> {
    const hash = this.#hash.digest('hex')
    const kept = { hash, size: this.size }
    if (await this.#parts.has(hash, this.size)) {
      await this.discard()
      return kept
    }
    await this.#spill()
    const { path, handle } = this.#open!
    try {
      await handle.sync()
      await handle.close()
      this.#open = undefined
      await this.#parts.place(path, hash)
    } catch (thrown) {
      throw diskFault(thrown, 'a file could not be kept')
    }
    return kept
  }

  async discard(): Promise<void> {
    this.#gathered = []
    const before = this.#open
    this.#open = undefined
    if (!before) return
    await before.handle.close().catch(() => undefined)
    await rm(before.path, { force: true })
  }

  async #spill(): Promise<void> {
    if (this.#open) return
    try {
      const path = await this.#parts.temporary()
      this.#open = { path, handle: await open(path, 'wx', 0o600) }
    } catch (thrown) {
      throw diskFault(thrown, 'a file could not be made')
    }
    const gathered = Buffer.concat(this.#gathered)
    this.#gathered = []
    await this.#append(gathered)
  }

  async #append(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) at += (await this.#open!.handle.write(bytes, at)).bytesWritten
    } catch (thrown) {
      throw diskFault(thrown, 'a file could not be written')
    }
  }
}
