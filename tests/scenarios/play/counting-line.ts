import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Way } from './broken-line'

/** What is read from a connection at once, bytes: Node's own size. */
export const READ = 64 * 1024

/** A way to a content server that counts what comes, and lets no more of it pass than it was told. */
export class CountingLine {
  readonly #server: Server
  readonly #port: number
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  /** Connections of which something was held back. */
  readonly #held = new Set<readonly [Socket, Socket]>()
  readonly #left: Record<Way, number> = { up: Infinity, down: Infinity }
  /** Bytes that have come to the line: from the programs, from the content server. */
  readonly came: Record<Way, number> = { up: 0, down: 0 }

  private constructor(server: Server, port: number) {
    this.#server = server
    this.#port = port
    server.on('connection', (near) => this.#join(near))
  }

  /** @param port of the content server, which need not listen yet */
  static async open(port: number): Promise<CountingLine> {
    const server = createServer({ noDelay: true })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
    return new CountingLine(server, port)
  }

  /** As clients are told it. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/ft`
  }

  /** So many bytes more pass that way; then it stands still, at the same byte on any machine. */
  holdAfter(way: Way, bytes: number): void {
    this.#left[way] = bytes
  }

  /** Everything passes again. A connection that stood still is broken: its other end is gone, or it would wait for it. */
  release(): void {
    this.#left.up = this.#left.down = Infinity
    for (const pair of this.#held) for (const socket of pair) socket.destroy()
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(near: Socket): void {
    const far = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    const pair = [near, far] as const
    this.#pairs.add(pair)
    for (const socket of pair) {
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#pairs.delete(pair)
        this.#held.delete(pair)
        for (const each of pair) each.destroy()
      })
    }
    const pass = (from: Socket, to: Socket, way: Way) => from.on('data', (bytes: Buffer) => {
      this.came[way] += bytes.length
      const passing = Math.min(bytes.length, this.#left[way])
      this.#left[way] -= passing
      to.write(bytes.subarray(0, passing))
      if (passing === bytes.length) return
      from.pause()
      this.#held.add(pair)
    })
    pass(near, far, 'up')
    pass(far, near, 'down')
  }
}
