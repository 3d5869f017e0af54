import { connect as connectTcp, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { SECOND } from '../base/clock'
import { connectFault } from '../sip/tcp'
import type { MsrpConnection, ConnectionOptions } from './connection'
import { socketConnection } from './socket'
import { plainHost } from './uri'

/** PEM of a certificate of ours with its key. */
export interface Identity {
  cert: string | Uint8Array
  key: string | Uint8Array
}

export interface DialOptions extends ConnectionOptions {
  host: string
  port: number
  secure: boolean
  /** Shown to who asks for it. */
  identity?: Identity | undefined
  /** PEM of a private authority, trusted beside nothing else. */
  ca?: string | Uint8Array | undefined
  /** How long to wait for the connection, ms. @default 10_000 */
  timeout?: number
}

export const pem = (text: string | Uint8Array): string | Buffer => (typeof text === 'string' ? text : Buffer.from(text))

/**
 * Connects over TCP or TLS 1.2 and newer. Whether a certificate is good is told by the wire's `trusted` and `certificate`: that of a
 * peer is proved by its fingerprint, which needs no authority (RFC 8122). @throws Fault `cannot-connect`
 */
export function dial({ host, port, secure, identity, ca, timeout = 10 * SECOND, ...options }: DialOptions): Promise<MsrpConnection> {
  const name = plainHost(host)
  const socket: Socket = secure
    ? connectTls({
        host: name, port, minVersion: 'TLSv1.2', rejectUnauthorized: false,
        // RFC 6066 3: an address is no server name.
        ...(isIP(name) ? {} : { servername: name }),
        ...(ca !== undefined && { ca: pem(ca) }),
        ...(identity && { cert: pem(identity.cert), key: pem(identity.key) }),
      })
    : connectTcp({ host: name, port })
  socket.setNoDelay(true)
  return new Promise((resolve, reject) => {
    const timer = options.clock.after(timeout, () => socket.destroy(new Error('the connection took too long')))
    const fail = (error: Error): void => {
      timer.cancel()
      reject(connectFault(error))
    }
    socket.once('error', fail)
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      timer.cancel()
      socket.removeListener('error', fail)
      resolve(socketConnection(socket, options))
    })
  })
}
