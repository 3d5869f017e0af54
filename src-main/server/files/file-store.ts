import type { Clock } from '../../base/clock'
import { Fault } from '../../base/faults'
import type { Ids } from '../../base/ids'
import type { FileLedger, KeptPart, OpenKept, PartialsPart } from './parts'
import type { FileRules } from './rules'
import { toldType } from './types'
import { Upload } from './upload'
import { Usage } from './usage'
import type { FileRow, Thumbnail, UploadRow } from './verbs'

export interface FileStoreParts {
  kept: KeptPart
  partials: PartialsPart
  /** So many bytes of a file have gone through memory: its garbage may be collected. */
  passed?: ((bytes: number) => void) | undefined
  ledger: FileLedger
  rules: FileRules
  ids: Ids
  clock: Clock
  /** What a file's first bytes say it is, where that is a picture, sound or video. */
  typeOf: (begin: Uint8Array) => string | undefined
  /** Room on the disk, bytes. */
  free: () => number
}

/** A file that is about to come. */
export interface Announced {
  /** The uploader's own name for it; without one a broken upload cannot be gone on with. */
  tid: string | undefined
  name: string
  type: string
  /** It has no more bytes than these, where somebody said. */
  size: number | null
  thumbnail: { bytes: Uint8Array } | undefined
}

/** Asked again when so much more was written, bytes. */
const LOOK_AT_DISK = 16 * 1024 * 1024

//  begin --> coming --whole--> kept --its time is over--> gone
//              |  ^
//          cut v  | goOn
//             partial --a day--> gone
/** The files of all accounts: rows in the ledger, whole ones under their hash, others as partial files. */
export class FileStore {
  readonly #parts: FileStoreParts
  readonly usage = new Usage()
  readonly #open = new Map<string, Upload>()
  #exclusive: Promise<unknown> = Promise.resolve()
  #unlooked = 0

  constructor(parts: FileStoreParts) {
    this.#parts = parts
  }

  /** Takes up what an earlier process left. */
  async start(): Promise<void> {
    const { kept, partials, ledger } = this.#parts
    await kept.sweep()
    this.usage.load(await ledger.read('files.usage', null))
    const rows = new Map((await ledger.read('files.uploads', null)).map((row) => [row.id, row]))
    for await (const { name, size } of partials.list()) {
      const row = rows.get(name)
      // Who gave it no name cannot go on with it.
      if (!row || row.tid === row.id) await partials.remove(name)
      else this.usage.add(row.address, size)
    }
    for (const row of rows.values()) {
      this.usage.add(row.address, row.thumbnail?.size ?? 0)
      if (row.tid === row.id) await this.giveUp(row)
    }
    await this.#sweepKept()
  }

