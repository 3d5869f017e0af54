import { expect, it } from 'vitest'
import { spaced, together } from '../../src-main/app/together'
import { HandClock } from '../fakes/clock'

it('calls of one moment are one, some time after the first', async () => {
  const clock = new HandClock()
  let ran = 0
  const call = together(clock, 100, () => ran++)
  call()
  call()
  await clock.advance(99)
  expect(ran).toBe(0)
  await clock.advance(1)
  expect(ran).toBe(1)
})

it('the first call is heard at once, those that follow once more', async () => {
  const clock = new HandClock()
  const ran: number[] = []
  const began = clock.steady()
  const call = spaced(clock, 16, () => ran.push(clock.steady() - began))
  for (let ms = 0; ms < 40; ms++) {
    call()
    call()
    await clock.advance(1)
  }
  await clock.advance(100)
  expect(ran).toEqual([0, 16, 32, 48])
  call()
  await clock.advance(0)
  expect(ran).toEqual([0, 16, 32, 48, 140])
})
