import fc from 'fast-check'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Framer, frameDatagram } from '../../src-main/sip/framer'
import type { Frame } from '../../src-main/sip/framer'
import { defaultLimits } from '../../src-main/sip/limits'
import { root } from '../fakes/build'
import { lines } from './wire'

const message = lines(
  ['MESSAGE sip:lan@lab.test SIP/2.0', 'Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1', 'Content-Type: text/plain', 'Content-Length: 6'], '你好')
const small = lines(['OPTIONS sip:lan@lab.test SIP/2.0', 'Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK2', 'l: 0'])
const ping = Buffer.from('\r\n\r\n')

/** A frame as something that can be compared and kept. */
const plain = (frame: Frame): unknown => {
  if (frame.kind === 'message') return ['message', Buffer.from(frame.head).toString('latin1'), Buffer.from(frame.body).toString('latin1')]
  if (frame.kind === 'fault') return ['fault', frame.fault.code, frame.fault.detail, frame.fatal, Buffer.from(frame.head).toString('latin1')]
  return [frame.kind]
}
const frames = (parts: Uint8Array[], limits = {}): unknown[] => {
  const framer = new Framer(limits)
  // Compared only at the end: what was given out must not change when more comes, as long as it is one push.
  return parts.flatMap((part) => framer.push(part).map(plain))
}
/** The places where a cut changes what is read. */
const differing = (bytes: Buffer): number[] => {
  const whole = JSON.stringify(frames([bytes]))
  return [...bytes.keys()].filter((cut) => JSON.stringify(frames([bytes.subarray(0, cut), bytes.subarray(cut)])) !== whole)
}
const kinds = (bytes: Uint8Array, limits = {}): unknown[] => frames([bytes], limits).map((frame) => (frame as unknown[])[0])

describe('a stream', () => {
  const stream = Buffer.concat([ping, message, small, Buffer.from('\r\n'), message, ping, small])

  test('holds messages, pings and pongs', () => {
    expect(kinds(stream)).toEqual(['pong', 'ping', 'message', 'message', 'pong', 'message', 'pong', 'ping', 'message'])
  })

  test('is the same, cut at every byte', () => {
    expect(differing(stream)).toEqual([])
  })

  test('is the same, byte by byte', () => {
    expect(frames([...stream].map((byte) => Buffer.of(byte)))).toEqual(frames([stream]))
  })

  test('of any bytes is the same, however it is cut', () => {
    const piece = fc.oneof(
      fc.constantFrom(...[message, small, ping].map((bytes) => bytes.toString('latin1'))),
      fc.constantFrom('\r', '\n', '\r\n', 'Content-Length: 3\r\n', 'INVITE sip:a SIP/2.0\r\n', 'l:', ' 7', 'SIP/2.0 200 OK\r\n'),
      fc.string({ unit: 'binary', maxLength: 12 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 6 }), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''), 'latin1')
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
        const parts = at.slice(1).map((end, i) => bytes.subarray(at[i], end))
        const limits = { maxHead: 200, maxBody: 40 }
        expect(JSON.stringify(frames(parts, limits))).toBe(JSON.stringify(frames([bytes], limits)))
      }),
      // The example lost its way once: a CR alone behind a CRLF, cut in two.
      { numRuns: 150, examples: [[['SIP/2.0 200 OK\r\n', '\r\n\r\n', '\r', '\r'], [21]]] },
    )
  })

  test('that breaks inside every capture is told by the same frames, cut at every byte', () => {
    const folder = join(root, 'tests/fixtures/sip')
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.sip'))) {
      expect(differing(readFileSync(join(folder, name))), name).toEqual([])
    }
  })

  test('gives views that a longer message behind them does not overwrite', () => {
    const framer = new Framer()
    const both = Buffer.concat([small, message])
    framer.push(both.subarray(0, 10))
    const [first] = framer.push(both.subarray(10, small.length + 20))
    const seen = plain(first!)
    framer.push(both.subarray(small.length + 20))
    expect(plain(first!)).toEqual(seen)
  })

  test('knows when a message has begun and is not whole', () => {
    const framer = new Framer()
    expect(framer.partial).toBe(false)
    framer.push(message.subarray(0, 30))
    expect(framer.partial).toBe(true)
    framer.push(message.subarray(30))
    expect(framer.partial).toBe(false)
  })
})

