import { expect, it } from 'vitest'
import { ref } from 'vue'
import { Fault } from '../../../src-main/base/faults'
import type { Commands } from '../../../src-main/contract/calls'
import { useSearch } from '../../../src-renderer/state/search'
import { mei, message, openWorld, settle } from './world'

type Found = Awaited<ReturnType<Commands['search']>>
const hit = (place: number) => ({ conversation: mei, place, message: message(place) })

it('searches when the typing pauses, and drops an answer that comes too late', async () => {
  const world = await openWorld()
  const answers: ((found: Found) => void)[] = []
  world.answers.search = () => new Promise((resolve) => void answers.push(resolve))
  const { text, hits, busy } = world.use(() => useSearch())
  text.value = '晚'
  text.value = '晚上'
  await world.clock.advance(200)
  expect(world.calls).toEqual([['search', { text: '晚上', limit: 50 }]])
  text.value = '晚上吃'
  await world.clock.advance(200)
  answers[1]!({ hits: [hit(2)], more: false })
  answers[0]!({ hits: [hit(1), hit(2)], more: false })
  await settle()
  expect(hits.value.map(({ place }) => place)).toEqual([2])
  expect(busy.value).toBe(false)
})

it('brings older hits after the ones that are there, each once', async () => {
  const world = await openWorld()
  world.answers.search = ({ before }) => Promise.resolve(before ? { hits: [hit(8), hit(7)], more: false } : { hits: [hit(9), hit(8)], more: true })
  const { text, hits, more, older } = world.use(() => useSearch(mei))
  text.value = 'a'
  await world.clock.advance(200)
  await older()
  expect(hits.value.map(({ place }) => place)).toEqual([9, 8, 7])
  expect(world.calls.at(-1)).toEqual(['search', { text: 'a', limit: 50, conversation: mei, before: { at: 8_000 } }])
  expect(more.value).toBe(false)
  await older()
  expect(world.calls).toHaveLength(2)
})

it('an empty text asks nothing and forgets what was found', async () => {
  const world = await openWorld()
  world.answers.search = () => Promise.resolve({ hits: [hit(1)], more: true })
  const { text, hits, more, clear } = world.use(() => useSearch())
  text.value = 'a'
  await world.clock.advance(200)
  await settle()
  expect(hits.value).toHaveLength(1)
  clear()
  expect([hits.value.length, more.value]).toEqual([0, false])
  text.value = '   '
  await world.clock.advance(200)
  expect(world.calls).toHaveLength(1)
})

it('searches anew in another conversation, and says what went wrong', async () => {
  const world = await openWorld()
  const where = ref<string | undefined>(undefined)
  world.answers.search = () => Promise.reject(new Fault('disk-broken'))
  const { text, fault, busy } = world.use(() => useSearch(where))
  text.value = 'a'
  await world.clock.advance(200)
  await settle()
  expect([fault.value?.code, busy.value]).toEqual(['disk-broken', false])
  world.answers.search = () => Promise.resolve({ hits: [], more: false })
  where.value = mei
  await world.clock.advance(200)
  await settle()
  expect(fault.value).toBeUndefined()
  expect(world.calls.at(-1)).toEqual(['search', { text: 'a', limit: 50, conversation: mei }])
})
