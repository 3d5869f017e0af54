import { Agent as HttpAgent, request as askHttp, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as askHttps } from 'node:https'
import { SECOND, type Clock } from '../../base/clock'
import { Fault } from '../../base/faults'
import { guarded, targetOf, type Lookup } from './targets'

/** How long a bot may take to answer, ms, and how much of its answer is read, bytes. */
const PATIENCE = 15 * SECOND
const LARGEST = 64 * 1024

/** One request to a bot. */
export interface Notice {
  url: string
  /** @default POST */
  method?: 'POST' | 'GET'
  headers: Record<string, string>
  body?: string
}

export interface Answered {
  status: number
  headers: IncomingMessage['headers']
  body: string
}

/** Asks bots over HTTP: never where a bot may not be, never further than it was told to, never for more or longer than it bears. */
export class Asker {
  readonly #clock: Clock
  /** A connection of a bot that may be near is not used for others. */
  readonly #agents: Record<'near' | 'far', { http: HttpAgent; https: HttpsAgent }>
  readonly #stop = new AbortController()

  constructor({ clock, lookup }: { clock: Clock; lookup?: Lookup | undefined }) {
    this.#clock = clock
    const agents = (more: object) => ({ http: new HttpAgent({ keepAlive: true, ...more }), https: new HttpsAgent({ keepAlive: true, ...more }) })
    this.#agents = { near: agents(lookup ? { lookup } : {}), far: agents({ lookup: guarded(lookup) }) }
  }

  /** Whatever the bot answers; redirects are not followed. @throws Fault `malformed`, `refused`, `no-answer`, `cannot-connect`, `closed` */
  async ask(notice: Notice, isPrivate: boolean): Promise<Answered> {
    const response = await this.open(notice, isPrivate, PATIENCE)
    let body = ''
    let left = LARGEST
    try {
      for await (const bytes of response as AsyncIterable<Buffer>) {
        if ((left -= bytes.length) < 0) break
        body += bytes.toString('latin1')
      }
    } catch { /* what came first says enough */ }
    return { status: response.statusCode!, headers: response.headers, body }
  }

  /** The answer with its body still to be read, within `patience` ms in all. @throws as `ask` */
  open({ url, method = 'POST', headers, body }: Notice, isPrivate: boolean, patience: number): Promise<IncomingMessage> {
    if (this.#stop.signal.aborted) return Promise.reject(new Fault('closed', { text: 'this relay is stopping' }))
    const target = targetOf(url, isPrivate)
    const { http, https } = this.#agents[isPrivate ? 'near' : 'far']
    const options = { method, headers: { ...headers, 'User-Agent': 'Yanxin', ...(body !== undefined && { 'Content-Length': String(Buffer.byteLength(body)) }) }, signal: this.#stop.signal, maxHeaderSize: 16 * 1024 }
    return new Promise((resolve, reject) => {
      const asked = target.protocol === 'https:' ? askHttps(target, { ...options, agent: https }) : askHttp(target, { ...options, agent: http })
      const late = new Fault('no-answer', { text: `no answer in ${patience / SECOND} s` })
      const timer = this.#clock.after(patience, () => asked.destroy(late))
      asked.once('response', (response) => {
        response.once('close', () => timer.cancel())
        resolve(response)
      })
      asked.once('error', (thrown) => {
        timer.cancel()
        reject(this.#stop.signal.aborted ? new Fault('closed', { text: 'this relay is stopping' }) : Fault.from(thrown, 'cannot-connect'))
      })
      asked.end(body)
    })
  }

  stop(): void {
    this.#stop.abort()
    for (const { http, https } of Object.values(this.#agents)) {
      http.destroy()
      https.destroy()
    }
  }
}
