import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Assembly } from '../../src-main/msrp/assembly'
import { Ranges } from '../../src-main/msrp/ranges'

test('ranges are whole when every byte was there, in any order', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(40), fc.nat(12)), { maxLength: 30 }), (pieces) => {
    const ranges = new Ranges()
    const seen = new Set<number>()
    for (const [from, length] of pieces) {
      ranges.add(from, from + length)
      for (let at = from; at < from + length; at++) seen.add(at)
    }
    let whole = 0
    while (seen.has(whole)) whole++
    expect(ranges.isWhole(whole)).toBe(true)
    expect(ranges.isWhole(whole + 1)).toBe(false)
    const starts = [...seen].filter((at) => !seen.has(at - 1))
    expect(ranges.count).toBe(starts.length)
  }))
})

test('a message is put together of pieces in any order, across pages', () => {
  const body = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i * 7 % 251))
  for (const total of [body.length, undefined]) {
    const assembly = new Assembly(total)
    const places = Array.from({ length: 11 }, (_, i) => i * 10_000).reverse()
    for (const at of places) assembly.write(at, body.subarray(at, at + 10_500))
    expect(assembly.size).toBe(body.length)
    expect(assembly.isWhole(body.length)).toBe(true)
    expect(Buffer.from(assembly.take(body.length)).equals(body)).toBe(true)
    expect(assembly.held).toBe(0)
  }
})
