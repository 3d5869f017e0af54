import type { IncomingMessage } from 'node:http'
import { Fault } from '../../base/faults'
import { passed } from './passed'

/** Gathered while the last piece is worked at, bytes. */
const SLAB = 1024 * 1024

/**
 * The body in large pieces: what comes while one is being written is given together. Each is good until the next is asked for:
 * two slabs are filled in turn, since what a connection allocates for a large file otherwise stays until a full collection.
 * @throws Fault `connection-lost`, `no-answer`
 */
export async function* piecesOf(body: IncomingMessage): AsyncGenerator<Uint8Array> {
  const slabs = [new Slab(), new Slab()] as const
  let filling = 0
  let rest: Buffer | undefined
  let wake: () => void = () => undefined
  let failed: Error | undefined
  const come = (piece: Buffer): void => {
    passed(piece.length)
    const left = slabs[filling]!.add(piece)
    if (left) {
      rest = left
      body.pause()
    }
    wake()
  }
  const fail = (error: Error): void => {
    failed = error
    wake()
  }
  const end = (): void => wake()
  body.on('data', come).on('error', fail).on('end', end).on('close', end).resume()
  try {
    for (;;) {
      if (slabs[filling]!.size > 0) {
        const full = slabs[filling]!
        filling = 1 - filling
        slabs[filling]!.size = 0
        if (rest) {
          rest = slabs[filling]!.add(rest)
          if (!rest && !body.destroyed && !body.readableEnded) body.resume()
        }
        yield full.bytes
      } else if (failed) {
        throw failed instanceof Fault ? failed : new Fault('connection-lost', { text: failed.message, cause: failed })
      } else if (body.readableEnded) {
        return
      } else if (body.destroyed) {
        throw body.errored instanceof Fault ? body.errored : new Fault('connection-lost', { text: 'the answer broke off' })
      } else {
        await new Promise<void>((resolve) => (wake = resolve))
      }
    }
  } finally {
    body.off('data', come).off('end', end).off('close', end)
    if (!body.readableEnded) body.destroy()
  }
}

class Slab {
  size = 0
  #memory = Buffer.allocUnsafeSlow(0)

  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.size)
  }

  /** Answers what did not fit. */
  add(bytes: Buffer): Buffer | undefined {
    // Most bodies are short.
    if (this.#memory.length < SLAB && this.size + bytes.length > this.#memory.length) this.#grow(this.size + bytes.length)
    const taken = Math.min(bytes.length, this.#memory.length - this.size)
    bytes.copy(this.#memory, this.size, 0, taken)
    this.size += taken
    return taken < bytes.length ? bytes.subarray(taken) : undefined
  }

  #grow(wanted: number): void {
    const memory = Buffer.allocUnsafeSlow(Math.min(SLAB, Math.max(wanted, 2 * this.#memory.length)))
    this.#memory.copy(memory, 0, 0, this.size)
    this.#memory = memory
  }
}

/** A short body as text. @throws Fault `too-large`, `connection-lost` */
export async function textOf({ body }: { body: IncomingMessage }, limit = 64 * 1024): Promise<string> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of piecesOf(body)) {
    if ((size += piece.length) > limit) throw new Fault('too-large', { text: 'the answer is too large', detail: { limit } })
    pieces.push(piece.slice())
  }
  return Buffer.concat(pieces).toString('utf8')
}
