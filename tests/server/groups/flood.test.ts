import { expect, it } from 'vitest'
import { Flood } from '../../../src-main/server/groups/flood'
import { HandClock } from '../../fakes/clock'

it('lets a burst through, then as many as the rate allows, and says how long to wait', async () => {
  const clock = new HandClock()
  const flood = new Flood(clock, { burst: 3, perSecond: 2 })
  expect([1, 2, 3].map(() => flood.take('mei'))).toEqual([0, 0, 0])
  expect(flood.take('mei')).toBe(500)
  expect(flood.take('lan')).toBe(0)
  await clock.advance(500)
  expect([flood.take('mei'), flood.take('mei')]).toEqual([0, 500])
  await clock.advance(60_000)
  expect([1, 2, 3, 4].map(() => flood.take('mei') === 0)).toEqual([true, true, true, false])
})
