import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import type { Log } from '../base/log'
import type { MsrpConnection, ConnectionOptions } from './connection'
import { dial } from './dial'
import type { Identity } from './dial'
import { fingerprintOfPem } from './fingerprint'
import type { Fingerprint } from './fingerprint'
import { defaultLimits } from './limits'
import type { MsrpLimits } from './limits'
import { listenMsrp } from './listener'
import type { MsrpListener } from './listener'
import type { MsrpRequest } from './message'
import type { Chunk } from './receiver'
import { Relay } from './relay'
import type { RelayOptions } from './relay'
import type { MsrpMedia } from './sdp'
import { Session } from './session'
import type { Home, SessionOptions } from './session'
import { defaultPort, readMsrpUri, uriHost, uriKey, writeMsrpUri } from './uri'

export interface MsrpEndpointOptions {
  clock: Clock
  ids: Ids
  log: Log
  /** The host that URIs of ours name where nothing is listened on and no relay helps. @default 127.0.0.1 */
  host?: string
  /** A certificate of ours: shown in both directions, its fingerprint told in SDP. Without one there is no listening for TLS. */
  identity?: Identity
  /** PEM of a private authority for those whom no fingerprint proves. */
  ca?: string | Uint8Array
  limits?: Partial<MsrpLimits>
}

/** RFC 4145 4.1: the port of who only connects. */
const discard = 9

/**
 * The MSRP of one process: listeners, connections and the sessions over them. A connection is shared by all sessions to the same
 * host and port (RFC 4975 5.4) and ends with the last of them.
 */
export class MsrpEndpoint {
  readonly #options: MsrpEndpointOptions
  readonly #limits: MsrpLimits
  readonly #fingerprint: Fingerprint | undefined
  readonly #listeners: MsrpListener[] = []
  readonly #sessions = new Map<string, Session>()
  readonly #dialled = new Map<string, Promise<MsrpConnection>>()
  readonly #users = new Map<MsrpConnection, Set<Session | Relay>>()
  #closed = false

