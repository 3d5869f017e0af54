import type { Socket } from 'node:net'
import type { Clock, Timer } from '../../base/clock'
import { SECOND } from '../../base/clock'

/** A connection that moved fewer bytes than these in so long is given up: bytes, ms. A modem does a thousand times as much. */
const LEAST = 1024
const PATIENCE = 30 * SECOND
const LOOK = 5 * SECOND

interface Progress {
  bytes: number
  at: number
}

/** Connections that say or take nothing, or a byte now and then, do not stay: whatever they were in the middle of. */
export class Stalls {
  readonly #clock: Clock
  readonly #sockets = new Map<Socket, Progress>()
  readonly #timer: Timer

  constructor(clock: Clock) {
    this.#clock = clock
    this.#timer = clock.every(LOOK, () => this.#look())
  }

  get connections(): number {
    return this.#sockets.size
  }

  watch(socket: Socket): void {
    this.#sockets.set(socket, { bytes: 0, at: this.#clock.steady() })
    socket.once('close', () => this.#sockets.delete(socket))
  }

  stop(): void {
    this.#timer.cancel()
    for (const socket of this.#sockets.keys()) socket.destroy()
  }

  #look(): void {
    const now = this.#clock.steady()
    for (const [socket, progress] of this.#sockets) {
      // What waits in this process has not been taken by anybody.
      const bytes = socket.bytesRead + socket.bytesWritten - socket.writableLength
      if (bytes - progress.bytes >= LEAST) {
        progress.bytes = bytes
        progress.at = now
      } else if (now - progress.at >= PATIENCE) socket.destroy()
    }
  }
}
