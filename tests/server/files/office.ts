import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { systemClock, type Clock } from '../../../src-main/base/clock'
import { randomIds } from '../../../src-main/base/ids'
import { silentLog } from '../../../src-main/base/log'
import type { DatabaseVerbs } from '../../../src-main/database-verbs'
import type { Ledger } from '../../../src-main/relay/ledger/ledger'
import { startRelayServer, type RelayServer } from '../../../src-main/relay-server'
import { defaultFileRules, type FileRules } from '../../../src-main/server/files/rules'
import { ha1sOf } from '../../../src-main/server/passwords'
import { answerChallenge } from '../../../src-main/sip/digest'
import { openInlineDatabase, temporaryFolder } from '../../fakes/database'

export const domain = 'office.test'

export interface Reply {
  status: number
  headers: Map<string, string[]>
  body: Buffer
  text: string
}

/** What a server wrote, read as far as it came. */
export function readReply(bytes: Buffer, method = 'GET'): Reply | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  if (first.startsWith('HTTP/1.1 100')) return readReply(bytes.subarray(end + 4), method)
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    headers.set(name, [...headers.get(name) ?? [], line.slice(colon + 1).trim()])
  }
  const status = Number(first.split(' ')[1])
  const length = method === 'HEAD' || status === 304 || status === 204 ? 0 : Number(headers.get('content-length')?.[0] ?? 0)
  const body = bytes.subarray(end + 4, end + 4 + length)
  return body.length < length ? undefined : { status, headers, body, text: body.toString() }
}

export interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: Buffer
  /** Only so much of the body is sent, then the connection is closed. */
  cut?: number
  /** Bytes of files that the server has to have taken before that: what is still on its way when a connection closes may be lost. */
  taken?: number
}

/** A relay with a content server over real sockets and a real file. */
export class Office {
  relay!: RelayServer
  ledger!: Ledger<DatabaseVerbs>

  constructor(readonly rules: Partial<FileRules> = {}, readonly clock: Clock = systemClock, readonly folder = temporaryFolder()) {}

  async opens(): Promise<this> {
    const { clock } = this
    this.ledger = await openInlineDatabase(join(this.folder, 'relay.sqlite'))
    this.relay = await startRelayServer({
      domain, ledger: this.ledger, clock, ids: randomIds, log: silentLog,
      files: { at: { host: '127.0.0.1', ports: [0] }, folder: join(this.folder, 'files'), rules: { ...defaultFileRules, reserve: 0, ...this.rules } },
    })
    for (const user of ['mei', 'lan']) {
      const address = `sip:${user}@${domain}`
      await this.ledger.commit('accounts.add', { address, ...ha1sOf(address, `${user} secret`), createdAt: clock.now() })
    }
    await this.relay.accounts.look()
    return this
  }

  get files() {
    return this.relay.files!
  }

  async closes(): Promise<void> {
    await this.relay.stop(0)
    await this.ledger.close()
  }

  /** The same folder, opened by another process of the relay. */
  async restarts(): Promise<void> {
    await this.closes()
    await this.opens()
  }

  connect(): Promise<Socket> {
    const socket = connect(this.files.port, '127.0.0.1')
    socket.on('error', () => undefined)
    return once(socket, 'connect').then(() => socket)
  }

  /** A request on a connection of its own; nothing where the connection ended without an answer. */
  async ask(target: string, { method = 'GET', headers = {}, body, cut, taken = 0 }: Asked = {}): Promise<Reply | undefined> {
    const socket = await this.connect()
    const lines = Object.entries({ Host: 'office', ...(body && { 'Content-Length': String(body.length) }), ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`)
    if (body) socket.write(cut === undefined ? body : body.subarray(0, cut))
    if (cut !== undefined) {
      await until('it to have come', () => this.files.counts().received >= taken)
      socket.end()
    }
    let came = Buffer.alloc(0)
    try {
      for await (const bytes of socket) {
        came = Buffer.concat([came, bytes as Buffer])
        const reply = readReply(came, method)
        if (reply) return reply
      }
    } catch { /* the answer is what came */ }
    finally {
      socket.destroy()
    }
    return readReply(came, method)
  }

  /** As `ask`, with the digest that the server asks for. */
  async askAs(user: string, target: string, asked: Asked = {}, password = `${user} secret`): Promise<Reply | undefined> {
    const { method = 'GET' } = asked
    const first = await this.ask(target, { method })
    const challenges = first!.headers.get('www-authenticate') ?? []
    const { value } = answerChallenge({ challenges, username: user, password, method, uri: target, cnonce: 'c', nc: 1 })!
    return this.ask(target, { ...asked, headers: { Authorization: value, ...asked.headers } })
  }

  /** Sends a form. */
  upload(user: string, parts: FormParts, more: Asked = {}): Promise<Reply | undefined> {
    const { body, type } = formOf(parts)
    return this.askAs(user, '/ft', { method: 'POST', body, ...more, headers: { 'Content-Type': type, ...more.headers } })
  }
}

export interface FormParts {
  tid?: string
  thumbnail?: Buffer
  file: Buffer
  name?: string
  type?: string
}

export function formOf({ tid, thumbnail, file, name = 'a.bin', type = 'application/octet-stream' }: FormParts): { body: Buffer; type: string; fileAt: number } {
  const head = (disposition: string, contentType: string) => `--b0undary\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: ${contentType}\r\n\r\n`
  const before = Buffer.concat([
    Buffer.from(tid === undefined ? '' : `${head('name="tid"', 'text/plain')}${tid}\r\n`),
    ...(thumbnail ? [Buffer.from(head('name="Thumbnail"; filename="t.jpg"', 'image/jpeg')), thumbnail, Buffer.from('\r\n')] : []),
    Buffer.from(head(`name="File"; filename="${name}"`, type)),
  ])
  return { body: Buffer.concat([before, file, Buffer.from('\r\n--b0undary--\r\n')]), type: 'multipart/form-data; boundary=b0undary', fileAt: before.length }
}

/** The part of a URL that a request names. */
export const targetOf = (url: string): string => {
  const { pathname, search } = new URL(url)
  return pathname + search
}

/** Waits for a condition, never for a time. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 15_000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
