import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { bodyOf } from '../../../src-main/server/files/body'
import { until } from './office'

/** What is read of a request that says it has 10 MB, of which `sent` come. */
async function readCut(sent: Buffer, before: (request: IncomingMessage) => Promise<void>, between: () => Promise<void> = () => Promise.resolve()) {
  const { promise, resolve } = Promise.withResolvers<{ bytes: Buffer; fault: unknown }>()
  const server = createServer((request) => {
    void (async () => {
      const pieces: Buffer[] = []
      try {
        await before(request)
        for await (const piece of bodyOf(request)) {
          pieces.push(piece)
          await between()
        }
        resolve({ bytes: Buffer.concat(pieces), fault: undefined })
      } catch (fault) {
        resolve({ bytes: Buffer.concat(pieces), fault })
      }
    })()
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n')
  socket.end(sent)
  const read = await promise
  server.close()
  return read
}

it.each([1, 60_000, 66_000, 3_000_000])('%i bytes of a body that breaks off are all told of', async (length) => {
  const sent = randomBytes(length)
  const { bytes, fault } = await readCut(sent, () => Promise.resolve())
  expect([bytes.equals(sent), fault]).toEqual([true, expect.objectContaining({ code: 'connection-lost' })])
})

it('also when the sender is gone before anybody listens', async () => {
  const sent = randomBytes(40_000)
  const { bytes, fault } = await readCut(sent, (request) => until('it to be gone', () => request.destroyed))
  expect([bytes.equals(sent), fault]).toEqual([true, expect.objectContaining({ code: 'connection-lost' })])
})

it('also to a reader that is slower than the sender', async () => {
  const sent = randomBytes(6_000_000)
  const { bytes, fault } = await readCut(sent, () => Promise.resolve(), () => new Promise((resolve) => setTimeout(resolve, 3)))
  expect([bytes.equals(sent), fault]).toEqual([true, expect.objectContaining({ code: 'connection-lost' })])
})
