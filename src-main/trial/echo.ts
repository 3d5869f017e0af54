import type { Clock, Timer } from '../base/clock'
import type { Ids } from '../base/ids'
import type { LocationView } from '../contract/message'
import { readPayload, writeComposing, writeFiles, writePlace, writeReceipt, writeText, type Payload, type Written } from '../rcs/content'
import type { FileTransfer } from '../rcs/file-transfer'
import { locationInText } from '../rcs/location'
import type { Incoming } from '../sip/incoming'
import type { SipRequest } from '../sip/message'
import { readNameAddress } from '../sip/name-address'
import { addressOfRecord } from '../sip/uri'

/** How the echo sends; the session of its account. */
export interface EchoWire {
  request(outgoing: { method: string; to: string; headers: [name: string, value: string][]; body: Uint8Array; callId?: string }): Promise<unknown>
}

export interface EchoParts {
  wire: EchoWire
  /** Address of record of the echo. */
  account: string
  clock: Clock
  ids: Ids
  /** How long it takes to read and to write, in ms. @default 600 */
  pace?: number
}

/** Messages whose answer is under way or was given, so that a repeated one is not answered twice. */
const remembered = 500

/** Somebody to talk to on this computer: a small SIP user agent that reads, writes for a moment and answers. */
export class Echo {
  readonly #parts: EchoParts
  readonly #seen = new Set<string>()
  readonly #timers = new Set<Timer>()
  #stopped = false

  constructor(parts: EchoParts) {
    this.#parts = parts
  }

  /** Says hello. It always has the same Message-ID, so whoever has heard it does not hear it again. */
  greet(to: string, language: 'zh' | 'en'): void {
    this.#say(to, language === 'zh'
      ? '你好，我是小雁 👋 我就住在这台电脑里，你说什么我都会回答。试着给我发一条消息吧！'
      : 'Hello, I am Goose 👋 I live inside this computer and answer whatever you say. Try sending me a message!', 'echo-welcome')
  }

  /** A MESSAGE came. */
  heard({ request, reply }: Pick<Incoming, 'request' | 'reply'>): void {
    let heard: Heard
    try {
      heard = read(request)
    } catch {
      return reply(400)
    }
    reply(200)
    this.#take(heard)
  }

  /** The same of one that came another way. @throws Fault as reading it does */
  hear(request: SipRequest): void {
    this.#take(read(request))
  }

  #take({ from, id, payload }: Heard): void {
    const said = saidIn(payload)
    if (said === undefined || this.#seen.has(`${from} ${id}`)) return
    if (this.#seen.size >= remembered) this.#seen.delete(this.#seen.values().next().value!)
    this.#seen.add(`${from} ${id}`)
    this.#answer(from, id, said, payload.cpim?.dispositions ?? new Set(['positive-delivery', 'display']))
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) timer.cancel()
  }

  #answer(to: string, id: string, said: string | LocationView | FileTransfer[], asked: Set<string>): void {
    const { account: from, pace = 600 } = this.#parts
    const receipt = (kind: 'delivery' | 'display') => this.#send(to, writeReceipt({
      imdn: { messageId: id, datetime: this.#now, kind, status: kind === 'delivery' ? 'delivered' : 'displayed' },
      from, to, sentAt: this.#now, id: this.#parts.ids.token(),
    }))
    if (asked.has('positive-delivery')) receipt('delivery')
    this.#later(pace, () => {
      if (asked.has('display')) receipt('display')
      this.#send(to, writeComposing({ composing: { state: 'active', contentType: 'text/plain', refresh: 60 }, from, to, sentAt: this.#now }), [['Expires', '0']])
    })
    this.#later(pace * 2, () => {
      const answer = this.#parts.ids.token()
      const frame = { from, to, id: answer, sentAt: this.#now, dispositions: [] }
      if (typeof said === 'string') this.#say(to, answerTo(said), answer)
      else if (Array.isArray(said)) this.#send(to, writeFiles({ ...frame, files: said }), [], answer)
      else this.#send(to, writePlace({ ...frame, location: said }), [], answer)
    })
  }

  #say(to: string, text: string, id: string): void {
    const { account: from } = this.#parts
    this.#send(to, writeText({ text, from, to, id, sentAt: this.#now, dispositions: [] }), [], id)
  }

  #send(to: string, { contentType, body }: Written, headers: [string, string][] = [], callId?: string): void {
    if (this.#stopped) return
    this.#parts.wire.request({ method: 'MESSAGE', to, headers: [...headers, ['Content-Type', contentType]], body, ...(callId && { callId }) })
      .catch(() => undefined)
  }

  #later(ms: number, run: () => void): void {
    const timer = this.#parts.clock.after(ms, () => {
      this.#timers.delete(timer)
      run()
    })
    this.#timers.add(timer)
  }

  get #now(): number {
    return this.#parts.clock.now()
  }
}

interface Heard {
  from: string
  id: string
  payload: Payload
}

function read({ headers, body }: SipRequest): Heard {
  const from = addressOfRecord(readNameAddress(headers.get('P-Asserted-Identity') ?? headers.get('From') ?? '').uri)
  const payload = readPayload({ contentType: headers.get('Content-Type') ?? 'text/plain', contentEncoding: headers.get('Content-Encoding'), body })
  return { from, id: payload.cpim?.messageId ?? headers.get('Call-ID') ?? '', payload }
}

/** What of a message it answers: its files, or its first words or place, whichever form the place has. */
function saidIn({ parts }: Payload): string | LocationView | FileTransfer[] | undefined {
  const files = parts.flatMap((part) => (part.kind === 'file' ? [part.file] : []))
  if (files.length > 0) return files
  for (const part of parts) {
    if (part.kind === 'location') return part.location
    if (part.kind === 'text') return locationInText(part.text) ?? part.text
  }
  return undefined
}

const longestQuote = 2_000

/** What the echo answers, in the language of what was said. */
export function answerTo(text: string): string {
  const said = text.trim().slice(0, longestQuote)
  const isChinese = /\p{Script=Han}/u.test(said)
  if (/^(你好|您好|嗨|哈喽)[!！。,，~～\s]*$/u.test(said)) return '你好呀！今天过得怎么样？'
  if (/^(hi|hello|hey|good (morning|evening))[!.,\s]*$/i.test(said)) return 'Hello! How is your day?'
  if (said === '') return '…'
  return isChinese ? `你说：“${said}”。我收到了 ✓` : `You said: “${said}”. I got it ✓`
}
