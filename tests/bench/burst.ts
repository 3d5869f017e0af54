import { createHash, randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** A phone that says much and hears nothing: it registers, and then sends at a pace. */
export class Burst {
  readonly #user: string
  readonly #domain: string
  readonly #socket: Socket
  #onAnswer: (head: string) => void = () => {}
  #said = 0

  private constructor(socket: Socket, user: string, domain: string) {
    this.#socket = socket
    this.#user = user
    this.#domain = domain
    let rest = ''
    socket.on('data', (chunk: Buffer) => {
      rest += chunk.toString('latin1')
      for (let end = rest.indexOf('\r\n\r\n'); end >= 0; end = rest.indexOf('\r\n\r\n')) {
        const head = rest.slice(0, end)
        rest = rest.slice(end + 4 + Number(/Content-Length: (\d+)/i.exec(head)?.[1] ?? 0))
        this.#onAnswer(head)
      }
    })
  }

  /** @param relay host:port */
  static async open(relay: string, domain: string, user: string, password: string): Promise<Burst> {
    const [host, port] = relay.split(':')
    const socket = connect({ host: host!, port: Number(port) })
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    const burst = new Burst(socket, user, domain)
    const head = await burst.#register(1, '')
    const challenge = head.split('\r\n').find((line) => line.startsWith('WWW-Authenticate') && line.includes('MD5')) ?? ''
    const part = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? ''
    const uri = `sip:${domain}`
    const response = md5(`${md5(`${user}:${part('realm')}:${password}`)}:${part('nonce')}:00000001:c1:auth:${md5(`REGISTER:${uri}`)}`)
    const answer = await burst.#register(2, `Authorization: Digest username="${user}", realm="${part('realm')}", nonce="${part('nonce')}", uri="${uri}", ` +
      `algorithm=MD5, qop=auth, nc=00000001, cnonce="c1", response="${response}"\r\n`)
    if (!answer.startsWith('SIP/2.0 200')) throw new Error(`the burst could not register: ${answer.split('\r\n')[0]}`)
    return burst
  }

  /** Sends `perSecond` messages a second to `to` for `ms`; resolves with how many when all are answered. */
  async say(to: string, perSecond: number, ms: number): Promise<number> {
    let answered = 0
    let sent = 0
    let onDone = () => {}
    this.#onAnswer = () => void (++answered === sent && onDone())
    const began = performance.now()
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const past = Math.min(ms, performance.now() - began)
        for (const due = Math.floor((past / 1_000) * perSecond); sent < due; sent++) this.#send(to)
        if (past >= ms) {
          clearInterval(timer)
          resolve()
        }
      }, 4)
    })
    if (answered < sent) await new Promise<void>((resolve) => (onDone = resolve))
    return sent
  }

  close(): void {
    this.#socket.destroy()
  }

  #send(to: string): void {
    const text = `第 ${++this.#said} 条 ${this.#user} says this`
    this.#write('MESSAGE', to, `${this.#user}-${this.#said}-${randomBytes(4).toString('hex')}`, 1, 'Content-Type: text/plain;charset=UTF-8\r\n', text)
  }

  #register(cseq: number, more: string): Promise<string> {
    const { localPort } = this.#socket
    return new Promise((resolve) => {
      this.#onAnswer = resolve
      const contact = `Contact: <sip:${this.#user}@127.0.0.1:${localPort};transport=tcp>;+sip.instance="<urn:uuid:00000000-0000-4000-8000-${md5(this.#user).slice(0, 12)}>"\r\n`
      this.#write('REGISTER', `sip:${this.#domain}`, `reg-${this.#user}`, cseq, `${contact}Expires: 3600\r\n${more}`, '')
    })
  }

  #write(method: string, to: string, callId: string, cseq: number, more: string, body: string): void {
    const self = `sip:${this.#user}@${this.#domain}`
    this.#socket.write(`${method} ${to} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK${randomBytes(6).toString('hex')};rport\r\nMax-Forwards: 70\r\n` +
      `From: <${self}>;tag=1\r\nTo: <${method === 'REGISTER' ? self : to}>\r\nCall-ID: ${callId}\r\nCSeq: ${cseq} ${method}\r\n` +
      `${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }
}
