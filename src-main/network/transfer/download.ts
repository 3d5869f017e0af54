import { Fault } from '../../base/faults'
import { refusalOf } from './answers'
import type { Http, HttpAnswer } from './http'
import { piecesOf } from './pieces'

/** Where the bytes go: what is there of them stays when a transfer breaks off. */
export interface Sink {
  readonly size: number
  write(bytes: Uint8Array): Promise<void>
  /** Begins anew: what is there is of another file. */
  clear(): Promise<void>
}

export interface DownloadAsk {
  url: string
  /** As it was announced, bytes; without it, `most` is what is taken. */
  size?: number
  /** @default the announced size */
  most?: number
  /** Until when it lies there, ms. */
  until?: number | undefined
  /** What the last answer said of the version (`ETag` or `Last-Modified`), for `If-Range` (RFC 9110 13.1.5). */
  version: string | undefined
  /** The version that is coming now. */
  learnt(version: string | undefined): Promise<void>
  /** The origin that may see the account's password. */
  own: string | undefined
  now: number
  signal: AbortSignal
  /** How many bytes are here. */
  progress(size: number): void
}

/**
 * Fetches what is missing of a file, RFC 9110 14; resolves when it is whole.
 * @throws Fault `file-gone`, `file-damaged` for another length than was announced, and what `Http.ask` throws
 */
export async function download(http: Http, sink: Sink, ask: DownloadAsk): Promise<void> {
  const { url, size, version, signal, own } = ask
  if (size !== undefined && sink.size > size) await sink.clear()
  if (sink.size > 0 && sink.size === size) return
  // Without a version nobody can say that the rest is of the same file: then the hash must, or the size.
  const headers = sink.size > 0 ? { Range: `bytes=${sink.size}-`, ...(version !== undefined && { 'If-Range': version }) } : {}
  const answer = await http.ask({ method: 'GET', url, headers, signal }, own)
  const { status } = answer
  if (status === 416) {
    answer.body.destroy()
    await sink.clear()
    throw new Fault('connection-lost', { text: 'what was here is not of this file: it begins anew' })
  }
  if (status !== 200 && status !== 206) throw goneOr(refusalOf(answer), ask)
  const { from, total } = placeOf(answer)
  if (from !== sink.size) {
    if (from !== 0) throw damaged(answer, `it goes on at ${from} where ${sink.size} was asked for`)
    await sink.clear()
  }
  if (size !== undefined && total !== undefined && total !== size) throw damaged(answer, `${total} bytes lie there, ${size} were announced`)
  if (ask.most !== undefined && total !== undefined && total > ask.most) throw damaged(answer, `${total} bytes are too many`)
  // A weak tag does not hold for parts (RFC 9110 13.1.5).
  const tag = answer.header('etag')
  await ask.learnt(tag !== undefined && !tag.startsWith('W/') ? tag : answer.header('last-modified'))
  const most = size ?? ask.most ?? Infinity
  for await (const piece of piecesOf(answer.body)) {
    if (sink.size + piece.length > most) throw damaged(answer, `more than ${most} bytes came`)
    await sink.write(piece)
    ask.progress(sink.size)
  }
  const whole = size ?? total
  if (whole !== undefined && sink.size < whole) {
    if (total !== undefined) throw new Fault('connection-lost', { text: `the answer ended after ${sink.size} of ${whole} bytes` })
    throw damaged(answer, `${sink.size} bytes came, ${whole} were announced`)
  }
}

function damaged(answer: HttpAnswer, text: string): Fault {
  answer.body.destroy()
  return new Fault('file-damaged', { text, detail: { status: answer.status } })
}

/** A server that no longer lets somebody in at a link that has run out means the same as one that has deleted the file. */
const goneOr = (fault: Fault, { until, now }: DownloadAsk): Fault =>
  fault.code === 'expired' || (fault.code === 'refused' && until !== undefined && until <= now)
    ? new Fault('file-gone', { text: fault.message, detail: fault.detail })
    : fault

/** Where the body begins, and how long the file is (RFC 9110 14.4). */
function placeOf(answer: HttpAnswer): { from: number; total: number | undefined } {
  if (answer.status === 206) {
    const range = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/i.exec(answer.header('content-range')?.trim() ?? '')
    if (!range) throw damaged(answer, 'a part without its place')
    return { from: Number(range[1]), total: range[2] === '*' ? undefined : Number(range[2]) }
  }
  const length = answer.header('content-length')
  return { from: 0, total: length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined }
}
