import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readDateTime, writeDateTime } from '../../src-main/rcs/time'
import { faultOf } from './captures'

it('reads RFC 3339 in every zone, with and without fractions', () => {
  const at = Date.UTC(2024, 1, 29, 8, 12, 31)
  expect(readDateTime('2024-02-29T08:12:31Z')).toBe(at)
  expect(readDateTime(' 2024-02-29t16:12:31+08:00 ')).toBe(at)
  expect(readDateTime('2024-02-29T08:12:31.123456Z')).toBe(at + 123)
})

it.each([
  '2023-02-29T08:12:31Z', '2024-13-01T00:00:00Z', '2024-00-01T00:00:00Z', '2024-01-00T00:00:00Z', '2024-01-01T24:00:00Z', '2024-01-01T00:60:00Z',
  '2024-01-01 00:00:00', '2024/01/01T00:00:00Z', '2024-01-01T00-00-00Z', '20x4-01-01T00:00:00Z', '2024-01-01T00:00:00x', 'yesterday', '',
])('knows that %j is no time', (text) => expect(readDateTime(text)).toBeUndefined())

it('reads back what it writes, in whole seconds', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 250_000_000_000_000 }), (at) => {
    expect(readDateTime(writeDateTime(at))).toBe(at - (at % 1000))
  }))
})

it.each([Number.NaN, Infinity, -1, 253_402_300_800_000])('writes no %d', (at) => expect(faultOf(() => writeDateTime(at))).toBe('bad-argument'))
