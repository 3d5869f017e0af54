import { isIP } from 'node:net'
import { connect, createServer } from 'node:tls'
import { SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import type { Flow, Listener } from './flow'
import { listen, opened, socketFlow } from './tcp'
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

/** @throws Fault `cannot-connect`, `bad-certificate` */
export function connectTls(options: TlsConnectOptions): Promise<Flow> {
  const name = options.servername ?? options.host
  const socket = connect({
    host: options.host, port: options.port, minVersion: 'TLSv1.2',
    // RFC 6066 3: an address is no server name; the certificate is held against `host` then.
    ...(isIP(name) ? {} : { servername: name }),
    ...(options.ca !== undefined && { ca: pem(options.ca) }),
  })
  socket.setNoDelay(true)
  return opened(socket, 'secureConnect', 'tls', options)
}
