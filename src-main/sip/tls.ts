import { isIP } from 'node:net'
import { connect, createServer, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { SECOND, type Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Flow, Listener } from './flow'
import { pinFault, shownBy, type ShownCertificate } from './pin'
import { listen, opened, ready, socketFlow } from './tcp'
import type { ConnectOptions, ListenOptions } from './tcp'

export interface TlsListenOptions extends ListenOptions {
  /** PEM */
  cert: string | Uint8Array
  /** PEM */
  key: string | Uint8Array
}

export interface TlsConnectOptions extends ConnectOptions {
  /** PEM of a private authority or certificate, trusted beside nothing else. */
  ca?: string | Uint8Array
  /** The name that the certificate must carry. @default the host */
  servername?: string
  /** The one certificate that is taken, whoever signed it: SHA-256 of its DER, lower-case hex. `ca` and names do not count then. */
  pin?: string
}

const pem = (text: string | Uint8Array): string | Buffer => (typeof text === 'string' ? text : Buffer.from(text))

/** Listens for SIP over TLS 1.2 or newer. @throws Fault `port-taken`, `cannot-connect`, `bad-certificate` */
export async function listenTls(options: TlsListenOptions, onFlow: (flow: Flow) => void): Promise<Listener> {
  let server: ReturnType<typeof createServer>
  try {
    server = createServer({ cert: pem(options.cert), key: pem(options.key), minVersion: 'TLSv1.2', handshakeTimeout: 10 * SECOND, noDelay: true })
  } catch (thrown) {
    throw new Fault('bad-certificate', { text: 'the certificate or its key cannot be used', cause: thrown })
  }
  server.on('secureConnection', (socket) => onFlow(socketFlow(socket, 'tls', options)))
  // A peer that cannot speak TLS with us is gone already; without a listener its error would end the process.
  server.on('tlsClientError', (error) => options.log.info({ text: error.message }, 'a TLS handshake failed'))
  return listen(server, options, 'tls')
}

/** @throws Fault `cannot-connect`, `bad-certificate`, `changed-certificate` when it is not the pinned one */
export function connectTls(options: TlsConnectOptions): Promise<Flow> {
  const { pin } = options
  const socket = dial(options, { ...(options.ca !== undefined && { ca: pem(options.ca) }), ...(pin !== undefined && { rejectUnauthorized: false }) })
  return opened(socket, 'secureConnect', 'tls', options, () => (pin === undefined ? undefined : pinFault(socket, pin)))
}

/**
 * The certificate that whoever listens there shows, so that a person can compare it. Nothing is sent to them and nothing they
 * send is read. @throws Fault `cannot-connect`
 */
export async function lookAtCertificate(options: { host: string; port: number; timeout?: number; clock: Clock }): Promise<ShownCertificate> {
  const socket = dial(options, { rejectUnauthorized: false })
  try {
    return await ready(socket, 'secureConnect', options, () => shownBy(socket))
  } finally {
    socket.destroy()
  }
}

function dial({ host, port, servername: name = host }: Pick<TlsConnectOptions, 'host' | 'port' | 'servername'>, trust: ConnectionOptions): TLSSocket {
  // RFC 6066 3: an address is no server name; the certificate is held against `host` then.
  const socket = connect({ host, port, minVersion: 'TLSv1.2', ...(isIP(name) ? {} : { servername: name }), ...trust })
  socket.setNoDelay(true)
  return socket
}
