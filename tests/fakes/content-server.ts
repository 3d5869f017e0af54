import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileTransferType, writeFileTransfer, writeResumeInfo } from '../../src-main/rcs/file-transfer'
import { checkCredentials, ha1, makeChallenges } from '../../src-main/sip/digest'

interface Lying { name: string; contentType: string; bytes: Buffer }

export interface ContentServerOptions {
  /** Takes files only from who knows it. */
  login?: { username: string; password: string }
  /** `linphone` takes the first part for the file and knows no tid, as the lab's ftserver.py does. */
  dialect?: 'gsma' | 'linphone'
}

/** A small content server on loopback: GSMA's dialect or Linphone's, with faults to order. Counts the bytes that go either way. */
export class ContentServer {
  /** Cuts the connection after so many bytes of a file that comes or goes, once. */
  cutUploadAfter: number | undefined
  cutDownloadAfter: number | undefined
  /** What every request is answered, if anything. */
  answers: { status: number; headers?: Record<string, string> } | undefined
  /** Says so many bytes more than there are. */
  lies = 0
  /** The bytes that it hands out are others. */
  spoils = false
  /** Says nothing to who fetches. */
  stalls = false
  readonly asked: string[] = []
  readonly counts = { up: 0, down: 0 }
  readonly uploads = new Map<string, { size: number; pieces: Buffer[]; name: string; contentType: string; thumbnail?: Lying }>()
  readonly files = new Map<string, Lying>()
  readonly #options: ContentServerOptions
  #server: Server | undefined
  #port = 0

  constructor(options: ContentServerOptions = {}) {
    this.#options = options
  }

