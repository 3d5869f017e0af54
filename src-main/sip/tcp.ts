import { connect, createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { SECOND, type Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Address, Flow, Listener, TransportName } from './flow'
import { WireFlow } from './wire-flow'
import type { FlowOptions, Wire } from './wire-flow'

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
  return new SocketWire(socket, transport, options).flow
}

// A class, as thousands of connections have one each: closures for every method would cost more memory than all else of it.
class SocketWire implements Wire {
  readonly flow: WireFlow
  readonly isDatagram = false
  #error: Error | undefined
  readonly #receive: (bytes: Buffer) => void

  constructor(readonly socket: Socket, readonly transport: TransportName, readonly options: FlowOptions) {
    this.flow = new WireFlow(this, options)
    this.#receive = (bytes) => this.flow.receive(bytes)
    socket.on('data', this.#receive)
    socket.on('error', (thrown) => (this.#error = thrown))
    socket.on('end', endItself)
    socket.on('close', () => this.flow.ended(this.#error && new Fault('connection-lost', { text: this.#error.message, cause: this.#error })))
  }

  get local(): Address {
    return { host: this.socket.localAddress ?? '', port: this.socket.localPort ?? 0 }
  }

  get remote(): Address {
    return { host: plainHost(this.socket.remoteAddress ?? ''), port: this.socket.remotePort ?? 0 }
  }

  get waiting(): number {
    return this.socket.writableLength
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes)
  }

  end(): void {
    const { socket } = this
    // Closing with unread bytes would reset the connection and take the last answer with it: read on, for a moment.
    socket.removeListener('data', this.#receive)
    socket.resume()
    socket.end()
    const giveUp = this.options.clock.after(2 * SECOND, () => socket.destroy())
    socket.once('close', () => giveUp.cancel())
  }
}

function endItself(this: Socket): void {
  this.end()
}

// A listener on :: sees IPv4 peers as ::ffff:192.0.2.1.
const plainHost = (host: string): string => (host.startsWith('::ffff:') ? host.slice(7) : host)

/** A flow as soon as `event` tells that the socket is ready for use and `refused` has nothing against it. */
export async function opened(
  socket: Socket, event: 'connect' | 'secureConnect', transport: TransportName, options: ConnectOptions, refused: () => Fault | undefined = () => undefined,
): Promise<Flow> {
  return ready(socket, event, options, () => {
    const fault = refused()
    if (!fault) return socketFlow(socket, transport, options)
    socket.destroy()
    throw fault
  })
}

/** Resolves with what `use` makes of the socket in the moment in which `event` tells that it is ready. @throws Fault `cannot-connect`, `bad-certificate` */
export function ready<Result>(
  socket: Socket, event: 'connect' | 'secureConnect', { clock, timeout = 10 * SECOND }: { clock: Clock; timeout?: number }, use: () => Result,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(timeout, () => socket.destroy(new Error('the connection took too long')))
    const fail = (error: Error): void => {
      timer.cancel()
      reject(connectFault(error))
    }
    socket.once('error', fail)
    socket.once(event, () => {
      timer.cancel()
      socket.removeListener('error', fail)
      try {
        resolve(use())
      } catch (thrown) {
        reject(Fault.from(thrown))
      }
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
