import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { systemClock } from '../../../src-main/base/clock'
import { randomIds } from '../../../src-main/base/ids'
import { silentLog } from '../../../src-main/base/log'
import type { DatabaseVerbs } from '../../../src-main/database-verbs'
import { readCommand } from '../../../src-main/headless/flags'
import { listenHealth, type HealthListener } from '../../../src-main/headless/health'
import { manage, type UserCommand } from '../../../src-main/headless/users'
import type { Ledger } from '../../../src-main/relay/ledger/ledger'
import { startRelayServer, type GatewayOffer, type RelayServer } from '../../../src-main/relay-server'
import { defaultFileRules } from '../../../src-main/server/files/rules'
import { defaultRules } from '../../../src-main/server/rules'
import type { Listener } from '../../../src-main/sip/flow'
import { listenTcp } from '../../../src-main/sip/tcp'
import { openInlineDatabase, temporaryFolder } from '../../fakes/database'
import { Phone, until, type Person } from './phone'

export const domain = 'office.test'

export interface Asked {
  method: string
  url: string
  headers: Record<string, string | undefined>
  body: string
}

/** A chatbot as its owner would write it: a web server, and requests to the gateway. */
export class Bot {
  readonly heard: Asked[] = []
  /** How it answers; nothing for no answer. */
  answer: (asked: Asked) => { status: number; headers?: Record<string, string> } | undefined = () => ({ status: 200 })
  port = 0
  #server: Server | undefined

  constructor(public token = '', public secret = '', public base = '') {}

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`
  }

  async comes(): Promise<this> {
    const server = this.#server = createServer((request, response) => {
      const pieces: Buffer[] = []
      request.on('data', (bytes: Buffer) => pieces.push(bytes)).on('end', () => {
        const asked = { method: request.method!, url: request.url!, headers: request.headers as Asked['headers'], body: Buffer.concat(pieces).toString() }
        const answer = this.answer(asked)
        if (!answer) return
        if (answer.status < 300) this.heard.push(asked)
        response.writeHead(answer.status, answer.headers).end('{}')
      })
    })
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    this.port = (server.address() as AddressInfo).port
    return this
  }

  async dies(): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = undefined
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  /** Everything of one kind that it was told. */
  told(event: string): Record<string, any>[] { // eslint-disable-line @typescript-eslint/no-explicit-any
    return this.heard.map(({ body }) => JSON.parse(body) as Record<string, unknown>).filter((each) => each['event'] === event)
  }

  get texts(): string[] {
    return this.told('message').map(({ RCSMessage }) => (RCSMessage as { textMessage: string }).textMessage)
  }

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ status: number; json: any; headers: Headers }> { // eslint-disable-line @typescript-eslint/no-explicit-any
    const isText = typeof body === 'string' || body instanceof FormData || body === undefined
    const response = await fetch(this.base + path, {
      method, headers: { Authorization: `Bearer ${this.token}`, ...(!isText && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: isText ? body as string : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) as unknown : text, headers: response.headers }
  }

  says(to: string, message: Record<string, unknown>): Promise<{ status: number; json: any; headers: Headers }> { // eslint-disable-line @typescript-eslint/no-explicit-any
    return this.ask('POST', '/messages', { RCSMessage: message, messageContact: { userContact: to } })
  }
}

/** A relay with people, bots and files, over real sockets and a real file. */
export class BotOffice {
  readonly folder = temporaryFolder()
  relay!: RelayServer
  ledger!: Ledger<DatabaseVerbs>
  http!: HealthListener
  #sip!: Listener
  readonly #bots: Bot[] = []
  readonly #phones: Phone[] = []

  constructor(readonly rules: Partial<typeof defaultRules> = {}, readonly gateway: GatewayOffer = {}) {}

  async opens(): Promise<this> {
    this.ledger = await openInlineDatabase(join(this.folder, 'relay.sqlite'))
    const given = { clock: systemClock, log: silentLog }
    this.relay = await startRelayServer({
      domain, ledger: this.ledger, ...given, ids: randomIds, rules: { ...defaultRules, ...this.rules }, gateway: this.gateway,
      files: { at: { host: '127.0.0.1', ports: [0] }, folder: join(this.folder, 'files'), rules: { ...defaultFileRules, reserve: 0 } },
    })
    this.#sip = await listenTcp({ host: '127.0.0.1', port: 0, ...given }, (flow) => this.relay.accept(flow))
    this.http = await listenHealth({ host: '127.0.0.1', port: 0 }, {
      health: () => Promise.resolve({ ok: true, body: {} }), metrics: () => Promise.resolve({ contentType: 'text/plain', text: '' }),
    }, silentLog, this.relay.gateway)
    return this
  }

  async closes(): Promise<void> {
    for (const phone of this.#phones.splice(0)) if (phone.isOpen) await phone.leaves()
    this.http.close()
    await this.#sip.close()
    await this.relay.stop(0)
    await this.ledger.close()
    for (const bot of this.#bots.splice(0)) await bot.dies()
  }

  get uri(): string {
    return `sip:127.0.0.1:${/:(\d+)/.exec(this.#sip.uri.replace(/^\w+:/, ''))![1]!};transport=tcp`
  }

  /** A command line, by another connection to the same file. */
  command(line: string, password = ''): Promise<string[]> {
    return manage(readCommand([...line.split(' '), '--data', this.folder]) as UserCommand, { now: () => Date.now(), readLine: () => Promise.resolve(password) })
  }

  async phone(user: string, more: Partial<Person> = {}): Promise<Phone> {
    await this.command(`user add ${user}@${domain}`, `${user} secret`)
    const phone = new Phone({ user, domain, password: `${user} secret`, port: Number(/:(\d+)/.exec(this.#sip.uri.replace(/^\w+:/, ''))![1]), instance: `urn:uuid:${user}`, ...more })
    this.#phones.push(phone)
    return phone.comes()
  }

  /** A bot that is there, with its webhook on this computer. */
  async bot(user: string, flags = '', webhook = true): Promise<Bot> {
    const bot = await new Bot().comes()
    this.#bots.push(bot)
    const lines = await this.command(`bot add ${user}@${domain}${webhook ? ` --webhook ${bot.url} --private` : ''}${flags && ` ${flags}`}`)
    const said = (name: string): string => lines.find((line) => line.startsWith(name))!.split('\t')[1]!
    bot.token = said('token')
    bot.secret = said('secret')
    bot.base = `${this.http.uri}/rcs/bot/v1/${encodeURIComponent(`sip:${user}@${domain}`)}`
    // Whatever it speaks, its token is known when it is not refused for being unknown.
    await until(`${user} to be known`, async () => (await fetch(`${bot.base}/menu`, { headers: { Authorization: `Bearer ${bot.token}` } })).status !== 401)
    return bot
  }
}
