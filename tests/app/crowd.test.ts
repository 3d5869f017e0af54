import { expect, it } from 'vitest'
import { Crowd } from '../../src-main/app/crowd'

it('four notifications in five seconds are enough, and a clock that is set back silences nothing', () => {
  const crowd = new Crowd()
  expect([0, 1, 2, 3, 4, 4_999].map((at) => crowd.lets(100_000 + at))).toEqual([true, true, true, true, false, false])
  expect(crowd.lets(105_000)).toBe(true)
  expect(crowd.lets(50_000)).toBe(true)
})
