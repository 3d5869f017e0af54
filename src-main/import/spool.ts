import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../base/faults'

// import/<id>.json    what the file is called and how large it is
// import/<id>.part    what came of it so far; its length is where it goes on
// import/<id>.xml     all of it: from now on the import goes on by itself, whatever ends the process

/** A file that somebody chose. */
export interface Chosen {
  name: string
  /** Bytes. */
  size: number
  /** ms; tells a file from a later one of the same name. */
  lastModified: number
}

export interface Spooled extends Chosen {
  id: string
  isWhole: boolean
  /** Bytes that are here. */
  offset: number
}

/** Beside the file itself its messages and attachments come to about its size; and nobody's disk should be filled to the brim. */
const spaceFor = (size: number, have: number): number => 2 * size - have + 64 * 1024 * 1024

/** How old what was never finished may become, ms. */
const PATIENCE = 7 * 24 * 60 * 60 * 1_000

const diskFault = (thrown: unknown): Fault => {
  if (thrown instanceof Fault) return thrown
  const { code } = thrown as NodeJS.ErrnoException
  return new Fault(code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'disk-broken', { cause: thrown, text: 'the file could not be copied' })
}

/** The files that are on their way in, in one folder of the account. */
export class Spool {
  readonly #folder: string
  readonly #free: (folder: string) => Promise<number>

  /** @param free bytes that the disk has left for us */
  constructor({ folder, free = freeSpace }: { folder: string; free?: (folder: string) => Promise<number> }) {
    this.#folder = folder
    this.#free = free
  }

  /**
   * The same file chosen again goes on where it was; any other that was never finished makes room for it.
   * @throws Fault `disk-full` with `needed` and `free` in bytes
   */
  async begin(chosen: Chosen): Promise<Spooled> {
    const id = idOf(chosen)
    await mkdir(this.#folder, { recursive: true })
    for (const other of await this.list()) if (other.id !== id && !other.isWhole) await this.remove(other.id)
    const known = await this.find(id)
    if (known?.isWhole) return known
    const have = known?.offset ?? 0
    const needed = spaceFor(chosen.size, have)
    const free = await this.#free(this.#folder)
    if (free < needed) throw new Fault('disk-full', { detail: { needed, free } })
    try {
      await writeFile(this.#path(id, 'json'), JSON.stringify(chosen), { mode: 0o600 })
      await (await open(this.#path(id, 'part'), 'a', 0o600)).close()
    } catch (thrown) {
      throw diskFault(thrown)
    }
    return { ...chosen, id, isWhole: false, offset: have }
  }

  /**
   * The next bytes, at the place where the last ended; the last of them make the file whole.
   * @throws Fault `bad-argument` for another place, with the right one as `offset`; `disk-full`
   */
  async add(id: string, at: number, bytes: Uint8Array): Promise<Spooled> {
    const known = await this.find(id)
    if (!known) throw new Fault('bad-argument', { detail: { field: 'id' } })
    if (known.isWhole) return known
    if (at !== known.offset || at + bytes.length > known.size) throw new Fault('bad-argument', { detail: { field: 'offset', offset: known.offset } })
    const offset = at + bytes.length
    try {
      const handle = await open(this.#path(id, 'part'), 'r+')
      try {
        for (let done = 0; done < bytes.length;) done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten
        if (offset === known.size) await handle.sync()
      } finally {
        await handle.close()
      }
      if (offset === known.size) await rename(this.#path(id, 'part'), this.#path(id, 'xml'))
    } catch (thrown) {
      throw diskFault(thrown)
    }
    return { ...known, offset, isWhole: offset === known.size }
  }

  async find(id: string): Promise<Spooled | undefined> {
    if (!/^[0-9a-f]{20}$/.test(id)) return undefined
    let chosen: Chosen
    try {
      chosen = JSON.parse(await readFile(this.#path(id, 'json'), 'utf8')) as Chosen
    } catch {
      return undefined
    }
    const whole = await stat(this.#path(id, 'xml')).catch(() => undefined)
    if (whole) return { ...chosen, id, isWhole: true, offset: whole.size }
    const part = await stat(this.#path(id, 'part')).catch(() => undefined)
    return part && { ...chosen, id, isWhole: false, offset: Math.min(part.size, chosen.size) }
  }

  async list(): Promise<Spooled[]> {
    const names = await readdir(this.#folder).catch(() => [])
    const all = await Promise.all(names.filter((name) => name.endsWith('.json')).map((name) => this.find(name.slice(0, -5))))
    return all.filter((one) => one !== undefined)
  }

  /** Forgets what nobody came back for. */
  async sweep(now: number): Promise<void> {
    for (const { id, isWhole } of await this.list()) {
      if (isWhole) continue
      const { mtimeMs } = await stat(this.#path(id, 'part'))
      if (now - mtimeMs > PATIENCE) await this.remove(id)
    }
  }

  async remove(id: string): Promise<void> {
    // The list knows a file by its description, so that goes last.
    for (const ending of ['part', 'xml', 'json'] as const) await rm(this.#path(id, ending), { force: true })
  }

  /** The whole file in pieces that are read in a few ms. @throws Fault `disk-broken` */
  async *read(id: string): AsyncGenerator<Buffer> {
    const handle = await open(this.#path(id, 'xml'), 'r').catch((thrown: unknown) => { throw diskFault(thrown) })
    try {
      for (;;) {
        const piece = Buffer.allocUnsafe(32 * 1024)
        const { bytesRead } = await handle.read(piece, 0, piece.length)
        if (bytesRead === 0) return
        yield piece.subarray(0, bytesRead)
      }
    } finally {
      await handle.close()
    }
  }

  #path(id: string, ending: 'json' | 'part' | 'xml'): string {
    return join(this.#folder, `${id}.${ending}`)
  }
}

const idOf = ({ name, size, lastModified }: Chosen): string =>
  createHash('sha256').update(JSON.stringify([name, size, lastModified])).digest('hex').slice(0, 20)

async function freeSpace(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
