import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** One person's way to the relay, wherever that listens at the moment. It can be cut, also in the middle of a message. */
export class Gate {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #held = new Set<Socket>()
  /** Bytes that still pass before everything breaks. */
  #fuse: number | undefined
  #port = 0

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (near) => this.#join(near))
  }

  static async open(): Promise<Gate> {
    const server = createServer({ noDelay: true })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
    return new Gate(server)
  }

  get uri(): string {
    return `sip:127.0.0.1:${(this.#server.address() as AddressInfo).port};transport=tcp`
  }

  /** Breaks when so many more bytes have passed, in the middle of whatever passes then. */
  cutAfter(bytes: number): void {
    this.#fuse = bytes
  }

  /** The relay listens there from now on. */
  leadTo(port: number): void {
    this.#port = port
    for (const near of this.#held) this.#join(near)
    this.#held.clear()
  }

  /** Until the relay is back, whoever comes waits at the gate and is not turned away. */
  hold(): void {
    this.#port = 0
  }

  async close(): Promise<void> {
    this.#breakAll()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #breakAll(): void {
    for (const socket of [...this.#sockets, ...this.#held]) socket.destroy()
  }

  #hold(near: Socket): void {
    this.#held.add(near)
    near.on('error', () => {})
    near.on('close', () => this.#held.delete(near))
  }

  #join(near: Socket): void {
    if (this.#port === 0) return this.#hold(near)
    const far = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    const both = [near, far]
    for (const socket of both) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#sockets.delete(socket)
        for (const each of both) each.destroy()
      })
    }
    near.on('data', (bytes: Buffer) => this.#pass(bytes, far))
    far.on('data', (bytes: Buffer) => this.#pass(bytes, near))
  }

  #pass(bytes: Buffer, to: Socket): void {
    if (this.#fuse === undefined || (this.#fuse -= bytes.length) > 0) return void to.write(bytes)
    const left = this.#fuse + bytes.length
    this.#fuse = undefined
    to.write(bytes.subarray(0, left), () => this.#breakAll())
  }
}
