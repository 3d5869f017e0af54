import { readFileSync } from 'node:fs'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { readPayload, writeComposing, writeReceipt, writeText } from '../../src-main/rcs/content'
import type { Payload } from '../../src-main/rcs/content'
import type { Imdn } from '../../src-main/rcs/imdn'
import { answerChallenge } from '../../src-main/sip/digest'
import { Endpoint } from '../../src-main/sip/endpoint'
import type { Flow } from '../../src-main/sip/flow'
import { Headers } from '../../src-main/sip/headers'
import type { Incoming } from '../../src-main/sip/incoming'
import type { SipRequest, SipResponse } from '../../src-main/sip/message'
import { readNameAddress } from '../../src-main/sip/name-address'
import { connectTcp } from '../../src-main/sip/tcp'
import { connectTls } from '../../src-main/sip/tls'
import { addressOfRecord } from '../../src-main/sip/uri'
import { Told } from './told'

export interface PersonAccount {
  user: string
  password: string
  domain: string
  relay: { host: string; port: number; transport: 'tcp' | 'tls' }
  /** PEM file of the certificate to trust, for TLS. */
  ca?: string
  /** Whether texts go in CPIM; receipts always go as the message came. @default true */
  cpim?: boolean
}

/** A MESSAGE as it came in. */
export interface Heard {
  from: string
  /** imdn.Message-ID, or without CPIM the Call-ID. */
  id: string
  text?: string
  receipts: Imdn[]
  composing?: 'active' | 'idle'
  bare: boolean
}

/** A small SIP client over the project's own stack: what Linphone talks to. Keeps nothing, but answers by the book. */
export class Person {
  readonly address: string
  readonly heard: Told<Heard>
  readonly #account: PersonAccount
  readonly #endpoint = new Endpoint({ clock: systemClock, ids: randomIds, log: silentLog, userAgent: 'YanxinInterop' })
  readonly #instance = randomIds.uuid()
  readonly #callId = randomIds.token()
  #cseq = 0
  #flow: Flow | undefined

  constructor(account: PersonAccount) {
    this.#account = account
    this.address = `sip:${account.user}@${account.domain}`
    this.heard = new Told(account.user)
    this.#endpoint.onRequest((incoming) => this.#request(incoming))
  }

  /** Connects and registers, always as the same device. */
  async comes(): Promise<this> {
    const { relay, ca } = this.#account
    const to = { host: relay.host, port: relay.port, clock: systemClock, log: silentLog }
    const trust = ca === undefined ? {} : { ca: readFileSync(ca) }
    this.#flow = await (relay.transport === 'tcp' ? connectTcp(to) : connectTls({ ...to, ...trust }))
    this.#endpoint.attach(this.#flow)
    await this.#register(3600)
    return this
  }

  /** Un-registers and hangs up. */
  async leaves(): Promise<void> {
    await this.#register(0)
    await this.vanishes()
  }

  /** Hangs up without a word, as when a cable is pulled. */
  async vanishes(): Promise<void> {
    const flow = this.#flow!
    if (flow.closed) return
    const closed = new Promise<void>((resolve) => void flow.events.on('closed', () => resolve()))
    flow.close()
    await closed
  }

  /** Resolves with the message's id when the relay has taken it. */
  async says(to: string, text: string): Promise<string> {
    const id = randomIds.token()
    const bare = this.#account.cpim === false
    const { contentType, body } = writeText({ text, from: this.address, to, sentAt: systemClock.now(), id, bare })
    await this.#message(to, contentType, body, id)
    return id
  }

  /** Tells the sender that this message was read. */
  reads(heard: Heard): Promise<void> {
    return this.#receipt(heard, 'display', 'displayed')
  }

  async types(to: string): Promise<void> {
    const composing = { state: 'active', contentType: 'text/plain', refresh: 60 } as const
    const { contentType, body } = writeComposing({
      composing, from: this.address, to, sentAt: systemClock.now(), bare: this.#account.cpim === false,
    })
    // RFC 3428 and rcs.md 1.6: it is worth nothing later.
    await this.#message(to, contentType, body, randomIds.token(), [['Expires', '0']])
  }

  /** A text that has come or comes. */
  hears(text: string): Promise<Heard> {
    return this.heard.first(`“${text}”`, (one) => one.text === text)
  }

