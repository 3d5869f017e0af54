import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backoff } from '../../src-main/base/backoff'

const range = { first: 1_000, longest: 60_000 }

it('doubles with each try and never passes the longest wait', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => backoff(attempt, 1, range)))
    .toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
})

it('leaves half of the wait to chance, so that many do not come back together', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (attempt, random) => {
    const longest = backoff(attempt, 1, range)
    const wait = backoff(attempt, random, range)
    expect(wait).toBeGreaterThanOrEqual(Math.floor(longest / 2))
    expect(wait).toBeLessThanOrEqual(longest)
  }))
})