  /** @throws Fault `file-too-large`, `quota-reached`, `disk-full` */
  async begin(address: string, { tid, name, type, size, thumbnail }: Announced): Promise<Upload> {
    const { ledger, partials, ids, clock } = this.#parts
    const id = ids.token()
    const row: UploadRow = { id, address, tid: tid ?? id, name, type, announced: size, thumbnail: null, touchedAt: clock.now() }
    if (tid !== undefined) await this.interrupt(address, tid)
    // What it replaces makes room for it.
    const before = tid === undefined ? undefined : (await ledger.read('files.named', { address, tid })).upload
    if (before) await this.giveUp(before)
    // What was announced may have the last line end of the form in it.
    this.#admit(row, 0, Math.max(0, (size ?? 0) - 2), true)
    await this.#alone(async () => {
      if (thumbnail) row.thumbnail = await this.#keepThumbnail(thumbnail.bytes)
      await ledger.commit('files.begin', row)
    })
    this.usage.add(address, row.thumbnail?.size ?? 0)
    return this.#hold(row, partials)
  }

  /** Goes on with what is here of it. */
  async goOn(row: UploadRow): Promise<Upload> {
    const { ledger, partials, clock } = this.#parts
    await this.#open.get(row.id)?.take()
    await ledger.commit('files.touch', { id: row.id, at: clock.now() }, { patient: true })
    return this.#hold(row, partials)
  }

  /** How much is here of what an account calls `tid`. A request that still sends it has to stop, so that the answer stays true. */
  async interrupt(address: string, tid: string): Promise<{ upload: (UploadRow & { size: number }) | null; file: FileRow | null }> {
    const { ledger, partials } = this.#parts
    const { upload, file } = await ledger.read('files.named', { address, tid })
    if (!upload) return { upload, file }
    await this.#open.get(upload.id)?.take()
    // It may have come to its end just then.
    const now = await ledger.read('files.named', { address, tid })
    return { file: now.file, upload: now.upload && { ...now.upload, size: await partials.size(now.upload.id) } }
  }

  /** All of it is here. @param until how long it is wanted at most, ms since 1970 */
  async finish(upload: Upload, until?: number): Promise<FileRow> {
    const { ledger, kept, rules, clock, typeOf } = this.#parts
    const { announced: _, touchedAt: __, ...described } = upload.row
    if (!upload.size) throw new Fault('file-empty', { text: 'a file without bytes' })
    return this.#alone(async () => {
      const { hash, size } = await upload.place()
      const now = clock.now()
      const open = (await kept.open(hash))!
      const type = toldType(described.type, typeOf(open.begin))
      await open.close()
      const { file, replaced, unneeded } = await ledger.commit('files.finish', { ...described, type, hash, size, createdAt: now, expiresAt: Math.min(until ?? Infinity, now + rules.keep) })
      this.usage.add(file.address, 0, 1)
      if (replaced) this.#forget(replaced)
      await this.#removeAll(unneeded)
      return file
    })
  }

  async giveUp({ id, address, thumbnail }: UploadRow): Promise<void> {
    const { ledger, partials } = this.#parts
    await this.#alone(async () => {
      const size = await partials.size(id)
      const { unneeded } = await ledger.commit('files.giveUp', { id })
      await partials.remove(id)
      this.usage.add(address, -size - (thumbnail?.size ?? 0))
      await this.#removeAll(unneeded)
    })
  }

  /** @throws Fault `file-too-large` */
  checkSize(size: number): void {
    const { fileBytes } = this.#parts.rules
    if (size > fileBytes) throw new Fault('file-too-large', { text: `a file may have ${fileBytes} bytes here`, detail: { limit: fileBytes } })
  }

  file(id: string): Promise<FileRow | null> {
    return this.#parts.ledger.read('files.file', { id })
  }

  of(address: string, limit: number): Promise<FileRow[]> {
    return this.#parts.ledger.read('files.of', { address, limit })
  }

  /** False when the account has no such file. */
  remove(address: string, id: string): Promise<boolean> {
    return this.#alone(async () => {
      const { file, unneeded } = await this.#parts.ledger.commit('files.remove', { id, address })
      if (file) this.#forget(file)
      await this.#removeAll(unneeded)
      return file !== null
    })
  }

  upload(id: string): Promise<UploadRow | null> {
    return this.#parts.ledger.read('files.upload', { id })
  }

  bytes(hash: string): Promise<OpenKept | undefined> {
    return this.#parts.kept.open(hash)
  }

  /** Files whose time was over before `before`, and uploads that nobody went on with since `left`. Answers how many files went. */
  async expire(before: number, left: number): Promise<number> {
    const { ledger } = this.#parts
    let all = 0
    for (;;) {
      const expired = await this.#alone(async () => {
        const { files, unneeded } = await ledger.commit('files.expire', { before, limit: 500 })
        for (const file of files) this.#forget(file)
        await this.#removeAll(unneeded)
        return files.length
      })
      all += expired
      if (!expired) break
    }
    for (const row of await ledger.read('files.uploads', null)) if (row.touchedAt < left && !this.#open.has(row.id)) await this.giveUp(row)
    return all
  }

  /** Stops whoever still sends. */
  async stop(): Promise<void> {
    await Promise.all([...this.#open.values()].map((upload) => upload.take()))
    await this.#exclusive
  }

  async #hold(row: UploadRow, partials: PartialsPart): Promise<Upload> {
    const upload = new Upload(row, await partials.open(row.id), {
      admit: (of, size, more) => this.#admit(of, size, more),
      wrote: ({ address }, bytes) => {
        this.usage.received += bytes
        this.usage.add(address, bytes)
        this.#parts.passed?.(bytes)
      },
      closed: ({ row: { id } }) => void this.#open.delete(id),
    })
    this.#open.set(row.id, upload)
    return upload
  }

  #admit({ address }: UploadRow, size: number, more: number, isBegin = false): void {
    const { rules, free } = this.#parts
    this.checkSize(size + more)
    if (this.usage.of(address) + more > rules.accountBytes) {
      throw new Fault('quota-reached', { text: `the files of this account take more than ${rules.accountBytes} bytes`, detail: { limit: rules.accountBytes } })
    }
    this.#unlooked += more
    if (!isBegin && this.#unlooked < LOOK_AT_DISK) return
    this.#unlooked = 0
    if (free() - (isBegin ? more : 0) < rules.reserve) throw new Fault('disk-full', { text: 'there is no room for files at the moment' })
  }

  #forget({ address, size, thumbnail }: FileRow): void {
    this.usage.add(address, -size - (thumbnail?.size ?? 0), -1)
  }

  async #keepThumbnail(bytes: Uint8Array): Promise<Thumbnail> {
    const { kept, typeOf } = this.#parts
    const file = kept.newFile()
    await file.write(bytes)
    const { hash, size } = await file.finish()
    await kept.settle()
    return { hash, size, type: typeOf(bytes) ?? 'application/octet-stream' }
  }

  async #sweepKept(): Promise<void> {
    const { kept, ledger } = this.#parts
    for (let hashes: string[] = [], list = kept.list()[Symbol.asyncIterator](); ;) {
      const { value, done } = await list.next()
      if (!done) hashes.push(value.hash)
      if (hashes.length === 500 || done) await this.#removeAll(await ledger.read('files.unneeded', { hashes: hashes.splice(0) }))
      if (done) return
    }
  }

  async #removeAll(hashes: readonly string[]): Promise<void> {
    for (const hash of hashes) await this.#parts.kept.remove(hash)
  }

  /** Bytes become needed, or are found to be needed no more, one at a time: else one could remove what the other has just found here. */
  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#exclusive.then(work)
    this.#exclusive = done.catch(() => undefined)
    return done
  }
}