  /** @throws Fault `bad-certificate` */
  constructor(options: MsrpEndpointOptions) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#fingerprint = options.identity && fingerprintOfPem(options.identity.cert)
  }

  /** Who connects and binds no session in time (`answerTimeout`) is shown out. @throws Fault `port-taken`, `cannot-connect`, `bad-certificate` */
  async listen({ host, port, secure = false, advertise }: { host: string; port: number; secure?: boolean; advertise?: string }): Promise<MsrpListener> {
    const { identity } = this.#options
    if (secure && !identity) throw new Fault('bad-certificate', { text: 'there is no certificate to listen with' })
    const listener = await listenMsrp({ ...this.#connectionOptions(), host, port, advertise, identity: secure ? identity : undefined }, (connection) => {
      this.#adopt(connection)
      this.#options.clock.after(this.#limits.answerTimeout, () => {
        if (this.#users.get(connection)?.size === 0) connection.close()
      })
    })
    this.#listeners.push(listener)
    return listener
  }

  /** Whether others can connect to us. */
  canListen(secure = false): boolean {
    return this.#listeners.some((listener) => listener.secure === secure)
  }

  /** A session that waits for what the other side's SDP says. */
  session({ relay, ...options }: SessionOptions & { relay?: Relay }): Session {
    if (this.#closed) throw new Fault('closed')
    const secure = relay ? readMsrpUri(relay.path[0]!).secure : options.secure ?? false
    const { uri, home } = this.#home(secure, relay)
    const session = new Session({ ...options, secure }, home)
    this.#sessions.set(uriKey(uri), session)
    // What ends with its relay would else be noticed only when it sends.
    if (relay?.closed) session.close(new Fault('connection-lost'))
    return session
  }

  /**
   * Takes a place at a relay: sessions that are given it go through it.
   * @throws Fault `cannot-connect`, `bad-certificate`, `wrong-password`, `refused`, `no-answer`
   */
  async relay(options: RelayOptions): Promise<Relay> {
    const { host, port = defaultPort, secure } = readMsrpUri(options.uri)
    const connection = await this.#dial(host, port, secure, options.ca)
    if (secure && !connection.wire.trusted) {
      connection.close()
      throw new Fault('bad-certificate', { text: 'the relay\'s certificate is signed by nobody we trust' })
    }
    const users = this.#adopt(connection)
    const { clock, ids } = this.#options
    const relay = await Relay.join(connection, options, { clock, ids, from: this.#uri(secure) })
    users.add(relay)
    return relay
  }

  /** Ends all of it; what waits still goes out. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()))
    for (const session of [...this.#sessions.values()]) session.close()
    for (const connection of [...this.#users.keys()]) connection.close()
  }

  #connectionOptions(): ConnectionOptions {
    const { clock, ids, log } = this.#options
    return { clock, ids, log, limits: this.#limits, take: (request, connection) => this.#take(request, connection) }
  }

  #take(request: MsrpRequest, connection: MsrpConnection): Chunk | number {
    let session: Session | undefined
    try {
      session = this.#sessions.get(uriKey(request.toPath[0]!))
    } catch {
      // What is no URI is no session's.
    }
    // RFC 4975 7.3
    return session ? session.take(request, connection) : 481
  }

  #dial(host: string, port: number, secure: boolean, ca = this.#options.ca): Promise<MsrpConnection> {
    return dial({ ...this.#connectionOptions(), host, port, secure, ca, identity: this.#options.identity })
  }

  #adopt(connection: MsrpConnection): Set<Session | Relay> {
    const users = new Set<Session | Relay>()
    this.#users.set(connection, users)
    connection.events.on('closed', () => this.#users.delete(connection))
    return users
  }

  async #connect(peer: MsrpMedia): Promise<MsrpConnection> {
    const first = readMsrpUri(peer.path[0]!)
    // RFC 6714 4.2: with CEMA, c= and m= say where to; without, the path alone.
    const { host, port } = peer.cema ? peer : { host: first.host, port: first.port ?? defaultPort }
    const key = `${first.secure ? 'tls' : 'tcp'} ${host} ${port}`
    const there = this.#dialled.get(key)
    if (there) return there
    const dialling = this.#dial(host, port, first.secure).then((connection) => {
      this.#adopt(connection)
      connection.events.on('closed', () => this.#dialled.delete(key))
      return connection
    })
    this.#dialled.set(key, dialling)
    dialling.catch(() => this.#dialled.delete(key))
    return dialling
  }

  /** A URI that nobody can guess (RFC 4975 14.1: 80 bits at least). */
  #uri(secure: boolean): string {
    const at = this.#listeners.find((listener) => listener.secure === secure) ?? { host: this.#options.host ?? '127.0.0.1', port: discard }
    return writeMsrpUri({ secure, user: '', host: uriHost(at.host), port: at.port, session: this.#options.ids.token(), transport: 'tcp' })
  }

  #home(secure: boolean, relay: Relay | undefined): { uri: string; home: Home } {
    const uri = this.#uri(secure)
    const relays = relay?.path ?? []
    const { clock, ids } = this.#options
    return {
      uri,
      home: {
        clock, ids, uri, limits: this.#limits,
        path: () => [...relays, uri],
        way: () => relays.toReversed(),
        relayed: () => relay?.connection,
        media: (setup) => this.#media(secure, relays, uri, setup),
        connect: (peer) => this.#connect(peer),
        joined: (session, connection) => this.#users.get(connection)?.add(session),
        gone: (session, connection) => this.#gone(session, connection),
      },
    }
  }

  #media(secure: boolean, relays: readonly string[], uri: string, setup: MsrpMedia['setup']): Omit<MsrpMedia, 'acceptTypes' | 'acceptWrappedTypes'> {
    const { host, port = defaultPort } = readMsrpUri(relays[0] ?? uri)
    const can = relays.length > 0 || this.canListen(secure) ? 'actpass' : 'active'
    return {
      path: [...relays, uri], secure, port, host: host.replace(/^\[|\]$/g, ''), setup: setup ?? can,
      fingerprints: secure && this.#fingerprint ? [this.#fingerprint] : [],
      // RFC 6714 4.1: c= and m= name the first hop of the path, so whoever stands between may name itself there.
      cema: relays.length === 0, direction: 'sendrecv',
    }
  }

  #gone(session: Session, connection: MsrpConnection | undefined): void {
    this.#sessions.delete(uriKey(session.uri))
    if (!connection) return
    const users = this.#users.get(connection)
    users?.delete(session)
    if (users?.size === 0) connection.close()
  }
}
