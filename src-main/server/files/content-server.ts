import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../base/clock'
import { Fault } from '../../base/faults'
import type { Log } from '../../base/log'
import type { FaultCode } from '../../contract/faults'
import { writeFileTransfer, writeResumeInfo } from '../../rcs/file-transfer'
import type { Authentication } from '../authentication'
import { refusal } from './answers'
import { Exchange } from './exchange'
import type { FileStore } from './file-store'
import { linked } from './linked'
import type { Links } from './links'
import { receiveForm } from './receive'
import { receiveRest, standingOf, wholeFile } from './resume'
import { AROUND, GIVE_UP, LARGEST_THUMBNAIL, type FileRules } from './rules'
import { sendFile } from './send'
import type { FileRow } from './verbs'

export interface ContentServerParts {
  /** Where it is, as clients see it: `https://ft.example/ft`. */
  url: string
  links: Links
  store: FileStore
  rules: FileRules
  authentication: Authentication
  typeOf: (begin: Uint8Array) => string | undefined
  clock: Clock
  log: Log
}

/** The content server of GSMA RCC.07 3.2.5, in the dialects of GSMA and of Linphone: which request is what. */
export class ContentServer {
  readonly #parts: ContentServerParts
  readonly #path: string
  readonly #refused = new Map<FaultCode, number>()
  #uploads = 0
  #downloads = 0
  #cut = 0
  #sent = 0
  #isStopping = false

  constructor(parts: ContentServerParts) {
    this.#parts = parts
    this.#path = new URL(parts.url).pathname
  }

  counts(): { uploads: number; downloads: number; sent: number; cut: number; refused: ReadonlyMap<FaultCode, number> } {
    return { uploads: this.#uploads, downloads: this.#downloads, sent: this.#sent, cut: this.#cut, refused: this.#refused }
  }

  /** From here on everything is refused. */
  stop(): void {
    this.#isStopping = true
  }

  /** Answers one request, whatever it is. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = new Exchange(request, response)
    try {
      if (this.#isStopping) throw new Fault('closed', { text: 'this relay is stopping' })
      await this.#serve(exchange)
    } catch (thrown) {
      this.#fail(exchange, thrown)
    }
  }

  async #serve(exchange: Exchange): Promise<void> {
    const { method, path } = exchange
    if (path === this.#path) {
      if (method === 'POST') return this.#post(exchange)
      if (method === 'GET' && exchange.query.has('tid')) return this.#ask(exchange)
      throw notAllowed('GET, POST')
    }
    const { links, store, clock, typeOf } = this.#parts
    const opened = links.open(path, clock.now())
    if (!opened.ok) throw opened.reason === 'expired' ? new Fault('expired', { text: 'the time of this link is over' }) : new Fault('file-gone', { text: 'nothing is here' })
    if (opened.kind === 'u') {
      if (method !== 'PUT') throw notAllowed('PUT')
      const file = await receiveRest(exchange, opened.id, store)
      if (!file) return exchange.say({ status: 200 })
      return this.#came(exchange, file)
    }
    if (method !== 'GET' && method !== 'HEAD') throw notAllowed('GET, HEAD')
    const sent = await sendFile(exchange, opened.id, opened.kind === 'd' ? 'file' : 'thumbnail', { store, clock, typeOf })
    if (!sent) return
    this.#downloads++
    this.#sent += sent
  }

  async #post(exchange: Exchange): Promise<void> {
    const { rules, store, log } = this.#parts
    const address = await this.#prove(exchange)
    if (address === undefined) return
    // RCC.07 3.2.5.3 step 1: asked without a body whether an upload would be taken.
    if (!exchange.hasBody) return exchange.say({ status: 204 })
    // Before any of it is read.
    if ((exchange.length ?? 0) > rules.fileBytes + LARGEST_THUMBNAIL + AROUND) {
      throw new Fault('file-too-large', { text: `a file may have ${rules.fileBytes} bytes here`, detail: { limit: rules.fileBytes } })
    }
    const file = await receiveForm(exchange, address, store)
    log.debug({ account: address, file: file.id, bytes: file.size }, 'file taken')
    this.#came(exchange, file)
  }

  async #ask(exchange: Exchange): Promise<void> {
    const { links, store, clock } = this.#parts
    const address = await this.#prove(exchange)
    if (address === undefined) return
    const tid = exchange.query.get('tid') ?? ''
    if (exchange.query.has('get_upload_info')) {
      const standing = await standingOf(address, tid, store)
      if (!standing) throw unknownUpload()
      const { id, size } = standing
      return exchange.xml(writeResumeInfo({ url: links.make('u', id, clock.now() + GIVE_UP), ...(size && { range: { start: 0, end: size - 1 } }) }))
    }
    if (!exchange.query.has('get_download_info')) throw new Fault('malformed', { text: 'get_upload_info or get_download_info is needed' })
    const file = await wholeFile(address, tid, store)
    if (!file) throw unknownUpload()
    exchange.xml(this.#describe(file))
  }

  /** The account whose password the request proves; nothing when it was asked for it. @throws Fault `busy` */
  async #prove(exchange: Exchange): Promise<string | undefined> {
    const { authentication, clock } = this.#parts
    const { method, target, host } = exchange
    const proof = await authentication.check({ method, uri: target, header: exchange.header('authorization'), host, flow: 'http' })
    if ('account' in proof) return proof.account.address
    exchange.sayAndClose({ status: 401, text: proof.isWrong ? 'wrong name or password\n' : '', headers: { 'WWW-Authenticate': proof.challenges } }, clock)
    return undefined
  }

  #came(exchange: Exchange, file: FileRow): void {
    this.#uploads++
    exchange.xml(this.#describe(file))
  }

  #describe(file: FileRow): string {
    return writeFileTransfer(linked(file, this.#parts.links))
  }

  #fail(exchange: Exchange, thrown: unknown): void {
    const { clock, log } = this.#parts
    const fields = { method: exchange.method, remote: exchange.host }
    if (exchange.isBroken) {
      this.#cut++
      log.debug({ ...fields, reason: (thrown as Error).message }, 'a transfer broke off')
      exchange.response.destroy()
      return
    }
    const { fault, answer } = refusal(thrown)
    this.#refused.set(fault.code, (this.#refused.get(fault.code) ?? 0) + 1)
    if (answer.status === 500) log.error({ ...fields, err: fault.cause ?? fault }, 'an error of our own')
    else log.info({ ...fields, code: fault.code, reason: fault.message }, 'refused')
    exchange.sayAndClose(answer, clock)
  }
}

const notAllowed = (allow: string): Fault => new Fault('not-allowed', { text: `only ${allow}`, detail: { allow } })
const unknownUpload = (): Fault => new Fault('file-gone', { text: 'no upload of that name' })
