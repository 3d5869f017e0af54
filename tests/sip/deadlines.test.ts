import { expect, test, vi } from 'vitest'
import { silentLog } from '../../src-main/base/log'
import { Deadlines } from '../../src-main/sip/deadlines'
import { HandClock } from '../fakes/clock'

function deadlines() {
  const clock = new HandClock()
  const error = vi.fn()
  return { clock, error, after: vi.spyOn(clock, 'after'), all: new Deadlines(clock, { ...silentLog, error }), happened: [] as string[] }
}

test('what is to happen does so in its second, never early, and in order', async () => {
  const { clock, all, happened } = deadlines()
  const start = clock.steady()
  for (const [name, ms] of [['late', 5_500], ['soon', 700], ['now', 0], ['later', 600_000]] as const) {
    all.after(ms, () => {
      happened.push(name)
      expect(clock.steady() - start).toBeGreaterThanOrEqual(ms)
      expect(clock.steady() - start).toBeLessThanOrEqual(ms + 1_000)
    })
  }
  await clock.advance(700_000)
  expect(happened).toEqual(['now', 'soon', 'late', 'later'])
})

test('what was cancelled does not, and what begins meanwhile does', async () => {
  const { clock, all, happened } = deadlines()
  const gone = all.after(2_000, () => happened.push('gone'))
  all.after(2_000, () => {
    happened.push('first')
    sibling.cancel()
    all.after(0, () => happened.push('at once'))
  })
  const sibling = all.after(2_000, () => happened.push('sibling'))
  gone.cancel()
  await clock.advance(10_000)
  expect(happened).toEqual(['first', 'at once'])
})

test('one timer is enough for all, also when the wall clock is set', async () => {
  const { clock, all, after, happened } = deadlines()
  for (let i = 0; i < 1_000; i++) all.after(60_000 + i, () => happened.push('x'))
  expect(after).toHaveBeenCalledOnce()
  clock.jump(-3_600_000)
  await clock.advance(62_000)
  expect(happened).toHaveLength(1_000)
})

test('one that throws keeps no other from happening', async () => {
  const { clock, all, happened, error } = deadlines()
  all.after(1_000, () => { throw new Error('mine') })
  all.after(1_000, () => happened.push('second'))
  all.after(9_000, () => happened.push('third'))
  await clock.advance(10_000)
  expect([happened, error.mock.calls.length]).toEqual([['second', 'third'], 1])
})
