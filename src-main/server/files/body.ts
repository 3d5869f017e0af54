import type { IncomingMessage } from 'node:http'
import { Fault } from '../../base/faults'

/** What may wait in memory before the sender is asked to wait, bytes. */
const MOST_WAITING = 256 * 1024

/**
 * The body of a request, in pieces as they came. One that breaks off still gives everything that had come before it throws:
 * a stream of Node's would drop what it holds.
 * @throws Fault `connection-lost`
 */
export async function* bodyOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  const waiting: Buffer[] = []
  let size = 0
  let isOver = false
  let news = Promise.withResolvers<void>()
  const data = (bytes: Buffer): void => {
    waiting.push(bytes)
    size += bytes.length
    if (size > MOST_WAITING) request.pause()
    news.resolve()
  }
  const over = (): void => {
    isOver = true
    // What came while nobody listened.
    for (let bytes; (bytes = request.read() as Buffer | null) !== null;) waiting.push(bytes)
    news.resolve()
  }
  if (request.destroyed) over()
  else request.on('data', data).on('end', over).on('close', over).on('error', over)
  try {
    for (;;) {
      if (waiting.length) {
        const bytes = waiting.shift()!
        size -= bytes.length
        yield bytes
        if (size < MOST_WAITING) request.resume()
      } else if (isOver) {
        if (!request.complete) throw new Fault('connection-lost', { text: 'the request broke off' })
        return
      } else {
        await news.promise
        news = Promise.withResolvers()
      }
    }
  } finally {
    request.off('data', data).off('end', over).off('close', over)
  }
}
