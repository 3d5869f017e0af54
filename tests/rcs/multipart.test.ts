import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMultipart, writeMultipart } from '../../src-main/rcs/multipart'
import { bytes, capture, faultOf, text } from './captures'

describe('multipart', () => {
  it('reads two texts built by hand', () => {
    const parts = readMultipart(capture('46-message-multipart-raw.sip').body, 'b1')
    expect(parts.map(({ headers, body }) => [headers, text(body)])).toEqual([
      [[{ name: 'Content-Type', value: 'text/plain' }], 'part one'], [[{ name: 'Content-Type', value: 'text/plain' }], 'part two'],
    ])
  })

  it('leaves preamble and epilogue out, and takes blanks behind a delimiter', () => {
    const parts = readMultipart(bytes('before\r\n--b \t\r\n\r\none\r\n--b\r\n\r\n--b\r\n\r\n\r\n--b--\r\nafter\r\n--b\r\n'), 'b')
    expect(parts.map(({ body }) => text(body))).toEqual(['one', '', ''])
  })

  it('does not take a longer line for a delimiter', () => {
    const [part] = readMultipart(bytes('--b\r\n\r\n--bc\r\n --b\r\nx--b\r\n--b--'), 'b')
    expect(text(part!.body)).toBe('--bc\r\n --b\r\nx--b')
  })

  it.each([
    ['no boundary', '--b--', undefined],
    ['an empty boundary', '----', ''],
    ['a boundary longer than 70', `--${'b'.repeat(71)}--`, 'b'.repeat(71)],
    ['no closing delimiter', '--b\r\n\r\none\r\n', 'b'],
    ['nothing', '', 'b'],
    ['bare LF in a head', '--b\r\nX: y\n\r\none\r\n--b--', 'b'],
    ['a head without its empty line', '--b\r\nX: y\r\n--b--', 'b'],
  ])('refuses %s', (_, body, boundary) => expect(faultOf(() => readMultipart(bytes(body), boundary))).toBe('malformed'))

  it('stops at the 65th part', () => {
    const of = (count: number) => bytes('--b\r\n\r\nx\r\n'.repeat(count) + '--b--')
    expect(readMultipart(of(64), 'b')).toHaveLength(64)
    expect(faultOf(() => readMultipart(of(65), 'b'))).toBe('too-large')
    expect(faultOf(() => readMultipart(of(50_000), 'b'))).toBe('too-large')
  })

  it('reads back what it writes, whatever the parts hold', () => {
    const tricky = fc.constantFrom('--yanxin', '--yanxin-0', '--yanxin--', '\r\n', '\n', 'x', '').map(bytes)
    const body = fc.oneof(fc.uint8Array(), fc.array(tricky).map((all) => Uint8Array.from(all.flatMap((one) => [...one]))))
    fc.assert(fc.property(fc.array(body, { maxLength: 5 }), (bodies) => {
      const written = writeMultipart(bodies.map((one) => ({ headers: [{ name: 'X', value: '1' }], body: one })))
      expect(readMultipart(written.body, written.boundary).map((part) => part.body)).toEqual(bodies)
    }))
  })

  it('throws only faults, whatever comes', () => {
    const piece = fc.constantFrom('--b', '--', '\r\n', '\n', 'X: y', ':', ' ', 'x', '\r')
    fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (all) => void faultOf(() => readMultipart(bytes(all.join('')), 'b'))), { numRuns: 2000 })
  })
})
