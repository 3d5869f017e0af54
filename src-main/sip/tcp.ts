import { connect, createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import type { Flow, Listener, TransportName } from './flow'
import { WireFlow } from './wire-flow'
import type { FlowOptions } from './wire-flow'

export interface ListenOptions extends FlowOptions {
  host: string
  /** 0 takes a free one. */
  port: number
}

export interface ConnectOptions extends FlowOptions {
  host: string
  port: number
  /** How long to wait for the connection, ms. @default 10_000 */
  timeout?: number
}

/** Listens for SIP over TCP. @throws Fault `port-taken`, `cannot-connect` */
export async function listenTcp(options: ListenOptions, onFlow: (flow: Flow) => void): Promise<Listener> {
  const server = createServer({ noDelay: true }, (socket) => onFlow(socketFlow(socket, 'tcp', options)))
  return listen(server, options, 'tcp')
}

/** @throws Fault `cannot-connect` */
export function connectTcp(options: ConnectOptions): Promise<Flow> {
  const socket = connect({ host: options.host, port: options.port, noDelay: true })
  return opened(socket, 'connect', 'tcp', options)
}

/** A flow over a connected socket. */
export function socketFlow(socket: Socket, transport: TransportName, options: FlowOptions): Flow {
  const end = (): void => {
    // Closing with unread bytes would reset the connection and take the last answer with it: read on, for a moment.
    socket.removeListener('data', onData)
    socket.resume()
    socket.end()
    const giveUp = options.clock.after(2 * SECOND, () => socket.destroy())
    socket.once('close', () => giveUp.cancel())
  }
  const onData = (bytes: Buffer): void => flow.receive(bytes)
  const flow: WireFlow = new WireFlow(
    {
      transport,
      local: { host: socket.localAddress ?? '', port: socket.localPort ?? 0 },
      remote: { host: plainHost(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 },
      isDatagram: false,
      get waiting() {
        return socket.writableLength
      },
      write: (bytes) => void socket.write(bytes),
      end,
    },
    options,
  )
  let error: Error | undefined
  socket.on('data', onData)
  socket.on('error', (thrown) => (error = thrown))
  socket.on('end', () => socket.end())
  socket.on('close', () => flow.ended(error && new Fault('connection-lost', { text: error.message, cause: error })))
  return flow
}

// A listener on :: sees IPv4 peers as ::ffff:192.0.2.1.
const plainHost = (host: string): string => (host.startsWith('::ffff:') ? host.slice(7) : host)

/** Resolves when `event` tells that the socket is ready for use. */
export function opened(socket: Socket, event: 'connect' | 'secureConnect', transport: TransportName, options: ConnectOptions): Promise<Flow> {
  return new Promise((resolve, reject) => {
    const timer = options.clock.after(options.timeout ?? 10 * SECOND, () => socket.destroy(new Error('the connection took too long')))
    const fail = (error: Error): void => {
      timer.cancel()
      reject(connectFault(error))
    }
    socket.once('error', fail)
    socket.once(event, () => {
      timer.cancel()
      socket.removeListener('error', fail)
      resolve(socketFlow(socket, transport, options))
    })
  })
}

// Node names what is wrong with a certificate only by the code of its error.
const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH/

/** Why a connection could not be made. */
export function connectFault(error: Error): Fault {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return new Fault(certificateCodes.test(code) ? 'bad-certificate' : 'cannot-connect', { text: error.message, cause: error, detail: { code } })
}

/** Starts a server; its flows outlive the listener's `close`, which only takes no more. */
export function listen(server: Server, { host, port, log }: ListenOptions, transport: TransportName): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new Fault(error.code === 'EADDRINUSE' ? 'port-taken' : 'cannot-connect', { text: error.message, cause: error, detail: { host, port } }))
    })
    server.listen({ host, port }, () => {
      server.removeAllListeners('error')
      server.on('error', (error) => log.error({ err: error, transport }, 'a listener failed'))
      const bound = server.address()
      const taken = typeof bound === 'object' && bound ? bound.port : port
      resolve({
        uri: `sip:${host.includes(':') ? `[${host}]` : host}:${taken};transport=${transport}`,
        close: () => {
          // Its callback would wait for the last flow to end.
          server.close()
          return Promise.resolve()
        },
      })
    })
  })
}
