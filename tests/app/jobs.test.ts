import { expect, it } from 'vitest'
import { Jobs } from '../../src-main/app/jobs'
import { Fault } from '../../src-main/base/faults'
import { randomIds } from '../../src-main/base/ids'
import type { JobView } from '../../src-main/contract/jobs'
import { HandClock } from '../fakes/clock'

function stage() {
  const clock = new HandClock()
  const jobs = new Jobs({ clock, ids: randomIds })
  const told: JobView[] = []
  jobs.events.on('job', (view) => told.push(view))
  return { clock, jobs, told }
}

it('tells how far a job is, a few times a second at most, and how it ended', async () => {
  const { clock, jobs, told } = stage()
  const { promise, resolve } = Promise.withResolvers<void>()
  const { ended } = jobs.start({
    kind: 'import', unit: 'bytes', total: 100,
    run: async ({ progress }) => {
      for (let done = 0; done <= 60; done++) progress(done)
      progress(10)
      await promise
      return { messages: 7 }
    },
  })
  await Promise.resolve()
  clock.advance(200)
  expect(told.map(({ at, done }) => [at, done])).toEqual([['running', 0], ['running', 60]])
  resolve()
  await ended
  expect(told.at(-1)).toMatchObject({ at: 'done', done: 60, total: 100, detail: { messages: 7 } })
})

it('a job that is cancelled ends as cancelled, one that throws says why', async () => {
  const { jobs, told } = stage()
  const { id, ended } = jobs.start({
    kind: 'check', unit: 'pages',
    run: ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
  })
  await Promise.resolve()
  expect(jobs.isRunning('check')).toBe(true)
  jobs.cancel(id)
  await ended
  expect(told.at(-1)).toMatchObject({ id, at: 'cancelled' })
  await jobs.start({ kind: 'check', unit: 'pages', run: () => Promise.reject(new Fault('disk-full')) }).ended
  expect(told.at(-1)).toMatchObject({ at: 'failed', fault: { code: 'disk-full' } })
  jobs.cancel(id)
  expect(jobs.list().map((view) => view.id)).not.toContain(id)
})

it('stopping cancels what runs and waits for it', async () => {
  const { jobs, told } = stage()
  jobs.start({
    kind: 'index', unit: 'messages',
    run: ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
  })
  await Promise.resolve()
  await jobs.stop()
  expect(told.at(-1)?.at).toBe('cancelled')
  expect(jobs.list()).toEqual([])
})
