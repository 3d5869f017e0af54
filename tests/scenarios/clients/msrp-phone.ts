import { systemClock } from '../../../src-main/base/clock'
import { randomIds } from '../../../src-main/base/ids'
import { silentLog } from '../../../src-main/base/log'
import type { Identity } from '../../../src-main/msrp/dial'
import { MsrpEndpoint } from '../../../src-main/msrp/endpoint'
import type { Outcome } from '../../../src-main/msrp/outgoing'
import type { Relay, RelayOptions } from '../../../src-main/msrp/relay'
import { readMsrpSdp, writeMsrpSdp } from '../../../src-main/msrp/sdp'
import type { Session as MsrpSession } from '../../../src-main/msrp/session'
import { connectRelay, readRelayUri } from '../../../src-main/network/resolve'
import { Session } from '../../../src-main/network/session'
import { writeContactFeatures } from '../../../src-main/rcs/capabilities'
import { readCpim } from '../../../src-main/rcs/cpim'
import { writeMultipart } from '../../../src-main/rcs/multipart'
import type { HeaderList, Incoming } from '../../../src-main/sip/incoming'
import type { InviteSession, SessionEnd, SessionUser } from '../../../src-main/sip/invite-session'
import type { SipRequest, SipResponse } from '../../../src-main/sip/message'
import { listOf } from '../play/group'
import { cpimOf } from '../play/phone'
import { addressOf, domain, passwordOf, until, type Addressed } from './cast'

const parts = { clock: systemClock, ids: randomIds, random: Math.random, log: silentLog }
const sdpType = ['Content-Type', 'application/sdp'] as const

/** What a telephone was told, and by which way. */
export interface Told {
  by: 'session' | 'message'
  from: string
  id: string | undefined
  type: string
  text: string
}

/** An RCS telephone: it talks to its groups in sessions over MSRP (RCC.07 3.2.4), and takes what comes by MESSAGE besides. */
export class MsrpPhone {
  readonly address: string
  readonly told: Told[] = []
  readonly ends: SessionEnd[] = []
  /** INVITEs of a focus. */
  readonly calls: SipRequest[] = []
  /** Asked before what came in the session is kept. */
  keeps: (told: Told) => void | Promise<void> = () => {}
  /** Takes a call with its media. */
  readonly takesCalls = (incoming: Incoming): void => void this.#accepts(incoming)
  /** It keeps its end of the MSRP session when the other one has ended. */
  clings = false
  /** How it answers an INVITE of a focus. */
  picksUp = this.takesCalls
  sip: Session
  msrp: MsrpSession | undefined
  session: InviteSession | undefined
  relay: Relay | undefined
  readonly endpoint: MsrpEndpoint
  readonly #secure: boolean