  /** A receipt for one of our messages has come or comes. */
  async seesReceipt(id: string, status: Imdn['status']): Promise<Imdn> {
    const fits = (imdn: Imdn) => imdn.messageId === id && imdn.status === status
    const { receipts } = await this.heard.first(`${status} for ${id}`, (one) => one.receipts.some(fits))
    return receipts.find(fits)!
  }

  seesComposing(from: string, state: 'active' | 'idle'): Promise<Heard> {
    return this.heard.first(`typing of ${from}`, (one) => one.from === from && one.composing === state)
  }

  async #register(expires: number): Promise<void> {
    const { user, domain, relay } = this.#account
    const { local } = this.#flow!
    const place = `${local.host}:${local.port};transport=${relay.transport}`
    const headers = new Headers([
      ['From', `<${this.address}>`], ['To', `<${this.address}>`], ['Call-ID', this.#callId],
      ['Contact', `<sip:${user}@${place}>;+sip.instance="<urn:uuid:${this.#instance}>"`],
      ['Expires', String(expires)],
    ])
    const { status } = await this.#ask('REGISTER', `sip:${domain}`, headers)
    if (status !== 200) throw new Error(`${user}: REGISTER was answered ${status}`)
  }

  async #message(
    to: string, contentType: string, body: Uint8Array, callId = randomIds.token(), more: [string, string][] = [],
  ): Promise<void> {
    const headers = new Headers([
      ['From', `<${this.address}>`], ['To', `<${to}>`], ['Call-ID', callId], ['Content-Type', contentType], ...more,
    ])
    const { status } = await this.#ask('MESSAGE', to, headers, body)
    if (status < 200 || status > 299) throw new Error(`${this.#account.user}: MESSAGE was answered ${status}`)
  }

  /** Sends a request and shows the password once when asked. */
  async #ask(method: string, uri: string, headers: Headers, body?: Uint8Array): Promise<SipResponse> {
    const { user, password } = this.#account
    const send = (more: readonly (readonly [string, string])[] = []) => {
      const all = headers.clone()
      all.set('CSeq', `${++this.#cseq} ${method}`)
      for (const [name, value] of more) all.set(name, value)
      return this.#endpoint.request(this.#flow!, { method, uri, headers: all, ...(body && { body }) })
    }
    const first = await send()
    const [asks, answers] = first.status === 407
      ? ['Proxy-Authenticate', 'Proxy-Authorization'] as const
      : ['WWW-Authenticate', 'Authorization'] as const
    if (first.status !== 401 && first.status !== 407) return first
    const challenges = first.headers.all(asks)
    const answer = answerChallenge({
      challenges, username: user, password, method, uri, cnonce: randomIds.token(), nc: 1, ...(body && { body }),
    })
    return answer ? send([[answers, answer.value]]) : first
  }

  async #request(incoming: Incoming): Promise<void> {
    if (incoming.request.method !== 'MESSAGE') return incoming.reply(200)
    const heard = read(incoming.request)
    incoming.reply(200)
    this.heard.add(heard)
    if (heard.text !== undefined) await this.#receipt(heard, 'delivery', 'delivered')
  }

  #receipt({ from, id, bare }: Heard, kind: Imdn['kind'], status: Imdn['status']): Promise<void> {
    const now = systemClock.now()
    const imdn: Imdn = { messageId: id, datetime: now, kind, status }
    const frame = { from: this.address, to: from, sentAt: now, id: randomIds.token(), bare }
    const { contentType, body } = writeReceipt({ imdn, ...frame })
    return this.#message(from, contentType, body)
  }
}

function read({ headers, body }: SipRequest): Heard {
  const payload = readPayload({
    contentType: headers.get('Content-Type') ?? 'text/plain', contentEncoding: headers.get('Content-Encoding'), body,
  })
  const parts = <Kind extends Payload['parts'][number]['kind']>(kind: Kind) =>
    payload.parts.filter((part): part is Extract<Payload['parts'][number], { kind: Kind }> => part.kind === kind)
  const [text] = parts('text')
  const [composing] = parts('composing')
  return {
    from: addressOfRecord(readNameAddress(headers.get('From')!).uri),
    id: payload.cpim?.messageId ?? headers.get('Call-ID')!,
    receipts: parts('imdn').map(({ imdn }) => imdn),
    bare: payload.cpim === undefined,
    ...(text && { text: text.text }),
    ...(composing && { composing: composing.composing.state }),
  }
}
