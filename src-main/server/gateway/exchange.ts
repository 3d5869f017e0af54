import { Fault } from '../../base/faults'
import type { FaultCode } from '../../contract/faults'
import { Exchange } from '../files/exchange'
import { LARGEST, readObject } from './json'

/** What a request is answered that cannot be served, by fault; a dialect has its own words beside it. Retry-After in seconds. */
const statuses: Partial<Record<FaultCode, { status: number; retryAfter?: number }>> = {
  malformed: { status: 400 }, 'bad-argument': { status: 400 }, 'file-empty': { status: 400 },
  'wrong-password': { status: 401 }, 'not-yourself': { status: 403 }, refused: { status: 403 },
  'unknown-recipient': { status: 404 }, expired: { status: 401 }, 'file-gone': { status: 404 }, 'no-content-server': { status: 404 }, 'not-allowed': { status: 405 },
  'not-acceptable': { status: 409 }, 'too-large': { status: 413 }, 'file-too-large': { status: 413 }, 'bad-type': { status: 415 },
  busy: { status: 429, retryAfter: 1 }, 'quota-reached': { status: 429 },
  'mailbox-full': { status: 503, retryAfter: 300 }, closed: { status: 503, retryAfter: 5 }, 'disk-full': { status: 503, retryAfter: 60 },
  'no-answer': { status: 502 }, 'cannot-connect': { status: 502 }, 'connection-lost': { status: 400 },
}

export interface Refusal {
  fault: Fault
  status: number
  /** Without what only we should know. */
  words: string
  headers: Record<string, string>
}

export function refusalOf(thrown: unknown): Refusal {
  const fault = Fault.from(thrown)
  const known = statuses[fault.code] ?? { status: 500 }
  const { retryAfter = known.retryAfter, allow } = fault.detail
  return {
    fault, status: known.status, words: known.status === 500 ? 'an error of this server' : fault.message,
    headers: {
      ...(known.status === 401 && { 'WWW-Authenticate': 'Bearer' }), ...(typeof allow === 'string' && { Allow: allow }),
      ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
    },
  }
}

/** One request of a bot's, with what every dialect reads and writes. */
export class BotExchange extends Exchange {
  /** The path's segments, decoded. @throws Fault `malformed` */
  get segments(): string[] {
    try {
      return this.path.split('/').slice(1).map(decodeURIComponent)
    } catch (cause) {
      throw new Fault('malformed', { text: 'a path that cannot be read', cause })
    }
  }

  /** @throws Fault `wrong-password` without one */
  get bearer(): string {
    const token = /^Bearer +(\S{1,500})$/i.exec(this.header('authorization') ?? '')?.[1]
    if (token === undefined) throw new Fault('wrong-password', { text: 'Authorization: Bearer TOKEN is needed' })
    return token
  }

  /** All of the body, as far as a request may have one. @throws Fault `too-large` */
  async bytes(): Promise<Buffer> {
    const tooLarge = new Fault('too-large', { text: `a body may have ${LARGEST} bytes`, detail: { limit: LARGEST } })
    if ((this.length ?? 0) > LARGEST) throw tooLarge
    const pieces: Buffer[] = []
    let size = 0
    for await (const piece of this.body()) {
      if ((size += piece.length) > LARGEST) throw tooLarge
      pieces.push(piece)
    }
    return Buffer.concat(pieces)
  }

  /** @throws Fault `malformed`, `too-large` */
  async object(): Promise<Record<string, unknown>> {
    return readObject(await this.bytes())
  }

  json(status: number, value: object, headers: Record<string, string> = {}): void {
    this.say({ status, type: 'application/json; charset=utf-8', text: JSON.stringify(value), headers })
  }
}
