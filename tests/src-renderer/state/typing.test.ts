import { expect, it } from 'vitest'
import { nextTick } from 'vue'
import { defaultSettings } from '../../../src-main/contract/calls'
import { useTyping } from '../../../src-renderer/state/typing'
import { appState, lan, mei, message, openWorld, settle, type World } from './world'

const told = ({ calls }: World) => calls.filter(([name]) => name === 'typing').map(([, , isTyping]) => isTyping)

it('shows who is typing until it goes out by itself or stops', async () => {
  const world = await openWorld()
  const { others } = world.use(() => useTyping(mei))
  const until = () => world.clock.now() + 10_000
  world.notices.emit('typing', { conversation: mei, from: mei, until: until() })
  world.notices.emit('typing', { conversation: lan, from: lan, until: until() })
  expect(others.value).toEqual([mei])
  await world.clock.advance(9_000)
  world.notices.emit('typing', { conversation: mei, from: mei, until: until() })
  await world.clock.advance(9_000)
  expect(others.value).toEqual([mei])
  await world.clock.advance(1_000)
  expect(others.value).toEqual([])
  world.notices.emit('typing', { conversation: mei, from: mei, until: until() })
  world.notices.emit('typing', { conversation: mei, from: mei, until: 0 })
  expect(others.value).toEqual([])
})

it('a message says that its sender has stopped typing', async () => {
  const world = await openWorld()
  world.store.set(mei, [])
  const { others } = world.use(() => useTyping(mei))
  await settle()
  world.notices.emit('typing', { conversation: mei, from: mei, until: world.clock.now() + 60_000 })
  world.store.set(mei, [message(0)])
  await nextTick()
  expect(others.value).toEqual([])
})

it('tells main while keys are pressed, not with each, and stops when idle, empty or left', async () => {
  const world = await openWorld()
  const { pressed, left, sent, end } = world.use(() => useTyping(mei))
  for (const text of ['a', 'ab', 'abc']) pressed(text)
  expect(told(world)).toEqual([true])
  await world.clock.advance(10_000)
  pressed('abcd')
  expect(told(world)).toEqual([true, true])
  await world.clock.advance(15_000)
  expect(told(world)).toEqual([true, true, false])
  pressed('abcde')
  pressed('')
  expect(told(world).slice(3)).toEqual([true, false])
  pressed('x')
  sent()
  left()
  expect(told(world).slice(5)).toEqual([true])
  pressed('y')
  end()
  expect(told(world).slice(6)).toEqual([true, false])
})

it('tells nothing when the person does not want it told', async () => {
  const world = await openWorld(appState({ settings: { ...defaultSettings, sendTyping: false } }))
  const { pressed } = world.use(() => useTyping(mei))
  pressed('abc')
  expect(told(world)).toEqual([])
})
