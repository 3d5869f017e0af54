import { Agent as HttpAgent, request as overHttp, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as overHttps } from 'node:https'
import { allowedUrl } from '../../base/allow-list'
import { SECOND, type Clock } from '../../base/clock'
import { Fault } from '../../base/faults'
import { isNearHost } from '../../base/near-host'
import type { Ids } from '../../base/ids'
import { answerChallenge, readChallenge, supported } from '../../sip/digest'
import { PinnedAgent } from '../../sip/pin'
import { connectFault } from '../../sip/tcp'
import { passed } from './passed'

export interface HttpParts {
  /** Of the account, for its content server (rcs.md 2). */
  username: string
  password: string
  /** Goes along as `From`, as Linphone does. */
  account: string
  userAgent: string
  /** PEM of a private authority. */
  ca?: string
  /** The one certificate that the account's own content server may show over https (`sip/pin.ts`). */
  pin?: string
  clock: Clock
  ids: Ids
}

export interface HttpAsk {
  method: 'GET' | 'POST' | 'PUT'
  url: string
  headers?: Readonly<Record<string, string>>
  /** What is sent, piece by piece, and how many bytes that is. A repeat after a challenge calls it again. */
  body?: { length: number; pieces(): AsyncIterable<Uint8Array> }
  signal: AbortSignal
  /** So many bytes more have gone to the connection. */
  sent?(bytes: number): void
}

export interface HttpAnswer {
  status: number
  header(name: string): string | undefined
  /** Where it came from in the end. */
  url: string
  body: IncomingMessage
}

/** How long nothing may move before a server counts as stalled, ms. */
const STALLED = 30 * SECOND
const LOOK = 1 * SECOND
/** RFC 9110 15.4 leaves it to us. */
const REDIRECTS = 5
const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)

/** Requests to content servers: RFC 9110, with the account's password for its own server and for nobody else. */
export class Http {
  readonly #parts: HttpParts
  readonly #agents: { 'http:': HttpAgent; 'https:': HttpsAgent }
  readonly #pinned: HttpsAgent | undefined
  /** What the content server of each origin asks for, and how often its nonce has been used. */
  readonly #challenges = new Map<string, { values: string[]; nc: number }>()

  constructor(parts: HttpParts) {
    this.#parts = parts
    const kept = { keepAlive: true, maxFreeSockets: 4 }
    this.#agents = { 'http:': new HttpAgent(kept), 'https:': new HttpsAgent({ ...kept, minVersion: 'TLSv1.2', ...(parts.ca !== undefined && { ca: parts.ca }) }) }
    this.#pinned = parts.pin === undefined ? undefined : new PinnedAgent(parts.pin, { ...kept, minVersion: 'TLSv1.2' })
  }

  /**
   * Asks and resolves with the head of the answer, after a challenge (RFC 7616) and redirects. Its body must be read or destroyed.
   * @param own the origin that may see the account's password
   * @throws Fault `cannot-connect`, `bad-certificate`, `connection-lost`, `no-answer`, `refused` for an address that may not be asked
   */
  async ask(ask: HttpAsk, own?: string): Promise<HttpAnswer> {
    let url = httpUrl(ask.url)
    for (let redirects = 0, tried = 0; ;) {
      const isOwn = own !== undefined && url.origin === own
      const authorization = isOwn ? this.#authorization(url, ask.method) : {}
      const answer = await this.#once({ ...ask, url: url.href }, isOwn, authorization)
      const to = ask.method === 'GET' && isRedirect(answer.status) ? answer.header('location') : undefined
      if (to !== undefined && redirects++ < REDIRECTS) {
        answer.body.destroy()
        url = redirected(url, to)
      } else if (answer.status === 401 && isOwn && tried++ < 2 && this.#learn(url.origin, answer, 'Authorization' in authorization)) {
        answer.body.resume()
      } else {
        return answer
      }
    }
  }

