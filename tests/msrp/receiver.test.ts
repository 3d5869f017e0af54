import { expect, test } from 'vitest'
import { defaultLimits } from '../../src-main/msrp/limits'
import { Fields } from '../../src-main/msrp/message'
import type { MsrpRequest } from '../../src-main/msrp/message'
import { Receiver } from '../../src-main/msrp/receiver'
import { HandClock } from '../fakes/clock'

function receiving(maxSize = 1_000_000) {
  const clock = new HandClock()
  const answers: string[] = []
  const bodies: string[] = []
  const receiver = new Receiver({
    clock, limits: defaultLimits, maxSize, acceptTypes: ['*'], receive: ({ body }) => void bodies.push(Buffer.from(body).toString()),
    answer: ({ tid }, status) => answers.push(`${tid} ${status}`), report: () => {}, hold: () => {},
  })
  const request = (tid: string, id: string, range: string): MsrpRequest => ({
    kind: 'request', tid, method: 'SEND', toPath: ['msrp://a.test;tcp'], fromPath: ['msrp://b.test;tcp'],
    fields: new Fields([['Message-ID', id], ['Byte-Range', range], ['Content-Type', 'text/plain']]),
  })
  const says = (tid: string, id: string, range: string, body: string, flag: '$' | '+' | '#' = '+') => {
    const chunk = receiver.begin(request(tid, id, range))
    // As it comes from a socket: in pieces.
    for (const byte of Buffer.from(body)) chunk.data(Buffer.of(byte))
    chunk.end(flag)
  }
  return { clock, receiver, answers, bodies, says, request }
}

test('a claim of a size takes no memory, a byte at its end a page', () => {
  const { receiver, says } = receiving()
  says('1', 'a', '1-*/1000000', '')
  expect(receiver.held).toBe(0)
  says('2', 'a', '1000000-1000000/1000000', 'x')
  expect(receiver.held).toBeLessThanOrEqual(16 * 1024)
  says('3', 'b', '1-2/3', 'xy')
  expect(receiver.held).toBeLessThanOrEqual(16 * 1024 + 3)
})

test('a body without an end keeps nothing once it was refused', () => {
  const { receiver, answers, request } = receiving(100_000)
  const chunk = receiver.begin(request('1', 'a', '1-*/*'))
  for (let i = 0; i < 1_000; i++) chunk.data(Buffer.alloc(10_000))
  expect(answers).toEqual(['1 413'])
  expect(receiver.held).toBe(0)
  chunk.end('$')
  expect(answers).toEqual(['1 413'])
})

test('a message in part is kept as long as more of it comes', async () => {
  const { clock, receiver, answers, bodies, says } = receiving()
  says('1', 'a', '1-1/3', 'x')
  await clock.advance(200_000)
  says('2', 'a', '2-2/3', 'y')
  await clock.advance(200_000)
  expect(receiver.held).toBeGreaterThan(0)
  says('3', 'a', '3-3/3', 'z', '$')
  says('4', 'b', '1-1/2', 'x')
  await clock.advance(300_000)
  expect(receiver.held).toBe(0)
  says('5', 'b', '2-2/2', 'y', '$')
  expect(bodies).toEqual(['xyz'])
  expect(answers.sort()).toEqual(['1 200', '2 200', '3 200', '4 200', '5 408'])
})

test('closed, it takes no more and keeps nothing', () => {
  const { receiver, answers, says } = receiving()
  says('1', 'a', '1-1/3', 'x')
  receiver.close()
  says('2', 'a', '2-3/3', 'yz', '$')
  expect(receiver.held).toBe(0)
  expect(answers).toEqual(['1 200'])
})
