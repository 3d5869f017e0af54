import { createServer as createTcp } from 'node:net'
import type { Server } from 'node:net'
import { createServer as createTls } from 'node:tls'
import { SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import type { ConnectionOptions, MsrpConnection } from './connection'
import { pem } from './dial'
import type { Identity } from './dial'
import { socketConnection } from './socket'

export interface MsrpListenOptions extends ConnectionOptions {
  host: string
  /** 0 takes a free one. */
  port: number
  /** The host that others are to dial. @default the one that is listened on */
  advertise?: string | undefined
  /** Listens for TLS 1.2 and newer. */
  identity?: Identity | undefined
}

export interface MsrpListener {
  /** What others are to dial. */
  readonly host: string
  /** The one that was really taken. */
  readonly port: number
  readonly secure: boolean
  /** Takes no more; what is connected stays. */
  close(): Promise<void>
}

/** Listens for MSRP. @throws Fault `port-taken`, `cannot-connect`, `bad-certificate` */
export async function listenMsrp(options: MsrpListenOptions, onConnection: (connection: MsrpConnection) => void): Promise<MsrpListener> {
  const { host, port, log, identity, advertise = host } = options
  const server = identity ? tlsServer(options, identity, onConnection) : createTcp({ noDelay: true }, (socket) => onConnection(socketConnection(socket, options)))
  const bound = await new Promise<number>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new Fault(error.code === 'EADDRINUSE' ? 'port-taken' : 'cannot-connect', { text: error.message, cause: error, detail: { host, port } }))
    })
    server.listen({ host, port }, () => {
      server.removeAllListeners('error')
      server.on('error', (error) => log.error({ err: error }, 'an MSRP listener failed'))
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
  return {
    host: advertise, port: bound, secure: identity !== undefined,
    close: () => {
      // Its callback would wait for the last connection to end.
      server.close()
      return Promise.resolve()
    },
  }
}

function tlsServer(options: MsrpListenOptions, { cert, key }: Identity, onConnection: (connection: MsrpConnection) => void): Server {
  let server: ReturnType<typeof createTls>
  try {
    server = createTls({
      cert: pem(cert), key: pem(key), minVersion: 'TLSv1.2', handshakeTimeout: 10 * SECOND, noDelay: true,
      // RFC 8122 6.2: both sides show the certificate of their fingerprint; sessions hold it against that, not authorities.
      requestCert: true, rejectUnauthorized: false,
    })
  } catch (cause) {
    throw new Fault('bad-certificate', { text: 'the certificate or its key cannot be used', cause })
  }
  server.on('secureConnection', (socket) => onConnection(socketConnection(socket, options)))
  // A peer that cannot speak TLS with us is gone already; without a listener its error would end the process.
  server.on('tlsClientError', (error) => options.log.info({ text: error.message }, 'a TLS handshake failed'))
  return server
}
