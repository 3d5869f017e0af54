import { expect, test } from 'vitest'
import { ref } from 'vue'
import type { GroupMember, GroupView } from '../../../src-main/contract/group'
import { useGroup } from '../../../src-renderer/state/groups'
import { isMuted, useMuting } from '../../../src-renderer/state/mute'
import { usePresence } from '../../../src-renderer/state/presence'
import { useReceipts } from '../../../src-renderer/state/receipts'
import { HOUR, MINUTE, SECOND } from '../../../src-main/base/clock'
import { mei, message, openWorld, settle } from './world'

const hike = 'sip:conf-hike@test'
const summary = { state: 'joined', role: 'member', members: 2, mayPost: true } as const
const view = (more: Partial<GroupView> = {}): GroupView => ({
  ...summary, conversation: hike, subject: 'Hike', version: 1, limit: 500, policies: { post: 'all', add: 'all', history: 'hidden' }, ...more,
})
const members: GroupMember[] = [{ address: mei, name: 'Mei', role: 'admin', state: 'joined' }, { address: 'sip:me@test', role: 'member', state: 'joined' }]

test('a roster is asked for once by all who show it, and again when it is another', async () => {
  const world = await openWorld()
  world.store.setRow(hike, { group: summary })
  let subject = 'Hike'
  world.answers.group = async () => ({ group: view({ subject }), members })
  await settle()
  const [one, two] = [world.use(() => useGroup(hike)), world.use(() => useGroup(hike))]
  await settle()
  expect(one.roster.value?.table.get(mei)?.name).toBe('Mei')
  expect(two.nameOf(mei)).toBe('Mei')
  expect(two.nameOf('sip:nobody@test')).toBeUndefined()
  const asked = () => world.calls.filter(([name]) => name === 'group').length
  expect(asked()).toBe(1)
  subject = 'Walk'
  world.notices.emit('groupChanged', hike)
  await settle()
  expect(two.roster.value?.group.subject).toBe('Walk')
  expect(asked()).toBe(2)
  // While nobody shows it, it is only forgotten.
  one.end()
  two.end()
  world.notices.emit('groupChanged', hike)
  await settle()
  expect(asked()).toBe(2)
  expect(world.use(() => useGroup(hike)).roster.value).toBeUndefined()
})

test('changes that come while it is asked for are asked for once more', async () => {
  const world = await openWorld()
  world.store.setRow(hike, { group: summary })
  const waiting: (() => void)[] = []
  world.answers.group = () => new Promise((resolve) => waiting.push(() => resolve({ group: view({ version: waiting.length }), members })))
  await settle()
  const group = world.use(() => useGroup(hike))
  await settle()
  for (let n = 0; n < 5; n++) world.notices.emit('groupChanged', hike)
  waiting[0]!()
  await settle()
  expect(waiting).toHaveLength(2)
  waiting[1]!()
  await settle()
  expect(group.roster.value?.group.version).toBe(2)
})

test('one-to-one asks for no roster', async () => {
  const world = await openWorld()
  world.store.set(mei, [message(0)])
  await settle()
  world.use(() => useGroup(mei))
  await settle()
  expect(world.calls.filter(([name]) => name === 'group')).toEqual([])
})

test('only those in sight are asked whether they are there, four at once, and again after a minute', async () => {
  const world = await openWorld()
  const answers: string[] = []
  world.answers.peer = async (address) => {
    answers.push(address)
    return { address, reach: 'rcs', online: address.includes('1'), isChatbot: false, features: [], askedAt: 0 }
  }
  await settle()
  const seen = ref(['sip:a1@test', 'sip:a2@test'])
  const presence = world.use(() => usePresence(seen))
  await settle()
  expect(answers).toEqual(['sip:a1@test', 'sip:a2@test'])
  expect([presence.peerOf('sip:a1@test')?.online, presence.peerOf('sip:a2@test')?.online]).toEqual([true, false])
  seen.value = ['sip:a2@test', 'sip:a3@test']
  await settle()
  expect(answers.slice(2)).toEqual(['sip:a3@test'])
  await world.clock.advance(MINUTE)
  await settle()
  expect(answers.slice(3).sort()).toEqual(['sip:a2@test', 'sip:a3@test'])
})

test('who was scrolled away before their turn is not asked', async () => {
  const world = await openWorld()
  const answers: string[] = []
  const waiting: (() => void)[] = []
  world.answers.peer = (address) => {
    answers.push(address)
    return new Promise((resolve) => waiting.push(() => resolve({ address, reach: 'rcs', online: true, isChatbot: false, features: [], askedAt: 0 })))
  }
  await settle()
  const seen = ref(Array.from({ length: 10 }, (_, n) => `sip:first${n}@test`))
  world.use(() => usePresence(seen))
  await settle()
  seen.value = ['sip:second@test']
  await settle()
  expect(answers).toHaveLength(4)
  for (const go of waiting.splice(0)) go()
  await settle()
  expect(answers.slice(4)).toEqual(['sip:second@test'])
})

test('receipts are asked for again soon after the journal grew, once for many', async () => {
  const world = await openWorld()
  world.answers.memberReceipts = async () => [{ address: mei, delivered: 5 }]
  await settle()
  const { receipts } = world.use(() => useReceipts(hike, 'id-1'))
  await settle()
  expect(receipts.value).toEqual([{ address: mei, delivered: 5 }])
  world.answers.memberReceipts = async () => [{ address: mei, delivered: 5, displayed: 9 }]
  for (let n = 0; n < 20; n++) world.notices.emit('journalGrew', n)
  await world.clock.advance(SECOND)
  await settle()
  expect(receipts.value).toEqual([{ address: mei, delivered: 5, displayed: 9 }])
  expect(world.calls.filter(([name]) => name === 'memberReceipts')).toHaveLength(2)
})

test('muting ends at its time, or never', async () => {
  const world = await openWorld()
  await settle()
  const { mute, unmute } = world.use(() => useMuting())
  const now = world.clock.now()
  void mute(hike, 'eight')
  void mute(hike, 'good')
  void unmute(hike)
  await settle()
  expect(world.calls.filter(([name]) => name === 'mute')).toEqual([['mute', hike, now + 8 * HOUR], ['mute', hike, -1], ['mute', hike, 0]])
  expect([isMuted({ mutedUntil: -1 }, 5), isMuted({ mutedUntil: 6 }, 5), isMuted({ mutedUntil: 5 }, 5), isMuted({}, 5)]).toEqual([true, true, false, false])
})
