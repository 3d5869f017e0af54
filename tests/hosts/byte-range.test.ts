import { expect, it } from 'vitest'
import { byteRange } from '../../src-main/hosts/byte-range'

it.each([
  [undefined, undefined], ['bytes=0-9', { from: 0, to: 10 }], ['bytes=90-', { from: 90, to: 100 }], ['bytes=90-400', { from: 90, to: 100 }],
  ['bytes=-5', { from: 95, to: 100 }], ['bytes=-500', { from: 0, to: 100 }], ['bytes=99-99', { from: 99, to: 100 }],
  ['bytes=100-', 'unsatisfiable'], ['bytes=-0', 'unsatisfiable'],
  ['bytes=9-3', undefined], ['bytes=-', undefined], ['bytes=0-1,5-6', undefined], ['pages=0-1', undefined], ['bytes=a-b', undefined], ['bytes=1e1-', undefined], ['bytes=0-99999999999999999999', undefined],
])('%s of 100 bytes is %j', (header, range) => expect(byteRange(header, 100)).toEqual(range))

it('of nothing there is no range', () => {
  expect(byteRange('bytes=0-', 0)).toBe('unsatisfiable')
  expect(byteRange('bytes=-1', 0)).toBe('unsatisfiable')
})
