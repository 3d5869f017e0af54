import { expect, it } from 'vitest'
import { ref } from 'vue'
import { Fault } from '../../../src-main/base/faults'
import type { SearchPage } from '../../../src-main/contract/calls'
import type { JobView } from '../../../src-main/contract/jobs'
import { FIRST_HITS, MORE_HITS, useSearch } from '../../../src-renderer/state/search'
import { mei, message, openWorld, settle } from './world'

const hit = (place: number) => ({ conversation: mei, place, message: message(place) })
const hits = (count: number, from = 1_000) => Array.from({ length: count }, (_, i) => hit(from - i))
const indexing = (change: Partial<JobView>): JobView => ({ id: 'i', kind: 'index', at: 'running', done: 0, unit: 'messages', startedAt: 0, ...change })

it('asks at the first key, and while an answer is on its way only the newest text waits', async () => {
  const world = await openWorld()
  const answers: ((found: SearchPage) => void)[] = []
  world.answers.search = () => new Promise((resolve) => void answers.push(resolve))
  const { text, hits, busy } = world.use(() => useSearch())
  text.value = '晚'
  text.value = '晚上'
  text.value = '晚上吃'
  await settle()
  expect(world.calls).toEqual([['search', { text: '晚', limit: FIRST_HITS }]])
  answers[0]!({ hits: [hit(1), hit(2)] })
  await settle()
  expect(hits.value).toEqual([])
  expect(busy.value).toBe(true)
  expect(world.calls.slice(1)).toEqual([['search', { text: '晚上吃', limit: FIRST_HITS }]])
  answers[1]!({ hits: [hit(2)] })
  await settle()
  expect(hits.value.map(({ place }) => place)).toEqual([2])
  expect(busy.value).toBe(false)
})

it('brings older hits after the ones that are there', async () => {
  const world = await openWorld()
  world.answers.search = ({ before }) => Promise.resolve(before ? { hits: [hit(7)] } : { hits: hits(FIRST_HITS), next: 77 })
  const { text, hits: found, more, older } = world.use(() => useSearch(mei))
  text.value = 'a'
  await settle()
  expect(world.calls).toHaveLength(1)
  await older()
  expect(found.value.map(({ place }) => place)).toEqual([...hits(FIRST_HITS).map(({ place }) => place), 7])
  expect(world.calls.at(-1)).toEqual(['search', { text: 'a', limit: MORE_HITS, conversation: mei, before: 77 }])
  expect(more.value).toBe(false)
  await older()
  expect(world.calls).toHaveLength(2)
})

it('goes on by itself until the list is full, and shows what comes meanwhile', async () => {
  const world = await openWorld()
  const answers: ((found: SearchPage) => void)[] = []
  world.answers.search = () => new Promise((resolve) => void answers.push(resolve))
  const { text, hits: found, busy } = world.use(() => useSearch())
  text.value = 'a'
  await settle()
  answers[0]!({ hits: [], next: 50 })
  await settle()
  answers[1]!({ hits: [hit(3)], next: 40 })
  await settle()
  expect([found.value.length, busy.value]).toEqual([1, true])
  expect(world.calls.at(-1)).toEqual(['search', { text: 'a', limit: FIRST_HITS - 1, before: 40 }])
  answers[2]!({ hits: [] })
  await settle()
  expect([found.value.length, busy.value]).toEqual([1, false])
})

it('grows with the index, and says how far back it reaches', async () => {
  const world = await openWorld()
  world.answers.search = ({ before }) => Promise.resolve(before === undefined
    ? { hits: [hit(9)], coverage: { from: 9_000, done: 1, total: 3, next: 90 } }
    : before === 90 || !isWhole ? { hits: before === 90 ? [hit(8)] : [], coverage: { from: 8_000, done: 2, total: 3, next: 80 } } : { hits: [hit(7)] })
  let isWhole = false
  const { text, hits, coverage } = world.use(() => useSearch())
  text.value = 'a'
  await settle()
  expect(coverage.value).toMatchObject({ from: 9_000, done: 1, total: 3 })
  world.notices.emit('job', indexing({ kind: 'import', done: 2 }))
  expect(world.calls).toHaveLength(1)
  world.notices.emit('job', indexing({ done: 2, total: 3 }))
  await settle()
  expect(hits.value.map(({ place }) => place)).toEqual([9, 8])
  expect(coverage.value).toMatchObject({ from: 8_000, done: 2, isGrowing: true })
  world.notices.emit('job', indexing({ at: 'cancelled', done: 2, total: 3 }))
  await settle()
  expect(coverage.value).toMatchObject({ isGrowing: false })
  isWhole = true
  world.notices.emit('job', indexing({ at: 'done', done: 3, total: 3 }))
  await settle()
  expect(hits.value.map(({ place }) => place)).toEqual([9, 8, 7])
  expect(coverage.value).toBeUndefined()
})

it('a full list leaves what the index adds to the scrolling', async () => {
  const world = await openWorld()
  world.answers.search = () => Promise.resolve({ hits: hits(FIRST_HITS), coverage: { from: 9_000, done: 1, total: 3, next: 90 } })
  const { text, more, coverage } = world.use(() => useSearch())
  text.value = 'a'
  await settle()
  expect(more.value).toBe(false)
  world.notices.emit('job', indexing({ done: 2, total: 3, detail: { from: 8_000 } }))
  await settle()
  expect([more.value, world.calls.length]).toEqual([true, 1])
  expect(coverage.value).toMatchObject({ from: 8_000, done: 2 })
})

it('an answer that left before the index was whole is followed to the end', async () => {
  const world = await openWorld()
  const answers: ((found: SearchPage) => void)[] = []
  world.answers.search = () => new Promise((resolve) => void answers.push(resolve))
  const { text, hits, coverage, busy } = world.use(() => useSearch())
  text.value = 'a'
  await settle()
  world.notices.emit('job', indexing({ at: 'done', done: 3, total: 3 }))
  answers[0]!({ hits: [hit(9)], coverage: { from: 9_000, done: 1, total: 3, next: 90 } })
  await settle()
  expect(world.calls.at(-1)).toEqual(['search', { text: 'a', limit: FIRST_HITS - 1, before: 90 }])
  answers[1]!({ hits: [hit(8)] })
  await settle()
  expect([hits.value.length, coverage.value, busy.value]).toEqual([2, undefined, false])
})

it('an empty text asks nothing and forgets what was found', async () => {
  const world = await openWorld()
  world.answers.search = () => Promise.resolve({ hits: hits(FIRST_HITS), next: 5 })
  const { text, hits: found, more, clear } = world.use(() => useSearch())
  text.value = 'a'
  await settle()
  expect(found.value).toHaveLength(FIRST_HITS)
  clear()
  expect([found.value.length, more.value]).toEqual([0, false])
  text.value = '   '
  await settle()
  expect(world.calls).toHaveLength(1)
})

it('searches anew in another conversation, and says what went wrong', async () => {
  const world = await openWorld()
  const where = ref<string | undefined>(undefined)
  world.answers.search = () => Promise.reject(new Fault('disk-broken'))
  const { text, fault, busy } = world.use(() => useSearch(where))
  text.value = 'a'
  await settle()
  expect([fault.value?.code, busy.value]).toEqual(['disk-broken', false])
  world.answers.search = () => Promise.resolve({ hits: [] })
  where.value = mei
  await settle()
  expect(fault.value).toBeUndefined()
  expect(world.calls.at(-1)).toEqual(['search', { text: 'a', limit: FIRST_HITS, conversation: mei }])
})
