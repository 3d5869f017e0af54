import { Events } from '../base/events'
import type { Clock, Timer } from '../base/clock'
import { SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import { answerChallenge } from '../sip/digest'
import type { MsrpConnection } from './connection'
import type { MsrpResponse } from './message'
import { readPath } from './parser'
import { faultOf } from './status'
import { readMsrpUri } from './uri'

export interface RelayOptions {
  /** The relay as it is known, e.g. `msrps://relay.example.com:2855;tcp`. */
  uri: string
  username: string
  password: string
  /** How long our place there is to be good, s. @default the relay decides */
  expires?: number
  /** PEM of a private authority, trusted beside nothing else. */
  ca?: string | Uint8Array
}

interface Needs {
  clock: Clock
  ids: Ids
  /** Ours, in the From-Path. */
  from: string
}

export interface RelayEvents {
  /** Others reach us by another path now; sessions that were told the one before last as long as that is good. */
  moved: [path: string[]]
  /** The relay is gone, or no longer knows us. */
  closed: [fault: Fault | undefined]
}

/** Renewed when this much of the time is over. */
const renewal = 0.8
/** Questions and corrections before we give up. */
const maxTries = 6

/**
 * Our place at a relay (RFC 4976 5): one connection, over which others reach us by the path that the relay gave.
 *
 *     asking --401--> proving --200--> placed --time--> asking;   any --403, wrong, the connection's end--> closed
 */
export class Relay {
  readonly events = new Events<RelayEvents>()
  readonly connection: MsrpConnection
  readonly uri: string
  readonly #options: RelayOptions
  readonly #needs: Needs
  #path: string[] = []
  #timer: Timer | undefined
  #closed = false

  private constructor(connection: MsrpConnection, options: RelayOptions, needs: Needs) {
    this.connection = connection
    this.uri = options.uri
    this.#options = options
    this.#needs = needs
    connection.events.on('closed', (fault) => this.#end(fault ?? new Fault('connection-lost')))
  }

  /**
   * Takes a place over a connection to the relay.
   * @throws Fault `wrong-password`, `refused`, `no-answer`, `connection-lost`, `malformed`
   */
  static async join(connection: MsrpConnection, options: RelayOptions, needs: Needs): Promise<Relay> {
    const relay = new Relay(connection, options, needs)
    try {
      await relay.#authenticate()
    } catch (thrown) {
      relay.close()
      throw thrown
    }
    return relay
  }

  /** What stands before our own URI in `a=path`. */
  get path(): string[] {
    return this.#path
  }

  get closed(): boolean {
    return this.#closed
  }

  close(): void {
    this.connection.close()
    this.#end(undefined)
  }

  async #authenticate(): Promise<void> {
    let { expires } = this.#options
    let authorization: string | undefined
    for (let tries = 0; tries < maxTries; tries++) {
      const response = await this.#ask(authorization, expires)
      if (!response) throw new Fault(this.connection.closed ? 'connection-lost' : 'no-answer')
      if (response.status === 200) return this.#placed(response, expires)
      if (response.status === 401) authorization = this.#prove(response, authorization !== undefined)
      else if (response.status === 423) {
        // RFC 4976 6.1: the time that was asked for is too short, or too long. The nonce is used up: it is asked for anew.
        expires = seconds(response, 'Min-Expires') ?? seconds(response, 'Max-Expires') ?? refused(response)
        authorization = undefined
      } else refused(response)
    }
    throw new Fault('refused', { text: 'the relay asks without an end' })
  }

  #ask(authorization: string | undefined, expires: number | undefined): Promise<MsrpResponse | undefined> {
    return this.connection.ask({
      method: 'AUTH', toPath: [this.uri], fromPath: [this.#needs.from],
      fields: [
        ...(expires === undefined ? [] : [['Expires', String(expires)] as const]),
        ...(authorization === undefined ? [] : [['Authorization', authorization] as const]),
      ],
    })
  }

  #prove({ fields, status }: MsrpResponse, again: boolean): string {
    const challenges = fields.all('WWW-Authenticate')
    const answer = answerChallenge({
      challenges, username: this.#options.username, password: this.#options.password, method: 'AUTH', uri: this.uri,
      cnonce: this.#needs.ids.token(), nc: 1,
    })
    if (!answer) throw new Fault('refused', { text: 'the relay asks in a way that we do not know', detail: { status } })
    // RFC 7616 3.3: stale is right, but for another nonce.
    if (again && !answer.challenge.stale) throw new Fault('wrong-password', { detail: { status } })
    return answer.value
  }

  #placed(response: MsrpResponse, asked: number | undefined): void {
    const path = readPath(response.fields.get('Use-Path') ?? '')
    path.forEach(readMsrpUri)
    const isMoved = this.#path.length > 0 && path.join(' ') !== this.#path.join(' ')
    this.#path = path
    const good = seconds(response, 'Expires') ?? asked
    this.#timer?.cancel()
    // A relay that names no time keeps us as long as the connection.
    if (good !== undefined && !this.#closed) this.#timer = this.#needs.clock.after(Math.max(1, good * renewal) * SECOND, () => void this.#renew())
    if (isMoved) this.events.emit('moved', path)
  }

  async #renew(): Promise<void> {
    try {
      await this.#authenticate()
    } catch (thrown) {
      const fault = Fault.from(thrown)
      this.connection.close(fault)
      this.#end(fault)
    }
  }

  #end(fault: Fault | undefined): void {
    if (this.#closed) return
    this.#closed = true
    this.#timer?.cancel()
    this.events.emit('closed', fault)
  }
}

function seconds({ fields }: MsrpResponse, name: string): number | undefined {
  const value = fields.get(name)
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined
}

function refused({ status, reason }: MsrpResponse): never {
  throw faultOf(status, reason) ?? new Fault('malformed', { text: `an answer that is none: ${status}`, detail: { status } })
}
