import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { allowedUrl } from '../base/allow-list'
import { DAY, SECOND, type Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import { pictureType, type PictureType } from '../content/sniff'

// tiles/<hash of the template>/Z-X-Y      a tile as it came; the oldest go when there are too many

/** Bytes of a tile; they have some 20 KB. */
const LARGEST = 512 * 1024
/** A tile that does not come in this time is none, ms. */
const PATIENCE = 10 * SECOND
/** After this a tile is asked for again, ms: maps change slowly, and servers ask to be spared. */
const FRESH = 30 * DAY
/** Tiles that are kept, some 100 MB. */
const KEPT = 5_000
/** Tiles that are asked for at one time. */
const AT_ONCE = 4

export interface Tile {
  type: PictureType
  bytes: Uint8Array
}

export interface TilesOptions {
  folder: string
  /** `https://tiles.example/{z}/{x}/{y}.png`; '' for none. */
  template(): string
  userAgent: string
  /** PEM of a private authority, trusted beside the public ones. */
  ca?: string
  clock: Clock
  ids: Ids
}

/** Tiles of a map from the server that the person named: only main asks for them, so that the page talks to no stranger. */
export class Tiles {
  readonly #options: TilesOptions
  readonly #coming = new Map<string, Promise<Tile | undefined>>()
  readonly #waiting: (() => void)[] = []
  #running = 0
  #sinceTidy = 0

  constructor(options: TilesOptions) {
    this.#options = options
  }

  /** Undefined where no server is named, or it has none. @throws Fault `not-allowed`, `cannot-connect`, `no-answer`, `bad-type`, `too-large` */
  tile(z: number, x: number, y: number): Promise<Tile | undefined> {
    const template = this.#options.template()
    const path = join(this.#options.folder, createHash('sha256').update(template).digest('hex').slice(0, 16), `${z}-${x}-${y}`)
    if (template === '') return Promise.resolve(undefined)
    const known = this.#coming.get(path)
    if (known) return known
    const coming = this.#find(path, tileUrl(template, z, x, y)).finally(() => this.#coming.delete(path))
    this.#coming.set(path, coming)
    return coming
  }

  async #find(path: string, url: string | undefined): Promise<Tile | undefined> {
    const kept = await readTile(path)
    if (kept && this.#options.clock.now() - kept.at < FRESH) return kept
    if (url === undefined) throw new Fault('not-allowed', { text: 'the tile server is no http or https address' })
    try {
      const bytes = await this.#inTurn(() => this.#fetch(url))
      if (!bytes) return undefined
      const type = pictureType(bytes)
      if (!type) throw new Fault('bad-type', { text: 'the tile server sent no picture' })
      await this.#keep(path, bytes)
      return { type, bytes }
    } catch (thrown) {
      // An old map is better than none.
      if (kept) return kept
      throw thrown
    }
  }

  async #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.#running >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#running++
    try {
      return await run()
    } finally {
      this.#running--
      this.#waiting.shift()?.()
    }
  }

  #fetch(url: string): Promise<Uint8Array | undefined> {
    const { userAgent, ca, clock } = this.#options
    const request = url.startsWith('https:') ? requestHttps : requestHttp
    return new Promise((resolve, reject) => {
      const asking = request(url, { headers: { 'User-Agent': userAgent, Accept: 'image/*' }, ...(ca !== undefined && { ca: [...rootCertificates, ca] }) }, (response) => {
        readTo(response, LARGEST).then((bytes) => resolve(response.statusCode === 200 ? bytes : undefined), reject).finally(() => timer.cancel())
      })
      const timer = clock.after(PATIENCE, () => asking.destroy(new Fault('no-answer')))
      asking.once('error', (thrown) => {
        timer.cancel()
        reject(Fault.from(thrown, 'cannot-connect'))
      })
      asking.end()
    })
  }

  /** A tile that cannot be kept is shown all the same. */
  async #keep(path: string, bytes: Uint8Array): Promise<void> {
    const fresh = `${path}.${this.#options.ids.token(8)}.new`
    try {
      await mkdir(join(path, '..'), { recursive: true })
      await writeFile(fresh, bytes, { mode: 0o600 })
      await rename(fresh, path)
      if (++this.#sinceTidy >= KEPT / 10) await this.#tidy()
    } catch {
      await rm(fresh, { force: true })
    }
  }

  async #tidy(): Promise<void> {
    this.#sinceTidy = 0
    const { folder } = this.#options
    const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    if (names.length <= KEPT) return
    const dated = await Promise.all(names.map(async (path) => ({ path, at: (await stat(path)).mtimeMs })))
    dated.sort((a, b) => a.at - b.at)
    for (const { path } of dated.slice(0, names.length - KEPT)) await rm(path, { force: true })
  }
}

/** The address of one tile, if the allow-list lets it out. */
export function tileUrl(template: string, z: number, x: number, y: number): string | undefined {
  const url = allowedUrl(template.replaceAll('{z}', String(z)).replaceAll('{x}', String(x)).replaceAll('{y}', String(y)))
  return url && /^https?:/.test(url) ? url : undefined
}

async function readTile(path: string): Promise<(Tile & { at: number }) | undefined> {
  try {
    const bytes = await readFile(path)
    const type = pictureType(bytes)
    return type && { type, bytes, at: (await stat(path)).mtimeMs }
  } catch {
    return undefined
  }
}

async function readTo(response: IncomingMessage, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const bytes of response as AsyncIterable<Uint8Array>) {
    size += bytes.length
    if (size > most) throw new Fault('too-large', { detail: { limit: most } })
    parts.push(bytes)
  }
  return Buffer.concat(parts)
}
