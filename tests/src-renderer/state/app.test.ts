import { expect, it } from 'vitest'
import { nextTick, ref } from 'vue'
import { Fault } from '../../../src-main/base/faults'
import { defaultSettings, type PeerView } from '../../../src-main/contract/calls'
import { useApp } from '../../../src-renderer/state/app'
import { matches, useConversations } from '../../../src-renderer/state/conversations'
import { useJourney } from '../../../src-renderer/state/journey'
import { useLooking } from '../../../src-renderer/state/looking'
import { usePeer } from '../../../src-renderer/state/peer'
import { appState, lan, mei, message, openWorld, settle } from './world'

const appOf = async (state = appState()) => {
  const world = await openWorld(state)
  return { world, app: world.use(() => ({ app: useApp() })).app }
}

it('knows main’s state from the first answer and every notice', async () => {
  const { world, app } = await appOf()
  expect([app.ready, app.account?.address, app.link.at]).toEqual([true, 'sip:me@test', 'online'])
  world.notices.emit('stateChanged', appState({ link: { at: 'connecting', attempt: 1 } }))
  expect(app.link).toEqual({ at: 'connecting', attempt: 1 })
})

it('asks for the state again when the line to main is back', async () => {
  const { world, app } = await appOf()
  world.connect({ at: 'lost', until: 0, attempt: 1, appEnded: true })
  expect(app.connection).toMatchObject({ at: 'lost', appEnded: true })
  world.answers.state = () => Promise.resolve(appState({ link: { at: 'connecting', attempt: 7 } }))
  world.connect({ at: 'open' })
  await settle()
  expect(app.link).toMatchObject({ attempt: 7 })
})

it('shows a fault until it is dismissed, one of a kind', async () => {
  const { app } = await appOf()
  expect(await app.attempt(Promise.resolve(3))).toBe(3)
  expect(await app.attempt(Promise.reject(new Fault('disk-full')))).toBeUndefined()
  app.report(new Fault('busy'))
  app.report(new Fault('disk-full'))
  expect(app.faults.map(({ fault }) => fault.code)).toEqual(['busy', 'disk-full'])
  app.dismiss(app.faults[0]!.key)
  expect(app.faults.map(({ fault }) => fault.code)).toEqual(['disk-full'])
})

it('shows once what stood in the way at start', async () => {
  const { world, app } = await appOf(appState({ startFault: { code: 'disk-broken' } }))
  expect(app.faults).toHaveLength(1)
  app.dismiss(app.faults[0]!.key)
  world.notices.emit('stateChanged', appState({ startFault: { code: 'disk-broken' } }))
  expect(app.faults).toHaveLength(0)
})

it('a form gets its own fault from signing in', async () => {
  const { world, app } = await appOf(appState({ link: { at: 'signed-out' } }))
  world.answers.signIn = () => Promise.reject(new Fault('wrong-password'))
  await expect(app.signIn({ address: 'a', password: 'b', relay: 'c' })).rejects.toMatchObject({ code: 'wrong-password' })
  expect(app.faults).toHaveLength(0)
})

it('language and theme follow the system until they are chosen', async () => {
  const { world, app } = await appOf()
  expect([app.language, app.theme]).toEqual(['zh', 'light'])
  world.notices.emit('stateChanged', appState({ settings: { ...defaultSettings, language: 'en', theme: 'dark' } }))
  expect([app.language, app.theme]).toEqual(['en', 'dark'])
})

it('a conversation chosen in a notification reaches who listens, while it listens', async () => {
  const { world, app } = await appOf()
  const shown: string[] = []
  const view = world.use(() => ({ done: app.onShow((conversation) => void shown.push(conversation)) }))
  world.notices.emit('show', mei)
  view.end()
  world.notices.emit('show', lan)
  expect(shown).toEqual([mei])
})

