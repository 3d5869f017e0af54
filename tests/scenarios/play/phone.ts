import { createHash, randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { deflateSync } from 'node:zlib'

/** A SIP message as text: the plays speak SIP by hand, so that they prove our stack against something that is not it. */
export interface Heard {
  start: string
  status: number
  head: string
  body: string
  bytes: Buffer
}

export const header = (message: Pick<Heard, 'head'>, name: string): string | undefined =>
  new RegExp(`^${name.replace(/[+]/g, '\\+')}:[ \\t]*(.*?)\\r?$`, 'im').exec(message.head)?.[1]
export const headers = (message: Pick<Heard, 'head'>, name: string): string[] =>
  [...message.head.matchAll(new RegExp(`^${name}:[ \\t]*(.*?)\\r?$`, 'gim'))].map((found) => found[1]!)

const hash = (algorithm: string, text: string): string => createHash(algorithm === 'MD5' ? 'md5' : 'sha256').update(text).digest('hex')

/** Resolves when `ready` answers something true; tells what it waited for when it never comes. */
export async function until<T>(what: string, ready: () => T | undefined | false | Promise<T | undefined | false>, within = 15_000): Promise<T> {
  const end = Date.now() + within
  for (;;) {
    const found = await ready()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export interface Person {
  user: string
  domain: string
  password: string
  port: number
  /** `+sip.instance`; without one the Contact has none. */
  instance?: string
  /** Behind the Contact, e.g. `;+g.yanxin.copies`. */
  features?: string
  algorithm?: 'MD5' | 'SHA-256'
}

export interface Said {
  id?: string
  /** Message-ID inside CPIM; without CPIM the Call-ID is the identity. @default true */
  cpim?: boolean
  /** Content-Encoding: deflate. @default false */
  deflated?: boolean
  contentType?: string
  from?: string
  cpimFrom?: string
  dispositions?: string
  more?: string
}

/** One device of a person: one connection, text in and text out. */
export class Phone {
  readonly inbox: Heard[] = []
  /** How it answers a MESSAGE: status line and further headers; nothing for no answer. */
  answer: (message: Heard) => string | undefined = () => '200 OK'
  isOpen = false
  #socket: Socket | undefined
  #rest = Buffer.alloc(0)
  #cseq = 1
  readonly #waiting = new Map<string, (heard: Heard) => void>()
  readonly #callId = `reg-${randomBytes(6).toString('hex')}`

  constructor(readonly person: Person) {}

  get address(): string {
    return `sip:${this.person.user}@${this.person.domain}`
  }

  get texts(): string[] {
    return this.inbox.map(({ body }) => textOf(body))
  }

  async connect(): Promise<this> {
    const socket = connect({ port: this.person.port, host: '127.0.0.1', noDelay: true })
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    this.#socket = socket
    this.#rest = Buffer.alloc(0)
    this.isOpen = true
    socket.on('data', (chunk) => this.#read(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      if (this.#socket === socket) this.isOpen = false
    })
    return this
  }

  /** Connects and registers. */
  async comes(): Promise<this> {
    await this.connect()
    const answer = await this.register()
    if (answer.status !== 200) throw new Error(`${this.person.user} could not register: ${answer.start}`)
    return this
  }

  /** The connection breaks without a word. */
  async leaves(): Promise<void> {
    const socket = this.#socket!
    socket.destroy()
    await until('the socket to close', () => !this.isOpen)
  }

  async register({ expires = 600, contact, more = '' }: { expires?: number; contact?: string; more?: string } = {}): Promise<Heard> {
    const { user, domain, instance, features = '' } = this.person
    const value = contact ?? `<sip:${user}@127.0.0.1:${this.#socket!.localPort};transport=tcp>` +
      (instance ? `;+sip.instance="<${instance}>"` : '') + features
    const lines = `From: <${this.address}>;tag=1\r\nTo: <${this.address}>\r\nCall-ID: ${this.#callId}\r\n` +
      (value ? `Contact: ${value}\r\n` : '') + `Expires: ${expires}\r\nUser-Agent: play\r\n${more}`
    return this.request('REGISTER', `sip:${domain}`, lines)
  }

  /** A request with whatever it needs to be believed: a challenge is answered once. */
  async request(method: string, uri: string, lines: string, body: string | Buffer = '', credentials = true): Promise<Heard> {
    const first = await this.send(method, uri, lines, body)
    if ((first.status !== 401 && first.status !== 407) || !credentials) return first
    const authorization = this.credentials(first, method, uri)
    return this.send(method, uri, `${lines}${first.status === 401 ? '' : 'Proxy-'}Authorization: ${authorization}\r\n`, body)
  }

  credentials(challenged: Heard, method: string, uri: string): string {
    const { user, password, algorithm = 'SHA-256' } = this.person
    const challenge = [...headers(challenged, 'WWW-Authenticate'), ...headers(challenged, 'Proxy-Authenticate')]
      .find((value) => value.includes(`algorithm=${algorithm}`))
    if (!challenge) throw new Error(`no ${algorithm} challenge in:\n${challenged.head}`)
    const part = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)![1]!
    const [realm, nonce] = [part('realm'), part('nonce')]
    const response = hash(algorithm, `${hash(algorithm, `${user}:${realm}:${password}`)}:${nonce}:00000001:c1:auth:${hash(algorithm, `${method}:${uri}`)}`)
    return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=${algorithm}, qop=auth, nc=00000001, cnonce="c1", response="${response}"`
  }

  /** One request; resolves with its final answer. */
  send(method: string, uri: string, lines: string, body: string | Buffer = ''): Promise<Heard> {
    const branch = `z9hG4bK${randomBytes(8).toString('hex')}`
    const bytes = Buffer.from(body)
    const callId = /^Call-ID:/im.test(lines) ? '' : `Call-ID: ${randomBytes(8).toString('hex')}\r\n`
    const answered = new Promise<Heard>((resolve) => this.#waiting.set(branch, resolve))
    this.raw(Buffer.concat([Buffer.from(
      `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5060;branch=${branch};rport\r\nMax-Forwards: 70\r\n` +
      `Route: <sip:127.0.0.1:${this.person.port};transport=tcp;lr>\r\nCSeq: ${++this.#cseq} ${method}\r\n${callId}${lines}Content-Length: ${bytes.length}\r\n\r\n`), bytes]))
    return answered
  }

  /** A text to somebody; resolves with the relay's answer. */
  async says(text: string, to: string, { id = randomBytes(6).toString('hex'), cpim = true, deflated, contentType, from, cpimFrom, dispositions, more = '' }: Said = {}): Promise<Heard> {
    const inner = contentType ?? 'text/plain;charset=UTF-8'
    const plain = cpim ? cpimOf(cpimFrom ?? this.address, to, id, inner, text, dispositions) : text
    const body = deflated ? deflateSync(Buffer.from(plain)) : Buffer.from(plain)
    const lines = `From: <${from ?? this.address}>;tag=${randomBytes(4).toString('hex')}\r\nTo: <${to}>\r\n` +
      (cpim ? '' : `Call-ID: ${id}\r\n`) + `Content-Type: ${cpim ? 'message/cpim' : inner}\r\n` +
      (deflated ? 'Content-Encoding: deflate\r\n' : '') + more
    return this.request('MESSAGE', to, lines, body)
  }

  /** The next message that is not yet in `seen`. */
  async hears(text: string): Promise<Heard> {
    return until(`${this.person.user} to hear ${text}`, () => this.inbox.find(({ body }) => textOf(body) === text))
  }

  /** Reads no more from its connection. */
  pauses(): void {
    this.#socket!.pause()
  }

  raw(bytes: string | Buffer): void {
    this.#socket!.write(bytes)
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk])
    for (;;) {
      const end = this.#rest.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = this.#rest.subarray(0, end).toString('utf8')
      if (!head) {
        this.#rest = this.#rest.subarray(4)
        continue
      }
      const length = Number(header({ head }, 'Content-Length') ?? 0)
      if (this.#rest.length < end + 4 + length) return
      const bytes = Buffer.from(this.#rest.subarray(end + 4, end + 4 + length))
      this.#rest = this.#rest.subarray(end + 4 + length)
      const start = head.split('\r\n')[0]!
      const isAnswer = start.startsWith('SIP/2.0 ')
      this.#take({ start, status: isAnswer ? Number(start.slice(8, 11)) : 0, head, body: bytes.toString('utf8'), bytes })
    }
  }

  #take(heard: Heard): void {
    if (heard.status) {
      const branch = /branch=([^;\s]+)/.exec(header(heard, 'Via') ?? '')?.[1] ?? ''
      this.#waiting.get(branch)?.(heard)
      this.#waiting.delete(branch)
      return
    }
    const answer = this.answer(heard)
    if (answer === undefined) return
    if (answer.startsWith('2')) this.inbox.push(heard)
    const kept = heard.head.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/i.test(line)).join('\r\n')
    this.raw(`SIP/2.0 ${answer}\r\n${kept}\r\nContent-Length: 0\r\n\r\n`)
  }
}

export const cpimOf = (from: string, to: string, id: string, contentType: string, text: string, dispositions = 'positive-delivery, negative-delivery, display'): string =>
  `From: <${from}>\r\nTo: <${to}>\r\nDateTime: 2026-05-03T08:00:00Z\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: ${id}\r\n` +
  (dispositions ? `imdn.Disposition-Notification: ${dispositions}\r\n` : '') +
  `\r\nContent-Type: ${contentType}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`

/** What a message says: the innermost part of a CPIM, or the body. */
export function textOf(body: string): string {
  const parts = body.split('\r\n\r\n')
  return /^From:/m.test(parts[0] ?? '') && parts.length > 2 ? parts.slice(2).join('\r\n\r\n') : body
}
