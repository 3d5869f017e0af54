import { createHash } from 'node:crypto'
import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import type { Log } from '../base/log'
import type { KeptFile, KeptFiles } from '../content/kept-files'
import type { PartialFiles } from '../content/partial-files'
import { pictureSize } from '../content/picture-size'
import { BEGIN, pictureType, type PictureType } from '../content/sniff'
import { expectedSize, MOST_UNKNOWN } from '../contract/files'
import type { FileView, RemoteFile } from '../contract/message'
import { namedUuid } from '../network/requests'
import { download, type Sink } from '../network/transfer/download'
import type { Http } from '../network/transfer/http'
import { upload, type Dialect, type Source } from '../network/transfer/upload'

export interface TransferRunParts {
  http: Http
  kept: KeptFiles
  partial: PartialFiles
  clock: Clock
  ids: Ids
  log: Log
}

/** One file that moves now. */
export interface Moving {
  /** Of the message, and whose it is. */
  id: string
  from: string
  /** Its index there. */
  index: number
  file: FileView
  /** An earlier try may have left something. */
  isAgain: boolean
  /** Of the account, where it is known. */
  server: string | undefined
  signal: AbortSignal
  /** How many bytes are where they belong. */
  progress(done: number): void
}

/** The longest thumbnail that is fetched, bytes. */
const THUMBNAIL = 512 * 1024

/** What speaks one language at one server does so the next time. */
export type Dialects = Map<string, Dialect>

/** Brings a kept file to the content server. @throws Fault what `upload` throws, `file-gone` when it is not kept here */
export async function sendFile({ http, kept, clock, ids }: TransferRunParts, dialects: Dialects, { id, from, index, file, isAgain, server, signal, progress }: Moving): Promise<RemoteFile> {
  if (server === undefined) throw new Fault('no-content-server')
  const source = await sourceOf(kept, file)
  if (!source) throw new Fault('file-gone', { text: `${file.name} is not kept here` })
  const thumbnail = file.thumbnail && (await sourceOf(kept, { ...file.thumbnail, name: `thumb_${file.name}` }))
  const { file: there, dialect } = await upload(http, {
    server, file: source, ...(thumbnail && { thumbnail }), isAgain, now: clock.now(), signal, progress,
    tid: namedUuid('upload', from, id, String(index)), boundary: `yanxin${ids.token()}`, dialect: dialects.get(server) ?? 'gsma',
  })
  dialects.set(server, dialect)
  return {
    url: there.url, hash: file.hash,
    ...(there.until !== undefined && { until: there.until }),
    ...(there.thumbnail && { thumbnail: { url: there.thumbnail.url, ...(there.thumbnail.until !== undefined && { until: there.thumbnail.until }) } }),
  }
}

async function sourceOf(kept: KeptFiles, { name, contentType, hash }: Pick<FileView, 'name' | 'contentType' | 'hash'>): Promise<Source | undefined> {
  const size = await kept.size(hash)
  if (size === undefined) return undefined
  return {
    name, contentType, size,
    async *pieces(from) {
      const opened = await kept.open(hash)
      if (!opened) throw new Fault('file-gone', { text: `${name} is no longer kept here` })
      yield* opened.stream(from, size - 1) as AsyncIterable<Uint8Array>
    },
  }
}

/** The small picture of a file, kept; nothing where there is none, or it is none. */
export async function fetchThumbnail(parts: TransferRunParts, { id, from, index, file, server, signal }: Moving): Promise<Partial<FileView> | undefined> {
  const { kept } = parts
  const where = file.remote?.thumbnail
  if (!where || file.thumbnail) return undefined
  const fetched = await fetch(parts, { name: partialName(from, id, index, where.url), url: where.url, until: where.until, most: THUMBNAIL, server, signal, progress: () => undefined })
  const picture = await pictureOf(kept, fetched.hash)
  if (!picture) {
    await kept.remove(fetched.hash)
    return undefined
  }
  const { contentType, ...size } = picture
  return { thumbnail: { ...fetched, contentType }, ...size }
}

/**
 * Fetches what is missing of a file that was sent to us; one that is kept here already is not fetched.
 * @throws Fault what `download` throws, `file-damaged` for another hash than was announced, `disk-full` before it begins
 */
export async function fetchFile(parts: TransferRunParts, { id, from, index, file, server, signal, progress }: Moving): Promise<Partial<FileView> & { hash: string }> {
  const { kept, partial } = parts
  const { remote, size } = file
  if (!remote) throw new Fault('file-gone', { text: 'nobody said where it lies' })
  const known = remote.hash !== undefined && (await kept.size(remote.hash)) === size ? remote.hash : undefined
  const name = partialName(from, id, index, remote.url)
  if (known === undefined && expectedSize(file) - (await partial.size(name)) > (await partial.room())) throw new Fault('disk-full', { text: `there is no room for ${expectedSize(file)} bytes` })
  const fetched = known === undefined
    ? await fetch(parts, {
        name, url: remote.url, until: remote.until, server, signal, progress,
        ...(size > 0 ? { size } : { most: MOST_UNKNOWN }), ...(remote.hash !== undefined && { hash: remote.hash }),
      })
    : { hash: known, size }
  const { hash } = fetched
  progress(fetched.size)
  const picture = await pictureOf(kept, hash)
  return { hash, ...(size === 0 && { size: fetched.size }), ...(picture && { width: picture.width, height: picture.height }) }
}

/** What a kept file is, where it is a picture whose size can be told. */
async function pictureOf(kept: KeptFiles, hash: string): Promise<{ contentType: PictureType; width: number; height: number } | undefined> {
  const begin = await kept.read(hash, 0, BEGIN)
  const contentType = begin && pictureType(begin.bytes)
  const size = contentType && (await pictureSize(contentType, async (at, length) => (await kept.read(hash, at, length))?.bytes ?? new Uint8Array()))
  return size && { contentType, ...size }
}

/** What is here of a file goes. */
export const forgetFile = async ({ partial }: TransferRunParts, { from, id, index, file }: Pick<Moving, 'from' | 'id' | 'index' | 'file'>): Promise<void> => {
  if (file.remote) await partial.remove(partialName(from, id, index, file.remote.url))
}

const partialName = (from: string, id: string, index: number, url: string): string =>
  createHash('sha256').update([from, id, index, url].join('\n')).digest('hex').slice(0, 40)

interface Fetching {
  name: string
  url: string
  until: number | undefined
  size?: number
  most?: number
  hash?: string
  server: string | undefined
  signal: AbortSignal
  progress(done: number): void
}

async function fetch({ http, partial, clock }: TransferRunParts, { name, url, until, size, most, hash, server, signal, progress }: Fetching): Promise<KeptFile> {
  const file = await partial.open(name)
  try {
    await download(http, file satisfies Sink, {
      url, until, signal, progress, now: clock.now(), own: server === undefined ? undefined : new URL(server).origin,
      version: await partial.note(name), learnt: (version) => partial.setNote(name, version ?? ''),
      ...(size !== undefined && { size }), ...(most !== undefined && { most }),
    })
    if (hash !== undefined && (await file.digest()) !== hash) throw new Fault('file-damaged', { text: 'its bytes are not those that were announced' })
    return await file.finish()
  } catch (thrown) {
    // What is wrong stays wrong, however much is added.
    if (['file-damaged', 'file-gone'].includes(Fault.from(thrown).code)) await file.clear()
    throw thrown
  } finally {
    await file.close()
    if ((await partial.size(name)) === 0) await partial.remove(name)
  }
}

