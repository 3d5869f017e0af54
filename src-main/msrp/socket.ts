import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Clock } from '../base/clock'
import { SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import type { Address } from '../sip/flow'
import { MsrpConnection } from './connection'
import type { ConnectionOptions, MsrpWire } from './connection'

/** A connection over a socket that is ready for use. */
export const socketConnection = (socket: Socket | TLSSocket, options: ConnectionOptions): MsrpConnection =>
  new SocketWire(socket, options).connection

class SocketWire implements MsrpWire {
  readonly connection: MsrpConnection
  readonly local: Address
  readonly remote: Address
  readonly secure: boolean
  readonly certificate: Uint8Array | undefined
  readonly trusted: boolean
  readonly #socket: Socket
  readonly #clock: Clock
  #error: Error | undefined
  readonly #receive: (bytes: Buffer) => void

  constructor(socket: Socket | TLSSocket, options: ConnectionOptions) {
    this.#socket = socket
    this.#clock = options.clock
    this.local = { host: socket.localAddress ?? '', port: socket.localPort ?? 0 }
    this.remote = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 }
    const tls = 'encrypted' in socket ? socket : undefined
    this.secure = tls !== undefined
    this.certificate = tls?.getPeerX509Certificate()?.raw
    this.trusted = tls?.authorized ?? false
    this.connection = new MsrpConnection(this, options)
    this.#receive = (bytes) => this.connection.receive(bytes)
    socket.on('data', this.#receive)
    socket.on('error', (thrown) => (this.#error = thrown))
    socket.on('end', () => socket.end())
    socket.on('close', () => this.connection.ended(this.#error && new Fault('connection-lost', { text: this.#error.message, cause: this.#error })))
  }

  get waiting(): number {
    return this.#socket.writableLength
  }

  write(bytes: Uint8Array): void {
    // Not `drain`, which comes only after more than the socket's own mark has waited.
    this.#socket.write(bytes, () => this.connection.drained())
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    const socket = this.#socket
    // Closing with unread bytes would reset the connection and take the last answer with it: read on, for a moment.
    socket.removeListener('data', this.#receive)
    socket.resume()
    socket.end()
    const giveUp = this.#clock.after(2 * SECOND, () => socket.destroy())
    socket.once('close', () => giveUp.cancel())
  }
}