  /** @param identity what it shows where the focus wants TLS */
  constructor(office: { readonly uri: string }, readonly name: string, { identity, features = ['pager', 'session', 'group'] }: {
    identity?: Identity | undefined; features?: Parameters<typeof writeContactFeatures>[0]
  } = {}) {
    this.address = addressOf(name)
    this.#secure = identity !== undefined
    this.endpoint = new MsrpEndpoint({ ...parts, ...(identity && { identity }) })
    this.sip = new Session({
      ...parts, account: this.address, password: passwordOf(name), instance: `urn:uuid:${randomIds.uuid()}`, userAgent: 'telephone', addresses: () => [],
      features: writeContactFeatures(features), connect: () => connectRelay(readRelayUri(office.uri), parts),
    })
    this.sip.events.on('request', (incoming) => this.#asked(incoming))
  }

  async comes(): Promise<this> {
    this.sip.start()
    await until(`${this.name} to be online`, () => this.sip.link.at === 'online')
    return this
  }

  async leaves(): Promise<void> {
    await this.endpoint.close()
    await this.sip.stop()
  }

  /** Takes a place at a relay of its operator: its sessions go through that. */
  async behind(options: RelayOptions): Promise<void> {
    this.relay = await this.endpoint.relay(options)
  }

  /** Makes a group of these people, and is in its session. */
  async makes(subject: string, ...members: Addressed[]): Promise<Addressed> {
    const response = await this.opens(`sip:conference-factory@${domain}`, [['Require', 'recipient-list-invite'], ['Subject', subject]], listOf(members.map(({ address }) => address)))
    const address = /<(sip:conf-[^>]+)>;isfocus/.exec(response.headers.get('Contact') ?? '')?.[1]
    if (response.status !== 200 || address === undefined) throw new Error(`no group was made: ${response.status} ${response.headers.get('Warning')}`)
    return { address }
  }

  /** Joins or rejoins, and waits until the session is open. */
  async joins({ address }: Addressed): Promise<void> {
    const { status, headers } = await this.opens(address)
    if (status !== 200) throw new Error(`not joined: ${status} ${headers.get('Warning')}`)
  }

  /** Invites with an offer, and a list of members beside it where there is one; resolves with the answer, when the session is open. */
  async opens(uri: string, more: HeaderList = [], list?: string, connect = true): Promise<SipResponse> {
    const msrp = this.#media()
    const sdp = { headers: [{ name: sdpType[0], value: sdpType[1] }], body: this.#write(msrp) }
    const mixed = list === undefined ? undefined : writeMultipart([sdp, {
      headers: [{ name: 'Content-Type', value: 'application/resource-lists+xml' }, { name: 'Content-Disposition', value: 'recipient-list' }], body: Buffer.from(list),
    }])
    const headers = [...more, mixed ? ['Content-Type', `multipart/mixed;boundary=${mixed.boundary}`] as const : sdpType]
    const answer = await this.sip.open({ uri, to: uri, headers: headers.map(([name, value]) => [name, value] as const), body: mixed?.body ?? sdp.body }, this.#user(msrp))
    if (answer.kind === 'refused') return answer.response
    this.session = answer.session
    this.msrp = msrp
    if (connect) await msrp.open(readMsrpSdp(answer.response.body)!, 'active')
    return answer.response
  }

  /** What it offers now. */
  get offer(): Uint8Array {
    return this.#write(this.msrp!)
  }

  /** Says something in its session; resolves when it is reported, or was refused. */
  says(text: string, { address }: Addressed, { id = randomIds.token(), type = 'text/plain', from = this.address }: { id?: string; type?: string; from?: string } = {}): Promise<Outcome> {
    const dispositions = type === 'text/plain' ? undefined : ''
    return this.msrp!.send({ contentType: 'message/cpim', body: Buffer.from(cpimOf(from, address, id, type, text, dispositions)), successReport: true }).reported
  }

  /** What it was told of some kind, in order. */
  texts(type = 'text/plain'): string[] {
    return this.told.filter((told) => told.type.startsWith(type)).map(({ text }) => text)
  }

  hears(text: string): Promise<Told> {
    return until(`${this.name} to hear ${text.slice(0, 50)}`, () => this.told.find((told) => told.text === text))
  }

  /** Its session ends, and nothing is said of the membership. */
  async hangsUp(headers: HeaderList = []): Promise<void> {
    await this.session!.bye(headers)
  }

  #media(): MsrpSession {
    return this.endpoint.session({
      ...(this.relay ? { relay: this.relay } : { secure: this.#secure }), acceptTypes: ['message/cpim'],
      receive: async ({ body }) => {
        const told = toldOf('session', body)
        await this.keeps(told)
        this.told.push(told)
      },
    })
  }

  #write(msrp: MsrpSession): Uint8Array {
    return Buffer.from(writeMsrpSdp(msrp.media('active'), { sessionId: 1 }))
  }

  #user(msrp: MsrpSession): SessionUser {
    return {
      request: (incoming) => incoming.reply(200),
      ended: (end) => {
        this.ends.push(end)
        if (!this.clings) msrp.close()
      },
    }
  }

  #asked(incoming: Incoming): void {
    const { request } = incoming
    if (request.method === 'INVITE') {
      this.calls.push(request)
      return this.picksUp(incoming)
    }
    if (request.method === 'MESSAGE' && request.headers.get('Content-Type') === 'message/cpim') this.told.push(toldOf('message', request.body))
    incoming.reply(request.method === 'MESSAGE' || request.method === 'NOTIFY' ? 200 : 405)
  }

  async #accepts(incoming: Incoming): Promise<void> {
    const text = Buffer.from(incoming.request.body).toString()
    const offer = readMsrpSdp(text.slice(text.indexOf('v=0'), text.indexOf('--', text.indexOf('v=0'))))!
    const msrp = (this.msrp = this.#media())
    this.session = this.sip.accept(incoming, { headers: [sdpType], body: this.#write(msrp) }, this.#user(msrp))
    await msrp.open(offer, 'active')
  }
}

function toldOf(by: Told['by'], bytes: Uint8Array): Told {
  const { from, messageId, contentType, body } = readCpim(bytes)
  return { by, from, id: messageId, type: contentType, text: Buffer.from(body).toString() }
}
