import type { Readable } from 'node:stream'
import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import type { FaultCode } from '../contract/faults'
import { isSameToken } from './browser/token'
import { byteRange } from './byte-range'
import { Uploads, type Uploading } from './uploads'

// PUT    {content}                 a file is kept; the answer is `{ hash, size }`
// PUT    {content}?upload=ID       the same in pieces, each with its Content-Range
// DELETE {content}?upload=ID       its pieces are not wanted any more
// GET    {content}HASH             a file, or the range of it that was asked for
// GET    {content}HASH?picture     the same, only if it is a picture that may be drawn
// GET    {content}HASH?save        the same, as bytes that nothing opens by itself
// GET    {content}tile/Z/X/Y       a tile of the map

/** A request as both hosts hand it on. */
export interface DoorRequest {
  method: string
  path: string
  /** Without its `?`. */
  query: string
  header(name: string): string | undefined
  body: AsyncIterable<Uint8Array>
}

export interface DoorAnswer {
  status: number
  headers: Record<string, string>
  body?: Readable | Uint8Array | string
}

/** A file that is being read: one `stream`, or `close`. */
export interface DoorFile {
  readonly size: number
  readonly type: string | undefined
  canBeDrawn(): Promise<boolean>
  /** From byte `from` to `to`, both in it. */
  stream(from: number, to: number): Readable
  close(): Promise<void>
}

/** Where the bytes lie: content/kept-files.ts. */
export interface DoorFiles extends Uploading {
  open(hash: string): Promise<DoorFile | undefined>
}

export interface DoorParts {
  /** The path with the secret that lets in. */
  content: string
  /** The files of whoever is signed in. @throws Fault `signed-out` */
  files(): DoorFiles
  /** A tile of the map; undefined where there is none. */
  tile(z: number, x: number, y: number): Promise<{ type: string; bytes: Uint8Array } | undefined>
  clock: Clock
  log: Log
}

/** Answers what is asked below the content's path; undefined when it is none of it. `origin` is that of our page. */
export type ContentDoor = (request: DoorRequest, origin: string) => Promise<DoorAnswer | undefined>

const statuses: Partial<Record<FaultCode, number>> = {
  'file-too-large': 413, 'disk-full': 507, 'signed-out': 409, 'bad-argument': 400, 'file-empty': 400, 'not-allowed': 403, 'file-gone': 404, busy: 503,
}

/** Whatever was sent to us is no page: it runs nothing, loads nothing, has no origin, and its type is not guessed at. */
const inert = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

const json = (status: number, value: unknown): DoorAnswer => ({
  status, headers: { ...inert, 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' }, body: JSON.stringify(value),
})
const refused = (fault: Fault): DoorAnswer => json(statuses[fault.code] ?? 500, fault.view())
const nothing = (): DoorAnswer => refused(new Fault('file-gone', { text: 'nothing is here' }))

/** How the window reads and keeps files, and gets its map: the same behind the loopback server and Electron's scheme. */
export function contentDoor({ content, files, tile, clock, log }: DoorParts): ContentDoor {
  const uploads = new Uploads({ files, clock })

  /** Only our page: a form or a picture of another one that learned the secret changes and learns nothing. */
  const isOurs = (request: DoorRequest, origin: string): boolean => {
    const from = request.header('origin')
    if (from !== undefined) return from === origin
    const site = request.header('sec-fetch-site')
    return site === undefined || site === 'same-origin' || site === 'none'
  }

  async function read(request: DoorRequest, hash: string): Promise<DoorAnswer> {
    const file = await files().open(hash)
    if (!file) return nothing()
    const query = new URLSearchParams(request.query)
    if (query.has('picture') && !(await file.canBeDrawn())) {
      await file.close()
      // No error, which the browser's console would be full of.
      return { status: 204, headers: inert }
    }
    const tag = `"${hash}"`
    const type = query.has('save') ? undefined : file.type
    const headers: Record<string, string> = {
      ...inert,
      'Content-Type': type ?? 'application/octet-stream',
      'Content-Disposition': type ? 'inline' : 'attachment',
      'Cache-Control': 'private, max-age=31536000, immutable',
      'Accept-Ranges': 'bytes',
      ETag: tag,
    }
    const condition = request.header('if-range')
    // RFC 9110 13.1.5: a range of something else would be of no use.
    const asked = condition === undefined || condition === tag ? request.header('range') : undefined
    const range = byteRange(asked, file.size)
    const end = async (status: number, more: Record<string, string>): Promise<DoorAnswer> => {
      await file.close()
      return { status, headers: { ...headers, ...more } }
    }
    if (request.header('if-none-match') === tag) return end(304, {})
    if (range === 'unsatisfiable') return end(416, { 'Content-Range': `bytes */${file.size}` })
    const { from, to } = range ?? { from: 0, to: file.size }
    const status = range ? 206 : 200
    const about = { 'Content-Length': String(to - from), ...(range && { 'Content-Range': `bytes ${from}-${to - 1}/${file.size}` }) }
    if (request.method === 'HEAD' || from === to) return end(status, about)
    return { status, headers: { ...headers, ...about }, body: file.stream(from, to - 1) }
  }

  async function map(path: string): Promise<DoorAnswer> {
    const [z, x, y] = path.split('/').map(Number) as [number, number, number]
    const found = z <= 22 && x < 2 ** z && y < 2 ** z ? await tile(z, x, y) : undefined
    if (!found) return nothing()
    return { status: 200, headers: { ...inert, 'Content-Type': found.type, 'Cache-Control': 'private, max-age=86400' }, body: found.bytes }
  }

  async function answer(request: DoorRequest, rest: string): Promise<DoorAnswer> {
    const upload = new URLSearchParams(request.query).get('upload') ?? undefined
    if (rest === '' && request.method === 'PUT') return json(200, await uploads.take(request.body, upload, request.header('content-range')))
    if (rest === '' && request.method === 'DELETE' && upload !== undefined) return json(200, await uploads.forget(upload))
    if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, headers: inert }
    if (/^[0-9a-f]{64}$/.test(rest)) return read(request, rest)
    if (/^tile\/\d{1,2}\/\d{1,8}\/\d{1,8}$/.test(rest)) return map(rest.slice(5))
    return nothing()
  }

  return async (request, origin) => {
    if (!request.path.startsWith('/content/')) return undefined
    const isKnown = isSameToken(request.path.slice(0, content.length), content)
    if (!isKnown || !isOurs(request, origin)) {
      log.warn({ isKnown }, 'somebody else asked for files')
      return isKnown ? refused(new Fault('not-allowed')) : nothing()
    }
    try {
      return await answer(request, request.path.slice(content.length))
    } catch (thrown) {
      const fault = Fault.from(thrown)
      if (fault.code === 'internal') log.error({ err: thrown }, 'a file could not be handed on')
      else log.info({ code: fault.code }, 'a file was refused')
      return refused(fault)
    }
  }
}
