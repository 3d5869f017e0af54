import { expect, it } from 'vitest'
import { useRebuild } from '../../../src-renderer/state/rebuild'
import { openWorld, settle } from './world'

it('says how the copy is: unknown, filled, whole, rebuilt, cancelled', async () => {
  const world = await openWorld()
  const { view } = world.use(() => useRebuild())
  expect(view.value).toEqual({ at: 'unknown' })
  world.catalog.set({ store: 's', reading: 1 })
  world.report({ at: 'waiting-turn' })
  expect(view.value).toEqual({ at: 'unknown' })
  world.report({ at: 'filling', done: 20, total: 80 })
  expect(view.value).toEqual({ at: 'filling', done: 20, total: 80 })
  world.catalog.set({ store: 's', reading: 1, ended: { at: 'done', when: 7, messages: 80 } })
  world.report({ at: 'live', applied: 80, newest: 80 })
  expect(view.value).toEqual({ at: 'whole', ended: { at: 'done', when: 7, messages: 80 } })
  // Asked for, and nobody has begun.
  world.catalog.set({ store: 's', reading: 1, building: 2 })
  expect(view.value).toMatchObject({ at: 'rebuilding', done: 0, total: undefined })
  world.report({ at: 'live', applied: 80, newest: 80, rebuild: { at: 'running', done: 30, total: 80 } })
  expect(view.value).toMatchObject({ at: 'rebuilding', done: 30, total: 80 })
  world.report({ at: 'live', applied: 80, newest: 80, rebuild: { at: 'failed', done: 30, total: 80, fault: { code: 'disk-full' }, until: 9 } })
  expect(view.value).toMatchObject({ at: 'rebuilding', fault: { code: 'disk-full' } })
  world.catalog.set({ store: 's', reading: 1, ended: { at: 'cancelled', when: 8 } })
  expect(view.value).toEqual({ at: 'whole', ended: { at: 'cancelled', when: 8 } })
})

it('asks in the catalog, whoever projects', async () => {
  const world = await openWorld()
  const { rebuild, cancel } = world.use(() => useRebuild())
  await settle()
  await rebuild()
  await cancel()
  expect(world.catalog.asked).toEqual(['rebuild', 'cancel'])
})
