import type { ServerResponse } from 'node:http'
import { SECOND, type Clock } from '../../base/clock'
import { Fault } from '../../base/faults'
import { safeHeaders } from './answers'
import type { Exchange } from './exchange'
import type { FileStore } from './file-store'
import type { OpenKept } from './parts'
import { readRange } from './ranges'

/** Read at once, bytes. */
const SLICE = 256 * 1024

export interface SendParts {
  store: FileStore
  clock: Clock
  typeOf: (begin: Uint8Array) => string | undefined
}

/**
 * `GET` or `HEAD` of a file or its thumbnail, whole or a range of it (RFC 9110 13, 14). Its type is what its bytes say, never what
 * its sender said, and it is a download in any case. Answers how many bytes went out.
 * @throws Fault `expired` when it is there no more; whatever the connection threw when it broke off
 */
export async function sendFile(exchange: Exchange, id: string, part: 'file' | 'thumbnail', { store, clock, typeOf }: SendParts): Promise<number> {
  const { response, method } = exchange
  const row = await store.file(id)
  const wanted = part === 'file' ? row : row?.thumbnail
  const open = wanted && await store.bytes(wanted.hash)
  if (!row || !open) throw new Fault('expired', { text: 'this file is here no more' })
  try {
    const etag = `"${wanted.hash}"`
    const headers = {
      ...safeHeaders, ETag: etag, 'Accept-Ranges': 'bytes', 'Content-Type': typeOf(open.begin) ?? 'application/octet-stream',
      'Content-Disposition': dispositionOf(part === 'file' ? row.name : `thumbnail of ${row.name}`),
      'Cache-Control': `private, immutable, max-age=${Math.max(0, Math.floor((row.expiresAt - clock.now()) / SECOND))}`,
    }
    if (listed(exchange.header('if-none-match')).some((tag) => tag === '*' || tag === etag || tag === `W/${etag}`)) {
      response.writeHead(304, headers).end()
      return 0
    }
    // RFC 9110 13.1.5: what is not exactly this tag, a date for instance, asks for the whole file.
    const condition = exchange.header('if-range')
    const range = method === 'GET' && (condition === undefined || condition === etag) ? readRange(exchange.header('range'), open.size) : 'all'
    if (range === 'none') {
      response.writeHead(416, { ...safeHeaders, 'Content-Range': `bytes */${open.size}`, 'Content-Length': 0 }).end()
      return 0
    }
    const { start, end } = range === 'all' ? { start: 0, end: open.size - 1 } : range
    const length = end - start + 1
    response.writeHead(range === 'all' ? 200 : 206, {
      ...headers, 'Content-Length': length, ...(range !== 'all' && { 'Content-Range': `bytes ${start}-${end}/${open.size}` }),
    })
    if (method === 'HEAD') {
      response.end()
      return 0
    }
    await sendBytes(open, start, length, response)
    return length
  } finally {
    await open.close()
  }
}

/** One is read while the other is being taken: for as long as a transfer lasts, nothing more is needed. */
async function sendBytes(open: OpenKept, start: number, length: number, response: ServerResponse): Promise<void> {
  const buffers = [Buffer.allocUnsafeSlow(SLICE), Buffer.allocUnsafeSlow(SLICE)] as const
  let taken = Promise.resolve()
  for (let sent = 0, turn = 0; sent < length; turn ^= 1) {
    const bytes = buffers[turn]!.subarray(0, Math.min(SLICE, length - sent))
    const read = await open.read(bytes, start + sent)
    if (!read) throw new Fault('disk-broken', { text: 'a kept file is shorter than it was' })
    sent += read
    await taken
    taken = take(response, bytes.subarray(0, read))
    // Waited for in the next turn, where a read that fails may come first.
    taken.catch(() => undefined)
  }
  await taken
  response.end()
}

/** Resolves when the system has taken the bytes, so that their buffer is free again. */
function take(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Fault('connection-lost', { text: 'the receiver broke off' }))
    if (response.destroyed) return gone()
    response.once('close', gone)
    response.write(bytes, (error) => {
      response.off('close', gone)
      if (error) gone()
      else resolve()
    })
  })
}

const listed = (text: string | undefined): string[] => (text ?? '').split(',').map((each) => each.trim())

/** RFC 6266 5: the name in ASCII for whoever reads no other, and as it is. */
function dispositionOf(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const exact = encodeURIComponent(name).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${ascii}"; filename*=UTF-8''${exact}`
}
