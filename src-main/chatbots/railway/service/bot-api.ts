import type { Said } from '../talk/said'

/** Where the gateway is, and as whom one speaks there. */
export interface BotApiParts {
  /** The gateway's root URL. */
  root: string
  /** The bot's address, e.g. `sip:12306@botplatform.rcs.example.com`. */
  bot: string
  token: string
  /** @default the global one */
  fetch?: typeof fetch
}

/** What the gateway said no to. */
export class ApiError extends Error {
  /** Its HTTP status; 0 when it could not be reached. */
  readonly status: number
  /** How long to wait before the next try, ms, where it says so. */
  readonly after: number | undefined

  constructor(status: number, message: string, after?: number) {
    super(message)
    this.status = status
    this.after = after
  }

  /** Saying it again may help: it was busy, or not there. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500
  }
}

/** A request takes at most this long, ms. */
const PATIENCE = 20_000

/** The GSMA MaaP API (FNW.11) as a bot calls it. */
export class BotApi {
  readonly #parts: BotApiParts

  constructor(parts: BotApiParts) {
    this.#parts = parts
  }

  /** Sends a message; the same `id` again is the same message. @throws ApiError */
  async send(id: string, person: string, said: Said): Promise<void> {
    await this.#ask('messages', JSON.stringify({ RCSMessage: { msgId: id, ...said }, messageContact: { userContact: person } }), { 'Content-Type': 'application/json' })
  }

  /** Tells the person that something is being written. @throws ApiError */
  async typing(person: string, isTyping: boolean): Promise<void> {
    await this.#ask('messages', JSON.stringify({ RCSMessage: { isTyping: isTyping ? 'active' : 'idle' }, messageContact: { userContact: person } }), { 'Content-Type': 'application/json' })
  }

  /** Puts a file where clients can fetch it. @returns its URL @throws ApiError */
  async upload(bytes: Uint8Array<ArrayBuffer>, name: string, contentType: string): Promise<string> {
    const form = new FormData()
    form.set('fileType', contentType)
    form.set('fileContent', new Blob([bytes], { type: contentType }), name)
    const { file } = await this.#ask('files', form) as { file?: { fileUrl?: unknown } }
    if (typeof file?.fileUrl !== 'string') throw new ApiError(502, 'the gateway took a file and did not say where it is')
    return file.fileUrl
  }

  /** What people see of the bot before they write. @throws ApiError */
  async put(what: 'info' | 'menu', value: object): Promise<void> {
    await this.#ask(what, JSON.stringify(value), { 'Content-Type': 'application/json' }, 'PUT')
  }

  async #ask(path: string, body: string | FormData, headers: Record<string, string> = {}, method = 'POST'): Promise<unknown> {
    const { root, bot, token, fetch: ask = fetch } = this.#parts
    let answer: Response
    try {
      answer = await ask(`${root}/rcs/bot/v1/${encodeURIComponent(bot)}/${path}`, { method, body, headers: { ...headers, Authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(PATIENCE) })
    } catch (thrown) {
      throw new ApiError(0, `the gateway cannot be reached: ${(thrown as Error).message}`)
    }
    const text = await answer.text()
    const wait = Number(answer.headers.get('Retry-After'))
    if (!answer.ok) throw new ApiError(answer.status, `${answer.status} ${text.slice(0, 500)}`, wait > 0 ? wait * 1_000 : undefined)
    return text === '' ? undefined : JSON.parse(text)
  }
}
