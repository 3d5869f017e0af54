import { expect, it } from 'vitest'
import { ref } from 'vue'
import { Fault } from '../../../src-main/base/faults'
import { useDraft } from '../../../src-renderer/state/drafts'
import { lan, mei, openWorld, settle, type World } from './world'

const saves = ({ calls }: World) => calls.filter(([name]) => name === 'saveDraft').map(([, ...args]) => args)

async function composer(draft?: string) {
  const world = await openWorld()
  world.store.set(mei, [], draft === undefined ? {} : { draft })
  world.store.set(lan, [], { draft: 'for lan' })
  const which = ref<string | undefined>(mei)
  const used = world.use(() => useDraft(which))
  await settle()
  return { world, which, ...used }
}

it('a draft is there again when its conversation is opened', async () => {
  const { text, which } = await composer('half a sen')
  expect(text.value).toBe('half a sen')
  which.value = lan
  expect(text.value).toBe('for lan')
})

it('a draft is saved half a second after the last key, once', async () => {
  const { text, world } = await composer()
  for (const typed of ['h', 'he', 'hel']) {
    text.value = typed
    await world.clock.advance(400)
  }
  expect(saves(world)).toEqual([])
  await world.clock.advance(100)
  expect(saves(world)).toEqual([[mei, 'hel']])
  await world.clock.advance(5_000)
  expect(saves(world)).toHaveLength(1)
})

it('leaving saves what is not saved: another conversation, the end of the view, the end of the page', async () => {
  const { text, world, which, end } = await composer()
  text.value = 'one'
  which.value = lan
  expect(saves(world)).toEqual([[mei, 'one']])
  text.value = 'two'
  world.hide()
  expect(saves(world)).toEqual([[mei, 'one'], [lan, 'two']])
  text.value = 'three'
  end()
  expect(saves(world)).toEqual([[mei, 'one'], [lan, 'two'], [lan, 'three']])
})

it('an echo of an older save does not undo what is being typed', async () => {
  const { text, world } = await composer()
  text.value = 'abc'
  await world.clock.advance(500)
  text.value = 'abcd'
  await world.clock.advance(500)
  world.store.setRow(mei, { draft: 'abc' })
  expect(text.value).toBe('abcd')
})

it('another window changes the draft of a window that nobody types in', async () => {
  const { text, world } = await composer('old')
  world.focused.value = false
  world.store.setRow(mei, { draft: 'from the other window' })
  expect(text.value).toBe('from the other window')
})

it('what was sent is no draft: nothing is saved after it', async () => {
  const { text, world, clear } = await composer()
  text.value = 'sent at once'
  clear()
  await world.clock.advance(5_000)
  expect(text.value).toBe('')
  expect(saves(world)).toEqual([])
})

it('a save that failed is tried again on leaving', async () => {
  const { text, world, flush } = await composer()
  world.answers.saveDraft = () => Promise.reject(new Fault('closed'))
  text.value = 'abc'
  await world.clock.advance(500)
  await settle()
  delete world.answers.saveDraft
  await flush()
  expect(saves(world)).toEqual([[mei, 'abc'], [mei, 'abc']])
})
