import { createServer as createHttp, type RequestListener, type Server } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock } from '../../base/clock'
import { SECOND } from '../../base/clock'
import { Fault } from '../../base/faults'
import { atFirstPort } from '../../base/first-port'
import { networkOf } from '../strangers'
import { Stalls } from './stalls'

/** Connections in all, and of one host: an office behind one address has some. */
const MOST = 2_000
const MOST_OF_HOST = 500

export interface FilesAt {
  host: string
  /** Several are tried in their order; 0 takes any that is free. */
  ports: readonly number[]
  tls?: { cert: string; key: string }
}

export interface FilesListener {
  readonly port: number
  readonly connections: number
  close(): Promise<void>
}

/** Listens for HTTP or HTTPS; what says nothing, or too slowly, does not stay. @throws Fault `port-taken`, `cannot-connect` */
export async function listenFiles({ host, ports, tls }: FilesAt, answer: RequestListener, clock: Clock): Promise<FilesListener> {
  const options = { keepAliveTimeout: 15 * SECOND, headersTimeout: 15 * SECOND, requestTimeout: 0, maxHeaderSize: 16 * 1024, noDelay: true }
  const server: Server = tls ? createHttps({ ...options, ...tls, handshakeTimeout: 10 * SECOND }) : createHttp(options)
  const stalls = new Stalls(clock)
  const hosts = new Map<string, number>()
  server.maxConnections = MOST
  server.on('request', answer)
  // Whether the body is wanted is decided before it is asked for.
  server.on('checkContinue', answer)
  server.on('connection', (socket: Socket) => {
    const from = networkOf(socket.remoteAddress ?? '')
    const count = (hosts.get(from) ?? 0) + 1
    if (count > MOST_OF_HOST) return void socket.destroy()
    hosts.set(from, count)
    socket.once('close', () => {
      const left = hosts.get(from)! - 1
      if (left) hosts.set(from, left)
      else hosts.delete(from)
    })
    stalls.watch(socket)
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Who breaks off in the middle of a request reads no answer.
    if (socket.writable && error.code !== 'HPE_INVALID_EOF_STATE') socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    else socket.destroy()
  })
  try {
    await atFirstPort(ports, (port) => listenOn(server, host, port))
  } catch (thrown) {
    stalls.stop()
    throw thrown
  }
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return stalls.connections
    },
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      stalls.stop()
      return closed
    },
  }
}

const listenOn = (server: Server, host: string, port: number) => new Promise<void>((resolve, reject) => {
  const failed = (cause: NodeJS.ErrnoException) =>
    reject(new Fault(cause.code === 'EADDRINUSE' ? 'port-taken' : 'cannot-connect', { text: cause.message, cause, detail: { host } }))
  server.once('error', failed)
  server.listen({ host, port }, () => {
    server.off('error', failed)
    resolve()
  })
})
