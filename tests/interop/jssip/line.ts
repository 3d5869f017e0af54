import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface BrokenLine {
  readonly port: number
  /** Whoever is connected is cut off, and nobody else gets through until `mend`. */
  cut(): void
  mend(): void
  stop(): Promise<unknown>
}

/** A way to a port on loopback that can be cut. */
export async function layLine(to: () => number): Promise<BrokenLine> {
  const ends = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    if (isCut) return near.destroy()
    const far = connect(to(), '127.0.0.1')
    for (const [one, other] of [[near, far], [far, near]] as const) {
      ends.add(one)
      one.on('error', () => {}).on('close', () => {
        ends.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const line: BrokenLine = {
    port: (server.address() as { port: number }).port,
    cut() {
      isCut = true
      for (const end of ends) end.destroy()
    },
    mend() {
      isCut = false
    },
    stop() {
      line.cut()
      return new Promise((resolve) => server.close(resolve))
    },
  }
  return line
}
