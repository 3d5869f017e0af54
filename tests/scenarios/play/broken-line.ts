import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** Each third answer to a MESSAGE is lost, as long as there are any to lose. */
const every = 3
export type Way = 'up' | 'down'

/** A way to a relay that breaks just as an answer to a MESSAGE would have passed: of the relay (down), of the person (up). */
export class BrokenLine {
  readonly #server: Server
  readonly #port: number
  readonly #sockets = new Set<Socket>()
  readonly #toLose: Record<Way, number>
  readonly #passed = { down: 0, up: 0 }

  private constructor(server: Server, port: number, toLose: Record<Way, number>) {
    this.#server = server
    this.#port = port
    this.#toLose = toLose
    server.on('connection', (near) => this.#join(near))
  }

  /** @param port of the relay */
  static async open(port: number, { down = 0, up = 0 }: Partial<Record<Way, number>>): Promise<BrokenLine> {
    const server = createServer()
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
    return new BrokenLine(server, port, { down, up })
  }

  /** All that was to be lost has been. */
  get isMended(): boolean {
    return this.#toLose.down === 0 && this.#toLose.up === 0
  }

  get uri(): string {
    return `sip:127.0.0.1:${(this.#server.address() as AddressInfo).port};transport=tcp`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(near: Socket): void {
    const far = connect(this.#port, '127.0.0.1')
    const both = [near, far]
    for (const socket of both) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#sockets.delete(socket)
        for (const each of both) each.destroy()
      })
    }
    const pass = (from: Socket, to: Socket, way: Way) => from.on('data', (bytes: Buffer) => {
      if (this.#breaks(bytes.toString('latin1'), way)) for (const each of both) each.destroy()
      else to.write(bytes)
    })
    pass(near, far, 'up')
    pass(far, near, 'down')
  }

  /** Whether what passes holds an answer to a MESSAGE that is to be lost, and everything after it. */
  #breaks(text: string, way: Way): boolean {
    if (!this.#toLose[way] || !/SIP\/2\.0 2\d\d [^]*?\r\nCSeq: \d+ MESSAGE\r\n/.test(text)) return false
    if (++this.#passed[way] < every) return false
    this.#passed[way] = 0
    this.#toLose[way]--
    return true
  }
}
