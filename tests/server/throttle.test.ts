import { expect, test } from 'vitest'
import { MINUTE } from '../../src-main/base/clock'
import { Throttle } from '../../src-main/server/throttle'
import { HandClock } from '../fakes/clock'

test('after the free tries each wrong one doubles the wait, up to the longest', () => {
  const clock = new HandClock()
  const throttle = new Throttle({ clock, free: 2, longest: 4_000 })
  const waits = Array.from({ length: 6 }, () => {
    throttle.wrong('a')
    return throttle.wait('a')
  })
  expect(waits).toEqual([0, 0, 1_000, 2_000, 4_000, 4_000])
  expect(throttle.wait('b')).toBe(0)
})

test('the wait runs off, a right try forgives, and so does a quarter of an hour', async () => {
  const clock = new HandClock()
  const throttle = new Throttle({ clock, free: 0 })
  throttle.wrong('a')
  await clock.advance(999)
  expect(throttle.wait('a')).toBe(1)
  await clock.advance(1)
  expect(throttle.wait('a')).toBe(0)
  throttle.wrong('a')
  expect(throttle.wait('a')).toBe(2_000)
  throttle.right('a')
  throttle.wrong('a')
  expect(throttle.wait('a')).toBe(1_000)
  await clock.advance(16 * MINUTE)
  throttle.wrong('a')
  expect(throttle.wait('a')).toBe(1_000)
})

test('it remembers a bounded number of names, the latest ones', () => {
  const throttle = new Throttle({ clock: new HandClock(), free: 0, most: 2 })
  for (const key of ['a', 'b', 'c']) throttle.wrong(key)
  expect(['a', 'b', 'c'].map((key) => throttle.wait(key) > 0)).toEqual([false, true, true])
})