describe('what a stream refuses', () => {
  const fault = (bytes: Uint8Array, limits = {}): unknown[] => frames([bytes], limits).at(-1) as unknown[]

  test('a head over the limit: 513, and nothing more is read', () => {
    const long = lines(['OPTIONS sip:lan@lab.test SIP/2.0', 'Via: SIP/2.0/TCP a.test;branch=z9hG4bK1', `Subject: ${'x'.repeat(500)}`])
    const framer = new Framer({ maxHead: 300 })
    const [only] = framer.push(long)
    expect(plain(only!)).toEqual(['fault', 'too-large', { status: 513, limit: 300 }, true, 'OPTIONS sip:lan@lab.test SIP/2.0\r\nVia: SIP/2.0/TCP a.test;branch=z9hG4bK1\r\n'])
    expect(framer.push(small)).toEqual([])
    expect(framer.broken).toBe(true)
  })

  test('a body over the limit: 413, before the body is there', () => {
    const head = lines(['MESSAGE sip:lan@lab.test SIP/2.0', 'Content-Length: 41'])
    expect(fault(head, { maxBody: 40 }).slice(0, 4)).toEqual(['fault', 'too-large', { status: 413, limit: 40 }, true])
  })

  test('a body of exactly the limit passes', () => {
    expect(kinds(lines(['MESSAGE sip:lan@lab.test SIP/2.0', 'Content-Length: 40'], 'x'.repeat(40)), { maxBody: 40 })).toEqual(['message'])
  })

  test.each([
    ['two Content-Lengths', ['Content-Length: 3', 'l: 3']],
    ['a length below zero', ['Content-Length: -1']],
    ['a length that is no number', ['Content-Length: 3 4']],
    ['a length beyond all numbers', [`Content-Length: ${'9'.repeat(30)}`]],
    ['a body without a length', ['Content-Type: text/plain']],
  ])('%s', (_what, headers) => {
    expect(fault(lines(['MESSAGE sip:lan@lab.test SIP/2.0', ...headers])).slice(0, 4)).toEqual(['fault', 'malformed', { status: 400 }, true])
  })

  test('bytes that are no SIP, at the first that shows it', () => {
    expect(kinds(Buffer.from([0x16]))).toEqual(['fault'])
    expect(kinds(Buffer.from('x'.repeat(200)))).toEqual(['fault'])
    expect(kinds(Buffer.from('GET / HTTP/1.1\r\n'))).toEqual(['fault'])
    expect(kinds(Buffer.from('\rx'))).toEqual(['fault'])
  })

  test('a line that ends with LF alone, at once', () => {
    expect(kinds(Buffer.from('OPTIONS sip:lan@lab.test SIP/2.0\n'))).toEqual(['fault'])
  })
})

describe('a folded Content-Length', () => {
  test('is read', () => {
    expect(kinds(Buffer.concat([lines(['MESSAGE sip:lan@lab.test SIP/2.0', 'Content-Length  :', '  5'], 'hello'), small]))).toEqual(['message', 'message'])
  })
})

describe('a datagram', () => {
  const of = (bytes: Uint8Array, limits = defaultLimits) => frameDatagram(bytes, limits).map(plain)
  const fault = (bytes: Uint8Array, limits = defaultLimits) => (of(bytes, limits)[0] as unknown[]).slice(0, 4)

  test('is one message; what follows its length is dropped', () => {
    expect(of(Buffer.concat([small, message]))).toEqual(of(small))
  })

  test('without Content-Length has a body to its end', () => {
    expect(of(lines(['MESSAGE sip:lan@lab.test SIP/2.0', 'Content-Type: text/plain'], 'hello'))).toEqual([
      ['message', 'MESSAGE sip:lan@lab.test SIP/2.0\r\nContent-Type: text/plain\r\n', 'hello'],
    ])
  })

  test('may be a ping or a pong', () => {
    expect(of(ping)).toEqual([['ping']])
    expect(of(ping.subarray(2))).toEqual([['pong']])
    expect(of(Buffer.alloc(0))).toEqual([])
  })

  test('that is broken spoils only itself', () => {
    expect(fault(lines(['MESSAGE sip:lan@lab.test SIP/2.0', 'Content-Length: 9'], 'hello'))).toEqual(['fault', 'malformed', { status: 400 }, false])
    expect(fault(Buffer.from('hello'))).toEqual(['fault', 'malformed', { status: 400 }, false])
    expect(fault(lines(['MESSAGE sip:lan@lab.test SIP/2.0'], 'x'.repeat(99)), { ...defaultLimits, maxBody: 40 })).toEqual(['fault', 'too-large', { status: 413, limit: 40 }, false])
  })
})
