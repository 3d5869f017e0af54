import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../base/clock'
import { SECOND } from '../../base/clock'
import { fileTransferType } from '../../rcs/file-transfer'
import { write, type Answer } from './answers'
import { bodyOf } from './body'

/** How long and how much of a refused body is read, so that its sender gets to read the answer: ms, bytes. */
const LINGER = 2 * SECOND
const LINGER_BYTES = 1024 * 1024

/** One request with its answer. */
export class Exchange {
  readonly method: string
  /** The request target as it came. */
  readonly target: string
  readonly path: string
  readonly query: URLSearchParams
  #isReading = false

  constructor(readonly request: IncomingMessage, readonly response: ServerResponse) {
    this.method = request.method ?? ''
    this.target = request.url ?? ''
    const [path = '', ...rest] = this.target.split('?')
    this.path = path
    this.query = new URLSearchParams(rest.join('?'))
  }

  get host(): string {
    return this.request.socket.remoteAddress ?? ''
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  /** What the sender says its body has, bytes; undefined where it does not say. */
  get length(): number | undefined {
    const text = this.header('content-length')
    return text === undefined ? undefined : Number(text)
  }

  get hasBody(): boolean {
    return this.header('transfer-encoding') !== undefined || (this.length ?? 0) > 0
  }

  /** RFC 9110 10.1.1: who waits to be asked for its body is asked now. */
  body(): AsyncGenerator<Buffer> {
    this.#isReading = true
    if (this.#waits) this.response.writeContinue()
    return bodyOf(this.request)
  }

  /** Its sender is gone, or what it was being told cannot be taken back. */
  get isBroken(): boolean {
    const { request, response } = this
    return response.destroyed || response.headersSent || (request.destroyed && !request.complete)
  }

  xml(text: string): void {
    this.say({ status: 200, type: fileTransferType, text })
  }

  say(answer: Answer): void {
    if (write(this.response, answer)) this.response.end()
  }

  /** An answer to a request whose body is not wanted, or no more of it. */
  sayAndClose(answer: Answer, clock: Clock): void {
    const { request, response } = this
    const isComing = this.hasBody && !request.complete && !(this.#waits && !this.#isReading)
    if (!isComing) return this.say(answer)
    response.shouldKeepAlive = false
    if (!write(response, answer)) return
    // Closed while bytes come in, the connection would be reset and the answer lost.
    let left = LINGER_BYTES
    const close = (): void => {
      timer.cancel()
      request.off('data', count)
      response.end()
    }
    const count = (bytes: Buffer): void => {
      if ((left -= bytes.length) < 0) close()
    }
    const timer = clock.after(LINGER, close)
    request.on('data', count).once('end', close).once('close', close).resume()
  }

  get #waits(): boolean {
    return this.header('expect')?.toLowerCase() === '100-continue'
  }
}
