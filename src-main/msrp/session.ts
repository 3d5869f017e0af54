import { Events } from '../base/events'
import type { Clock } from '../base/clock'
import { SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import type { MsrpConnection } from './connection'
import { fitsFingerprints } from './fingerprint'
import type { MsrpLimits } from './limits'
import type { ByteRange, MsrpRequest } from './message'
import { Outbox } from './outbox'
import type { Outgoing, OutgoingMessage } from './outgoing'
import { Receiver } from './receiver'
import type { Chunk, Incoming } from './receiver'
import type { MsrpMedia, Role } from './sdp'
import { endsSession, faultOf, reasonOf } from './status'
import { isSameUri } from './uri'
import { writeByteRange } from './write'

export interface SessionOptions {
  /** Over TLS: `msrps:`. @default false */
  secure?: boolean
  /** Largest message that is taken, bytes. @default 20 MB */
  maxSize?: number
  /** @default any */
  acceptTypes?: readonly string[]
  /** What may be inside those that wrap; only said in SDP. @default any */
  acceptWrappedTypes?: readonly string[]
  /** Largest chunk of ours while nothing else waits, bytes; Kamailio's relay takes no larger ones. @default 10_240 */
  chunk?: number
  /**
   * Keeps a whole message; the 200 of its last chunk and its REPORT leave only after that. A Fault refuses it (`too-large`, `bad-type`,
   * `malformed`, else 403, or `detail.status`). Never called again for a Message-ID that was kept.
   */
  receive(message: Incoming, session: Session): void | Promise<void>
}

/** What a session needs of its endpoint. */
export interface Home {
  readonly clock: Clock
  readonly ids: Ids
  readonly limits: MsrpLimits
  /** Our URI. */
  readonly uri: string
  /** Ours as others are to write it: relays first, the nearest to us last. */
  path(): string[]
  /** The way through our own relays, the nearest to us first. */
  way(): string[]
  /** What our SDP says of where and how. */
  media(setup: MsrpMedia['setup']): Omit<MsrpMedia, 'acceptTypes' | 'acceptWrappedTypes'>
  /** A connection to who the peer's SDP names, or to our relay; a new one or one that is there. */
  connect(peer: MsrpMedia): Promise<MsrpConnection>
  /** Our relay's, over which everything goes; nothing without one. */
  relayed(): MsrpConnection | undefined
  joined(session: Session, connection: MsrpConnection): void
  gone(session: Session, connection: MsrpConnection | undefined): void
}

export interface SessionEvents {
  open: []
  closed: [fault: Fault | undefined]
}

/**
 * An MSRP session (RFC 4975 5.4): one path to one other side, over one connection.
 *
 *     waiting --open(active)--> connecting --200 to the first SEND--> open
 *     waiting --a request for our URI comes (bound)--> open;   waiting, connecting --time--> closed
 *     any --close(), the connection's end, 481, 506, no answer--> closed (what is under way fails)
 */
export class Session {
  readonly events = new Events<SessionEvents>()
  readonly options: SessionOptions
  readonly #home: Home
  readonly #receiver: Receiver
  readonly #outbox: Outbox
  #at: 'waiting' | 'connecting' | 'open' | 'closed' = 'waiting'
  #peer: MsrpMedia | undefined
  /** Who the first request came from, while the other side's SDP is not here yet. */
  #from: string[] | undefined
  #connection: MsrpConnection | undefined
  #unlisten: (() => void) | undefined
  #fault: Fault | undefined
  /** Message-ID of the SEND that binds. */
  #bind = ''

  constructor(options: SessionOptions, home: Home) {
    this.options = options
    this.#home = home
    this.#receiver = new Receiver({
      clock: home.clock, limits: home.limits, maxSize: this.maxSize, acceptTypes: options.acceptTypes ?? ['*'],
      receive: (message) => options.receive(message, this),
      answer: (request, status) => this.#connection?.answer(request, status),
      report: (request, range, status) => this.#report(request, range, status),
      hold: (held) => this.#connection?.hold(held),
    })
    const to = (): string[] => this.#peer?.path ?? this.#from ?? []
    this.#outbox = new Outbox({
      clock: home.clock, ids: home.ids, limit: () => this.#peer?.maxSize,
      way: {
        get toPath() {
          return [...home.way(), ...to()]
        },
        fromPath: [home.uri], chunk: Math.max(1, options.chunk ?? 10_240), broken: (fault) => this.close(fault),
      },
    })
  }

  get at(): 'waiting' | 'connecting' | 'open' | 'closed' {
    return this.#at
  }

  get uri(): string {
    return this.#home.uri
  }

  get maxSize(): number {
    return this.options.maxSize ?? 20 * 1024 * 1024
  }

  /** What the other side's SDP said. */
  get peer(): MsrpMedia | undefined {
    return this.#peer
  }

  /** What `a=path` says of us. */
  get path(): string[] {
    return this.#home.path()
  }

  get connection(): MsrpConnection | undefined {
    return this.#connection
  }

  /** What to offer or to answer. @param setup what we can do @default `actpass` where we listen or have a relay, else `active` */
  media(setup?: MsrpMedia['setup']): MsrpMedia {
    const { acceptTypes = ['*'], acceptWrappedTypes = ['*'] } = this.options
    return { ...this.#home.media(setup), acceptTypes: [...acceptTypes], acceptWrappedTypes: [...acceptWrappedTypes], maxSize: this.maxSize }
  }

  /**
   * Goes to work with what the other side's SDP says: active connects and binds, passive waits to be bound.
   * @throws Fault `cannot-connect`, `bad-certificate`, `no-answer`, `refused`, `connection-lost`, `closed`
   */
  async open(peer: MsrpMedia, role: Role, { timeout = 30 * SECOND }: { timeout?: number } = {}): Promise<void> {
    if (this.#at === 'closed') throw this.#fault ?? new Fault('closed')
    this.#peer = peer
    if (this.#at === 'open') return this.#check()
    const opened = this.#opened(timeout)
    // It may end while the connection is still being made, before anybody looks at it.
    opened.catch(() => {})
    try {
      const relay = this.#home.relayed()
      // RFC 4976 5: who has a relay is connected already.
      if (role === 'active' || relay) {
        this.#at = 'connecting'
        this.#attach(relay ?? await this.#home.connect(peer))
        if (role === 'active') await this.#bindIt()
        else this.#nowOpen()
      }
    } catch (thrown) {
      this.close(Fault.from(thrown, 'cannot-connect'))
    }
    return opened
  }

  /** Sends a message once the session is open; several go side by side. */
  send(message: OutgoingMessage): Outgoing {
    return this.#outbox.send(message, this.#at === 'closed' ? this.#fault ?? new Fault('closed') : undefined)
  }

  /** Ends it; what is under way fails with `fault`. @default `closed` */
  close(fault?: Fault): void {
    if (this.#at === 'closed') return
    this.#at = 'closed'
    this.#fault = fault
    this.#unlisten?.()
    this.#receiver.close()
    this.#outbox.close(fault ?? new Fault('closed'))
    this.#home.gone(this, this.#connection)
    this.events.emit('closed', fault)
  }

  /** A request for our URI came. @returns who takes its body, or the status that refuses it */
  take(request: MsrpRequest, connection: MsrpConnection): Chunk | number {
    // RFC 4975 7.3: one session, one connection.
    if (this.#connection && this.#connection !== connection) return 506
    const isPeer = !this.#peer || isSameUri(request.fromPath.at(-1)!, this.#peer.path.at(-1)!)
    if (!isPeer) return 403
    if (!this.#connection) {
      // RFC 8122 6.2: who has no such certificate is somebody else.
      if (this.#peer && !this.#isProved(connection)) return 403
      this.#from = request.fromPath
      this.#attach(connection)
    }
    if (this.#at === 'waiting') this.#nowOpen()
    if (request.method === 'SEND') return this.#receiver.begin(request)
    if (request.method !== 'REPORT') return 501
    this.#reported(request)
    return { data() {}, end() {} }
  }

  #opened(timeout: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#home.clock.after(timeout, () => this.close(new Fault('no-answer')))
      const stop = [
        this.events.on('open', () => end(resolve)),
        this.events.on('closed', (fault) => end(() => reject(fault ?? new Fault('closed')))),
      ]
      const end = (then: () => void): void => {
        timer.cancel()
        for (const each of stop) each()
        then()
      }
    })
  }

  #attach(connection: MsrpConnection): void {
    if (this.#at === 'closed') {
      this.#home.gone(this, connection)
      throw this.#fault ?? new Fault('closed')
    }
    if (connection.closed) throw new Fault('connection-lost')
    this.#connection = connection
    this.#home.joined(this, connection)
    this.#unlisten = connection.events.on('closed', (fault) => this.close(fault ?? new Fault('connection-lost')))
    this.#check()
  }

  #check(): void {
    if (!this.#connection || !this.#peer) return
    const isPeer = !this.#from || isSameUri(this.#from.at(-1)!, this.#peer.path.at(-1)!)
    const fault = !isPeer ? new Fault('refused', { text: 'somebody else was first' })
      : !this.#isProved(this.#connection) ? new Fault('bad-certificate', { text: 'the certificate is not the one of the SDP' }) : undefined
    if (!fault) return
    this.close(fault)
    throw fault
  }

  /** RFC 4975 14.4: by the fingerprint in SDP, or by an authority that we trust. */
  #isProved(connection: MsrpConnection): boolean {
    // Behind a relay it is the relay that proves itself, when its connection is made.
    if (this.#home.relayed() || (this.#peer && this.#peer.path.length > 1 && connection.wire.trusted)) return true
    if (!connection.wire.secure) return !this.options.secure
    const { fingerprints = [] } = this.#peer ?? {}
    return fingerprints.length > 0 ? fitsFingerprints(connection.wire.certificate, fingerprints) : connection.wire.trusted
  }

  /** RFC 4975 5.4: who connects sends first, so that the other side knows whose connection it is. */
  async #bindIt(): Promise<void> {
    const connection = this.#connection!
    this.#bind = this.#home.ids.token()
    const response = await connection.ask({
      method: 'SEND', toPath: [...this.#home.way(), ...this.#peer!.path], fromPath: [this.uri],
      fields: [['Message-ID', this.#bind], ['Byte-Range', '1-0/0']],
    })
    if (this.#at !== 'connecting') return
    if (!response) throw new Fault(connection.closed ? 'connection-lost' : 'no-answer')
    const fault = faultOf(response.status, response.reason)
    if (fault) throw fault
    this.#nowOpen()
  }

  #nowOpen(): void {
    this.#at = 'open'
    this.events.emit('open')
    if (this.#at === 'open') this.#outbox.open(this.#connection!)
  }

  #reported(request: MsrpRequest): void {
    const reported = this.#outbox.report(request)
    const fault = reported && faultOf(reported.status)
    if (fault && (reported.id === this.#bind || endsSession(reported.status))) this.close(fault)
  }

  #report(request: MsrpRequest, range: ByteRange, status: number): void {
    this.#connection?.report({
      toPath: request.fromPath, fromPath: [this.uri],
      fields: [
        ['Message-ID', request.fields.get('Message-ID')!], ['Byte-Range', writeByteRange(range)],
        ['Status', `000 ${status} ${reasonOf(status)}`],
      ],
    })
  }
}