  close(): void {
    for (const agent of [...Object.values(this.#agents), this.#pinned]) agent?.destroy()
  }

  /** Whether another try may go better than the one that was answered so. */
  #learn(origin: string, { body }: HttpAnswer, hadCredentials: boolean): boolean {
    const values = body.headersDistinct['www-authenticate'] ?? []
    const read = values.flatMap((value) => {
      try {
        return readChallenge(value) ?? []
      } catch {
        return []
      }
    })
    this.#challenges.delete(origin)
    if (!read.some(({ algorithm }) => supported(algorithm))) return false
    this.#challenges.set(origin, { values: values.filter((value) => /^Digest[ \t]/i.test(value)), nc: 0 })
    // RFC 7616 3.3: stale says that only the nonce was too old. Two files that begin at once are both asked without credentials.
    return !hadCredentials || read.some(({ stale }) => stale)
  }

  #authorization(url: URL, method: string): Record<string, string> {
    const known = this.#challenges.get(url.origin)
    if (!known) return {}
    const { username, password, ids } = this.#parts
    const answer = answerChallenge({ challenges: known.values, username, password, method, uri: url.pathname + url.search, cnonce: ids.token(), nc: ++known.nc })
    return answer ? { Authorization: answer.value } : {}
  }

  #once({ method, url: href, headers, body, signal, sent }: HttpAsk, isOwn: boolean, authorization: Record<string, string>): Promise<HttpAnswer> {
    const { clock, userAgent, account } = this.#parts
    const url = new URL(href)
    const isTls = url.protocol === 'https:'
    let moved = clock.steady()
    return new Promise((resolve, reject) => {
      let answer: IncomingMessage | undefined
      const request = (isTls ? overHttps : overHttp)(url, {
        method, agent: isTls ? ((isOwn && this.#pinned) || this.#agents['https:']) : this.#agents['http:'],
        headers: {
          'User-Agent': userAgent, ...(isOwn && { From: account }), 'Accept-Encoding': 'identity', ...headers,
          ...(method !== 'GET' && { 'Content-Length': String(body?.length ?? 0) }), ...authorization,
        },
      })
      const stop = (fault: Fault): void => {
        reject(fault)
        answer?.destroy(fault)
        request.destroy(fault)
      }
      const aborted = (): void => stop(new Fault('cancelled'))
      const watch = clock.every(LOOK, () => {
        // Who reads slowly (a full disk, a busy machine) is not a server that stalls.
        if (answer?.isPaused()) moved = clock.steady()
        if (clock.steady() - moved >= STALLED) stop(new Fault('no-answer', { text: `nothing came from ${url.host} for ${STALLED / SECOND} s` }))
      })
      const end = (): void => {
        watch.cancel()
        signal.removeEventListener('abort', aborted)
      }
      signal.addEventListener('abort', aborted)
      request.on('error', (error) => {
        if (!answer) end()
        reject(faultOf(error))
      })
      request.on('response', (response) => {
        answer = response
        response.on('data', () => { moved = clock.steady() })
        response.pause()
        response.on('close', end)
        // Told again by whoever reads the body.
        response.on('error', () => undefined)
        moved = clock.steady()
        resolve({
          status: response.statusCode ?? 0, url: url.href, body: response,
          header: (name) => response.headersDistinct[name.toLowerCase()]?.[0],
        })
      })
      if (signal.aborted) return aborted()
      send(request, body?.pieces(), (bytes) => {
        moved = clock.steady()
        sent?.(bytes)
      }, () => answer !== undefined).catch((thrown: unknown) => {
        // What a server that has answered does with the rest is its own affair.
        if (!answer) stop(faultOf(thrown as Error))
      })
    })
  }
}

/** An address that may be asked. @throws Fault `refused` */
function httpUrl(text: string): URL {
  const allowed = allowedUrl(text)
  if (allowed === undefined || !/^https?:/.test(allowed)) throw new Fault('refused', { text: `not an address of a file: ${text.slice(0, 200)}` })
  return new URL(allowed)
}

/** Where a redirect leads; what was fetched over TLS is not fetched without. @throws Fault `refused` */
function redirected(from: URL, location: string): URL {
  let to: URL
  try {
    to = httpUrl(new URL(location, from).href)
  } catch (cause) {
    throw new Fault('refused', { text: `redirected to where no file is fetched from: ${location.slice(0, 200)}`, cause })
  }
  if (isNearHost(to.hostname) && !isNearHost(from.hostname)) throw new Fault('refused', { text: `redirected into our own network: ${to.host}` })
  if (from.protocol === 'https:' && to.protocol !== 'https:') throw new Fault('refused', { text: `redirected from TLS to none: ${to.host}` })
  return to
}

/** One piece is on its way while the next is read: what waits to be sent stays small. */
async function send(request: ClientRequest, pieces: AsyncIterable<Uint8Array> | undefined, sent: (bytes: number) => void, isAnswered: () => boolean): Promise<void> {
  let gone: Promise<void> | undefined
  for await (const piece of pieces ?? []) {
    await gone
    if (isAnswered()) break
    gone = new Promise<void>((resolve, reject) => void request.write(piece, (error) => {
      if (error) return reject(error)
      passed(piece.length)
      sent(piece.length)
      resolve()
    }))
    // Waited for with the next piece, or below.
    gone.catch(() => undefined)
  }
  await gone
  // An answer before the end of what it answers is a refusal: the rest would be sent for nothing.
  if (isAnswered() && pieces) request.destroy()
  else request.end()
}

function faultOf(error: Error): Fault {
  if (error instanceof Fault) return error
  const fault = connectFault(error)
  const { syscall } = error as NodeJS.ErrnoException
  const isBefore = syscall === 'connect' || syscall === 'getaddrinfo' || fault.code === 'bad-certificate'
  return isBefore ? fault : new Fault('connection-lost', { text: error.message, cause: error })
}
