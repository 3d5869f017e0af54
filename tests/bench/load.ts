import { createHash, randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

/** One measured run. Rates are a second; latencies in ms from sending to the final answer, and to the recipient's socket. */
export interface LoadResult {
  sent: number
  refused: number
  perSecond: number
  ack: { p50: number; p99: number }
  arrival: { p50: number; p99: number }
}

export interface LoadOptions {
  port: number
  domain: string
  /** Sender and recipient pairs; each end is a connection of its own. */
  pairs: number
  /** The recipients have an account and no device: what is sent to them is kept. @default false */
  away?: boolean
  password: (user: string) => string
}

const field = (head: string, name: string): string => {
  const at = head.indexOf(`\r\n${name}: `)
  if (at < 0) return ''
  const end = head.indexOf('\r\n', at + 2)
  return head.slice(at + name.length + 4, end < 0 ? undefined : end)
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** One connection that speaks just enough SIP to be a load: no transactions, no retries, text in and text out. */
export class Phone {
  onAnswer: (callId: string, status: number) => void = () => {}
  onMessage: (callId: string) => void = () => {}
  #rest = ''
  #out = ''
  #answers: ((head: string) => void)[] = []

  private constructor(readonly user: string, readonly domain: string, readonly socket: Socket) {
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#read(chunk.toString('latin1')))
  }

  /** @param features of its Contact. @default it takes 32 messages of a conversation at once */
  static async open(port: number, domain: string, user: string, password: string, features = ';+g.yanxin.window="32"'): Promise<Phone> {
    const socket = connect({ port, host: '127.0.0.1' })
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    const phone = new Phone(user, domain, socket)
    await phone.#register(password, features)
    return phone
  }

  write(text: string): void {
    if (!this.#out) setImmediate(() => this.#flush())
    this.#out += text
  }

  #flush(): void {
    this.socket.write(this.#out, 'latin1')
    this.#out = ''
  }

  async #register(password: string, features: string): Promise<void> {
    const uri = `sip:${this.domain}`
    const ask = (cseq: number, more: string): Promise<string> => new Promise((resolve) => {
      this.#answers.push(resolve)
      this.write(`REGISTER ${uri} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK${randomBytes(6).toString('hex')};rport\r\n` +
        `Max-Forwards: 70\r\nFrom: <sip:${this.user}@${this.domain}>;tag=1\r\nTo: <sip:${this.user}@${this.domain}>\r\n` +
        `Call-ID: reg-${this.user}\r\nCSeq: ${cseq} REGISTER\r\n` +
        `Contact: <sip:${this.user}@127.0.0.1:${this.socket.localPort};transport=tcp>;+sip.instance="<urn:uuid:00000000-0000-4000-8000-${md5(this.user).slice(0, 12)}>"` +
        `${features}\r\nExpires: 3600\r\n${more}Content-Length: 0\r\n\r\n`)
    })
    let head = await ask(1, '')
    if (head.startsWith('SIP/2.0 401')) {
      const challenge = head.split('\r\n').filter((line) => line.startsWith('WWW-Authenticate')).find((line) => /MD5/.test(line)) ?? ''
      const part = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? ''
      const nonce = part('nonce')
      const realm = part('realm')
      const response = md5(`${md5(`${this.user}:${realm}:${password}`)}:${nonce}:00000001:c1:auth:${md5(`REGISTER:${uri}`)}`)
      head = await ask(2, `Authorization: Digest username="${this.user}", realm="${realm}", nonce="${nonce}", uri="${uri}", ` +
        `algorithm=MD5, qop=auth, nc=00000001, cnonce="c1", response="${response}"\r\n`)
    }
    if (!head.startsWith('SIP/2.0 200')) throw new Error(`the load could not register: ${head.split('\r\n')[0]}`)
  }

  #read(text: string): void {
    this.#rest += text
    let from = 0
    for (;;) {
      const end = this.#rest.indexOf('\r\n\r\n', from)
      if (end < 0) break
      const head = this.#rest.slice(from, end)
      const length = Number(field(head, 'Content-Length') || 0)
      if (this.#rest.length < end + 4 + length) break
      from = end + 4 + length
      if (head.startsWith('SIP/2.0')) {
        const waiting = this.#answers.shift()
        if (waiting) waiting(head)
        else this.onAnswer(field(head, 'Call-ID'), Number(head.slice(8, 11)))
      } else {
        this.#answer(head)
        if (head.startsWith('MESSAGE')) this.onMessage(field(head, 'Call-ID'))
      }
    }
    if (from) this.#rest = this.#rest.slice(from)
  }

  #answer(head: string): void {
    let answer = 'SIP/2.0 200 OK\r\n'
    for (const line of head.split('\r\n')) if (/^(Via|From|To|Call-ID|CSeq):/.test(line)) answer += `${line}\r\n`
    this.write(`${answer}Content-Length: 0\r\n\r\n`)
  }
}

/** Devices that register, each with an account of its own (`d0`, `d1` …), and then say nothing. */
export class Idle {
  readonly #phones: Phone[] = []
  constructor(private readonly options: Omit<LoadOptions, 'pairs'>) {}

  /** Registers until there are `count`. */
  async grow(count: number): Promise<void> {
    const { port, domain, password } = this.options
    while (this.#phones.length < count) {
      const first = this.#phones.length
      const batch = Array.from({ length: Math.min(32, count - first) }, (_, k) => {
        const user = `d${first + k}`
        return Phone.open(port, domain, user, password(user))
      })
      this.#phones.push(...(await Promise.all(batch)))
    }
  }

  close(): void {
    for (const phone of this.#phones) phone.socket.destroy()
  }
}

/** Pairs of phones, registered once and used for several runs. */
export class Load {
  #run = 0
  private constructor(private readonly senders: Phone[], private readonly recipients: Phone[], private readonly domain: string) {}

  static async open({ port, domain, pairs, password, away = false }: LoadOptions): Promise<Load> {
    const open = (user: string): Promise<Phone> => Phone.open(port, domain, user, password(user))
    const senders: Phone[] = []
    const recipients: Phone[] = []
    for (let i = 0; i < pairs; i++) {
      senders.push(await open(`s${i}`))
      if (!away) recipients.push(await open(`r${i}`))
    }
    return new Load(senders, recipients, domain)
  }

  /** Closed loop: `inFlight` unanswered messages at any time, over all pairs. */
  saturate(total: number, inFlight: number): Promise<LoadResult> {
    return this.#measure(total, (send) => {
      for (let i = 0; i < Math.min(inFlight, total); i++) send()
      return send
    })
  }

  /** Open loop: `perSecond` whether answered or not, so that a stall is seen as what it costs. */
  pace(total: number, perSecond: number): Promise<LoadResult> {
    return this.#measure(total, (send) => {
      const started = performance.now()
      let sent = 0
      const timer = setInterval(() => {
        const due = Math.min(total, Math.floor(((performance.now() - started) / 1_000) * perSecond))
        for (; sent < due; sent++) send()
        if (sent >= total) clearInterval(timer)
      }, 1)
      return () => {}
    })
  }

  #measure(total: number, start: (send: () => void) => () => void): Promise<LoadResult> {
    const run = ++this.#run
    const sentAt = new Map<string, number>()
    const acks: number[] = []
    const arrivals: number[] = []
    let next = 0
    let refused = 0
    return new Promise((resolve) => {
      const began = performance.now()
      const send = (): void => {
        if (next >= total) return
        const i = next++
        const pair = i % this.senders.length
        const callId = `m${run}-${i}`
        sentAt.set(callId, performance.now())
        this.senders[pair]!.write(this.#message(pair, callId))
      }
      const finish = (): void => {
        if (acks.length + refused < total || (this.recipients.length > 0 && arrivals.length < total - refused)) return
        const seconds = (performance.now() - began) / 1_000
        resolve({ sent: total, refused, perSecond: total / seconds, ack: percentiles(acks), arrival: percentiles(arrivals) })
      }
      let again = (): void => {}
      for (const phone of this.senders) {
        phone.onAnswer = (callId, status) => {
          if (status >= 300) refused++
          else acks.push(performance.now() - sentAt.get(callId)!)
          again()
          finish()
        }
      }
      for (const phone of this.recipients) {
        phone.onMessage = (callId) => {
          const at = sentAt.get(callId)
          if (at !== undefined) arrivals.push(performance.now() - at)
          finish()
        }
      }
      again = start(send)
    })
  }

  #message(pair: number, callId: string): string {
    const from = `sip:s${pair}@${this.domain}`
    const to = `sip:r${pair}@${this.domain}`
    const body = `From: <sip:anonymous@anonymous.invalid>\r\nTo: <sip:anonymous@anonymous.invalid>\r\nNS: imdn <urn:ietf:params:imdn>\r\n` +
      `imdn.Message-ID: ${callId}\r\nDateTime: 2026-05-03T08:00:00Z\r\n\r\nContent-Type: text/plain;charset=UTF-8\r\n\r\nsee you at the station at eight`
    return `MESSAGE ${to} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK${callId};rport\r\nMax-Forwards: 70\r\nFrom: <${from}>;tag=${pair}\r\n` +
      `To: <${to}>\r\nCall-ID: ${callId}\r\nCSeq: 1 MESSAGE\r\nContent-Type: message/cpim\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  }

  close(): void {
    for (const phone of [...this.senders, ...this.recipients]) phone.socket.destroy()
  }
}

function percentiles(values: number[]): { p50: number; p99: number } {
  values.sort((a, b) => a - b)
  const at = (share: number): number => values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN
  return { p50: at(0.5), p99: at(0.99) }
}