it('the list is live, newest first, filtered by what people call each other', async () => {
  const { world } = await appOf()
  world.store.set(mei, [message(0)], { name: '小梅', unread: 2 })
  world.store.set(lan, [message(9, { conversation: lan })], { unread: 1 })
  const { list, all, unread, filter, byId, ready } = world.use(() => useConversations())
  expect(ready.value).toBe(false)
  await settle()
  expect(ready.value).toBe(true)
  expect([list.value.map(({ id }) => id), unread.value]).toEqual([[lan, mei], 3])
  filter.value = '梅'
  expect(list.value.map(({ id }) => id)).toEqual([mei])
  expect([all.value.length, byId(lan)?.unread]).toEqual([2, 1])
  expect(matches({ ...byId(mei)!, name: 'Ｍei' }, ' mei ')).toBe(true)
})

it('asks who the other side is on opening, when the link comes up, and while somebody looks', async () => {
  const { world } = await appOf()
  const view = (address: string): PeerView => ({ address, reach: 'rcs', online: true, isChatbot: false, features: [], askedAt: 0 })
  world.answers.peer = (conversation) => Promise.resolve(view(conversation))
  const which = ref<string | undefined>(mei)
  const { peer } = world.use(() => usePeer(which))
  await settle()
  expect(peer.value?.address).toBe(mei)
  which.value = lan
  await nextTick()
  await settle()
  expect(peer.value?.address).toBe(lan)
  const asked = () => world.calls.filter(([name]) => name === 'peer').length
  expect(asked()).toBe(2)
  await world.clock.advance(60_000)
  expect(asked()).toBe(3)
  world.focused.value = false
  await world.clock.advance(600_000)
  expect(asked()).toBe(3)
})

it('reads a message’s journey again when its status changes', async () => {
  const { world } = await appOf()
  world.answers.journey = () => Promise.resolve([{ at: 1, event: 'kept' }])
  const status = ref('queued')
  const { hops } = world.use(() => useJourney(mei, 'id-1', status))
  await settle()
  expect(hops.value).toHaveLength(1)
  status.value = 'sent'
  await nextTick()
  expect(world.calls.filter(([name]) => name === 'journey')).toHaveLength(2)
})

it('tells main where the window looks', async () => {
  const { world } = await appOf()
  const which = ref<string | undefined>()
  world.use(() => ({ looking: useLooking(which) }))
  which.value = mei
  await nextTick()
  world.focused.value = false
  await nextTick()
  expect(world.calls.filter(([name]) => name === 'looking').map(([, at]) => at)).toEqual([
    { focused: true, language: 'zh' }, { focused: true, language: 'zh', conversation: mei }, { focused: false, language: 'zh', conversation: mei },
  ])
})

it('lists nobody to whom there was only a message to many, finds them, and lists them with their answer', async () => {
  const { world } = await appOf()
  world.store.set(lan, [message(0)], { name: '兰兰', isQuiet: true })
  const { list, all, filter, byId } = world.use(() => useConversations())
  await settle()
  expect(all.value.map(({ id }) => id)).not.toContain(lan)
  expect(byId(lan)?.name).toBe('兰兰')
  filter.value = '兰'
  expect(list.value.map(({ id }) => id)).toEqual([lan])
  filter.value = ''
  world.store.set(lan, [message(0), message(1)], { isQuiet: undefined as never })
  await settle()
  expect(list.value.map(({ id }) => id)).toContain(lan)
})

it('what is typed above the list is looked for in names and people, not in the domain that everybody shares', () => {
  const lan = { id: 'sip:lan@office.example', name: '兰兰', count: 0, lastAt: 0, readPlace: 0, unread: 0 }
  expect(['lan', 'LAN', '兰', ' lan@off', '@office'].filter((typed) => !matches(lan, typed))).toEqual([])
  expect(['o', 'sip', 'example', 'office', 'mei@office'].filter((typed) => matches(lan, typed))).toEqual([])
  expect(matches({ ...lan, id: 'tel:+8613800138000' }, '1380013')).toBe(true)
})
