import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Framer } from '../../src-main/msrp/framer'
import type { Part } from '../../src-main/msrp/framer'
import { framesOf, send } from './wire'

const frames = (parts: readonly Uint8Array[], limits = {}): unknown[] => {
  const framer = new Framer(limits)
  // Read at once: bytes are views that the next push may overwrite.
  return framesOf(parts.flatMap((part) => framer.push(Uint8Array.from(part)).map((each): Part => (
    each.kind === 'data' ? { ...each, bytes: Uint8Array.from(each.bytes) } : each.kind === 'head' ? { ...each, head: Uint8Array.from(each.head) } : each
  ))))
}
const differing = (bytes: Buffer, limits = {}): number[] => {
  const whole = JSON.stringify(frames([bytes], limits))
  return [...bytes.keys()].filter((cut) => JSON.stringify(frames([bytes.subarray(0, cut), bytes.subarray(cut)], limits)) !== whole)
}
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

const text = send('d93kswow', { body: '你好' })
const more = send('a.-+%=', { flag: '+', body: Buffer.from([0, 13, 10, 255, 13, 10, 45, 45, 45, 45, 45, 45, 45, 13, 10]) })
const bare = bytes('MSRP x1 SEND\r\nTo-Path: msrp://a:1/b;tcp\r\nFrom-Path: msrp://c:1/d;tcp\r\nMessage-ID: 1\r\n-------x1$\r\n')
const response = bytes('MSRP x1 200 OK\r\nTo-Path: msrp://a:1/b;tcp\r\nFrom-Path: msrp://c:1/d;tcp\r\n-------x1$\r\n')
/** Everything that looks like the end of it and is not. */
const tricky = send('tid4', {
  flag: '#', body: '-------tid4\r\n-------tid4!\r\n-------tid4$\r\r\n-------tid4$x\r\n-------tid$\r\n-------tid45$\r\n\r\n------tid4$\r\n-------TID4$\r\n-------tid4+\n',
})

describe('a stream', () => {
  const stream = Buffer.concat([text, more, bare, bytes('\r\n'), response, tricky, bytes('\r\n\r\n'), text])

  test('holds messages with their bodies, whatever is in those', () => {
    expect(frames([stream])).toMatchObject([
      { tid: 'd93kswow', body: bytes(Buffer.from('你好').toString('latin1')).toString('latin1'), flag: '$' },
      { tid: 'a.-+%=', body: '\0\r\n\xff\r\n-------\r\n', flag: '+' },
      { tid: 'x1', body: undefined, flag: '$' }, { tid: 'x1', body: undefined, flag: '$' },
      { tid: 'tid4', flag: '#', body: expect.stringMatching(/^-------tid4\r\n[^]*TID4\$\r\n-------tid4\+\n$/) as string },
      { tid: 'd93kswow', flag: '$' },
    ])
  })

  test('is the same, cut at every byte', () => {
    expect(differing(stream)).toEqual([])
  })

  test('is the same, byte by byte', () => {
    expect(frames([...stream].map((byte) => Buffer.of(byte)))).toEqual(frames([stream]))
  })

  test('of any bytes is the same, however it is cut', () => {
    const piece = fc.oneof(
      fc.constantFrom(...[text, more, bare, response, tricky].map((each) => each.toString('latin1'))),
      fc.constantFrom('\r', '\n', '\r\n', '\r\n-------tid4', '$\r\n', '-------', 'MSRP ', 'MSRP tid4 SEND\r\n', 'Content-Type: a/b\r\n\r\n', '+', '#'),
      fc.string({ unit: 'binary', maxLength: 12 }),
    )
    fc.assert(fc.property(fc.array(piece, { maxLength: 10 }), fc.array(fc.nat(400), { maxLength: 6 }), (pieces, cuts) => {
      const all = bytes(pieces.join(''))
      const at = [0, ...cuts.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length]
      const parts = at.slice(1).map((end, i) => all.subarray(at[i], end))
      expect(JSON.stringify(frames(parts, { maxHead: 200 }))).toBe(JSON.stringify(frames([all], { maxHead: 200 })))
    }), { numRuns: 300 })
  })

  test('tells a body as it comes, and holds back only what may be its end', () => {
    const framer = new Framer()
    framer.push(text.subarray(0, text.indexOf('\r\n\r\n') + 4))
    const [data] = framer.push(bytes('x'.repeat(100_000)))
    expect(data).toMatchObject({ kind: 'data' })
    expect((data as { bytes: Uint8Array }).bytes).toHaveLength(100_000)
    expect(framer.push(bytes('y\r\n-------d93k'))).toMatchObject([{ kind: 'data', bytes: { length: 1 } }])
    expect(framer.push(bytes('z'))).toMatchObject([{ kind: 'data', bytes: { length: 14 } }])
    expect(framer.partial).toBe('body')
    expect(framer.push(bytes('\r\n-------d93kswow$\r\n'))).toEqual([{ kind: 'end', flag: '$' }])
    expect(framer.partial).toBeUndefined()
  })

  test('may end an empty body at once', () => {
    const head = 'MSRP t1 SEND\r\nTo-Path: msrp://a;tcp\r\nFrom-Path: msrp://b;tcp\r\nContent-Type: text/plain\r\n\r\n'
    expect(frames([bytes(`${head}-------t1$\r\n`)])).toMatchObject([{ body: undefined, flag: '$' }])
    expect(frames([bytes(`${head}\r\n-------t1$\r\n`)])).toMatchObject([{ body: undefined, flag: '$' }])
    expect(differing(bytes(`${head}-------t1$\r\n${head}\r\n-------t1+\r\n`))).toEqual([])
  })
})

describe('what a stream refuses', () => {
  const last = (input: string, limits = {}): unknown => frames([bytes(input)], limits).at(-1)

  test.each([
    ['bytes that are no MSRP, at the first', '\x16'],
    ['a CR alone between messages', '\rM'],
    ['another protocol', 'GET / HTTP/1.1\r\n'],
    ['a start line without a transaction id', 'MSRP  SEND\r\n'],
    ['a transaction id with foreign characters', 'MSRP a/b SEND\r\n'],
    ['a transaction id too long', `MSRP ${'a'.repeat(65)} SEND\r\n`],
    ['a start line of one word', 'MSRP abcd\r\n'],
    ['a line that ends with LF alone', 'MSRP abcd SEND\n'],
    ['an end-line of another message', 'MSRP abcd SEND\r\nA: b\r\n-------abce$\r\n'],
    ['an end-line without its flag', 'MSRP abcd SEND\r\nA: b\r\n-------abcd\r\n'],
  ])('%s', (_what, input) => {
    expect(last(input)).toEqual(['fault', 'malformed'])
    expect(differing(bytes(input))).toEqual([])
  })

  test('a head without an end, and takes nothing more', () => {
    const framer = new Framer({ maxHead: 100 })
    expect(framer.push(bytes(`MSRP abcd SEND\r\n${'A: b\r\n'.repeat(20)}`)).at(-1)).toMatchObject({ kind: 'fault', fault: { code: 'too-large', detail: { limit: 100 } } })
    expect(framer.broken).toBe(true)
    expect(framer.push(text)).toEqual([])
    expect(differing(bytes(`MSRP abcd SEND\r\n${'A: b\r\n'.repeat(20)}`), { maxHead: 100 })).toEqual([])
  })
})