  async opens(): Promise<this> {
    this.#server = createServer((request, response) => {
      this.asked.push(`${request.method} ${request.url}${request.headers.range ? ` ${request.headers.range}` : ''}${request.headers['content-range'] ? ` ${String(request.headers['content-range'])}` : ''}`)
      this.#answer(request, response).catch(() => request.destroy())
    })
    await new Promise<void>((resolve) => this.#server!.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
    return this
  }

  async closes(): Promise<void> {
    this.#server?.closeAllConnections()
    await new Promise((resolve) => this.#server?.close(resolve))
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get uri(): string {
    return `${this.origin}/ft`
  }

  /** Something lies there. */
  lay(name: string, bytes: Buffer, contentType = 'application/octet-stream'): string {
    const path = `/ft/d/${randomUUID()}/${encodeURIComponent(name)}`
    this.files.set(path, { name, bytes, contentType })
    return this.origin + path
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.origin)
    const say = (status: number, text = '', headers: Record<string, string | string[]> = {}): void => {
      response.writeHead(status, { 'Content-Length': Buffer.byteLength(text), ...headers }).end(text)
    }
    if (this.answers) {
      request.resume()
      return say(this.answers.status, '', this.answers.headers)
    }
    if (this.#options.login && !url.pathname.startsWith('/ft/d/') && !this.#isLetIn(request)) {
      request.resume()
      return say(401, '', { 'WWW-Authenticate': makeChallenges({ realm: 'office.example', nonce: 'n1' }) })
    }
    const xml = (text: string): void => say(200, text, { 'Content-Type': fileTransferType })
    if (request.method === 'GET' && url.pathname === '/ft') {
      const upload = this.uploads.get(url.searchParams.get('tid') ?? '')
      if (!upload) return say(404)
      const have = sizeOf(upload)
      if (url.searchParams.has('get_upload_info')) return xml(writeResumeInfo({ url: `${this.origin}/ft/up/${url.searchParams.get('tid')!}`, ...(have > 0 && { range: { start: 0, end: have - 1 } }) }))
      return have === upload.size ? xml(this.#placed(upload)) : say(404)
    }
    if (request.method === 'GET') return this.#handOut(url.pathname, request, response, say)
    if (request.method === 'PUT') {
      const upload = this.uploads.get(url.pathname.split('/').at(-1)!)
      if (!upload) return say(404)
      await this.#takeIn(request, (piece) => upload.pieces.push(piece))
      return say(200)
    }
    if (!request.headers['content-type']) return say(204)
    return this.#form(request, say, xml)
  }

  async #form(request: IncomingMessage, say: (status: number, text?: string) => void, xml: (text: string) => void): Promise<void> {
    const boundary = Buffer.from(`--${/boundary="?([^";]+)/.exec(request.headers['content-type']!)![1]}`)
    let held = Buffer.alloc(0)
    let upload: (typeof this.uploads extends Map<string, infer U> ? U : never) | undefined
    let tid: string | undefined
    let thumbnail: Lying | undefined
    let left = Number(request.headers['content-length'])
    const tail = boundary.length + 6
    await this.#takeIn(request, (piece) => {
      left -= piece.length
      if (upload) {
        upload.pieces.push(piece)
        return
      }
      held = Buffer.concat([held, piece])
      for (;;) {
        const at = held.indexOf('\r\n\r\n')
        if (at < 0) return
        const head = held.subarray(0, at).toString()
        const name = /name="(\w+)"/.exec(head)![1]!
        const fileName = /filename="([^"]*)"/.exec(head)?.[1] ?? 'f'
        const contentType = /Content-Type: *([^\r\n]+)/i.exec(head)![1]!
        const body = held.subarray(at + 4)
        const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), boundary]))
        if (name === 'File' || this.#options.dialect === 'linphone') {
          // What is not the file is what stands behind it.
          const size = name === 'File' ? left + body.length - tail : next
          upload = { size, pieces: [Buffer.from(body)], name: fileName, contentType, ...(thumbnail && { thumbnail }) }
          if (tid !== undefined) this.uploads.set(tid, upload)
          return
        }
        if (next < 0) return
        const value = Buffer.from(body.subarray(0, next))
        if (name === 'tid') tid = value.toString()
        else thumbnail = { name: fileName, contentType, bytes: value }
        held = body.subarray(next + 2)
      }
    })
    if (!upload) return say(400)
    const bytes = Buffer.concat(upload.pieces).subarray(0, upload.size)
    upload.pieces = [bytes]
    xml(this.#placed(upload))
  }

  #placed({ name, contentType, pieces, size, thumbnail }: { name: string; contentType: string; pieces: Buffer[]; size: number; thumbnail?: Lying }): string {
    const until = Date.UTC(2099, 0, 1)
    const bytes = Buffer.concat(pieces).subarray(0, size)
    return writeFileTransfer({
      size: bytes.length, name, contentType, until, url: this.lay(name, bytes, contentType),
      ...(thumbnail && { thumbnail: { size: thumbnail.bytes.length, contentType: thumbnail.contentType, until, url: this.lay(thumbnail.name, thumbnail.bytes, thumbnail.contentType) } }),
    })
  }

  async #takeIn(request: IncomingMessage, take: (piece: Buffer) => void): Promise<void> {
    let taken = 0
    for await (const piece of request as AsyncIterable<Buffer>) {
      const room = this.cutUploadAfter === undefined ? piece.length : Math.min(piece.length, this.cutUploadAfter - taken)
      take(piece.subarray(0, room))
      taken += room
      this.counts.up += room
      if (taken === this.cutUploadAfter) {
        this.cutUploadAfter = undefined
        request.socket.destroy()
        throw new Error('cut')
      }
    }
  }

  #handOut(path: string, { headers }: IncomingMessage, response: ServerResponse, say: (status: number) => void): void {
    if (this.stalls) return
    const file = this.files.get(path)
    if (!file) return say(404)
    const etag = `"${createHash('md5').update(file.bytes).digest('hex')}"`
    const isPart = headers.range !== undefined && (headers['if-range'] === undefined || headers['if-range'] === etag)
    const from = isPart ? Number(/bytes=(\d+)-/.exec(headers.range!)![1]) : 0
    if (from >= file.bytes.length && from > 0) return say(416)
    let body = file.bytes.subarray(from)
    if (this.spoils) body = Buffer.from(body.map((byte) => byte ^ 1))
    const total = file.bytes.length + this.lies
    response.writeHead(isPart ? 206 : 200, {
      'Content-Type': 'application/octet-stream', 'Content-Length': body.length + this.lies, ETag: etag,
      ...(isPart && { 'Content-Range': `bytes ${from}-${total - 1}/${total}` }),
    })
    const cut = this.cutDownloadAfter
    if (cut !== undefined && cut < body.length) {
      this.cutDownloadAfter = undefined
      this.counts.down += cut
      response.write(body.subarray(0, cut), () => setImmediate(() => response.destroy()))
      return
    }
    this.counts.down += body.length
    response.end(this.lies > 0 ? Buffer.concat([body, Buffer.alloc(this.lies)]) : body)
  }

  #isLetIn({ headers, method, url }: IncomingMessage): boolean {
    const { username, password } = this.#options.login!
    return checkCredentials({
      header: headers.authorization, realm: 'office.example', method: method!, requestUri: url!,
      ha1: { 'SHA-256': ha1('SHA-256', username, 'office.example', password), MD5: ha1('MD5', username, 'office.example', password) },
      nonces: { use: () => 'good' } as never,
    }).ok
  }
}

const sizeOf = ({ pieces }: { pieces: readonly Buffer[] }): number => pieces.reduce((sum, { length }) => sum + length, 0)
