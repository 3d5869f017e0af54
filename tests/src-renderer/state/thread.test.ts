import { describe, expect, it } from 'vitest'
import { nextTick, ref } from 'vue'
import { Fault } from '../../../src-main/base/faults'
import { useSending } from '../../../src-renderer/state/send'
import { keptCount, useThread } from '../../../src-renderer/state/thread'
import { lan, mei, me, message, openWorld, settle } from './world'

const many = (count: number) => Array.from({ length: count }, (_, place) => message(place))

describe('the thread', () => {
  it('reads the pages around what is shown, and lets far ones go', async () => {
    const world = await openWorld()
    world.store.set(mei, many(5_000))
    const thread = world.use(() => useThread(mei))
    await settle()
    expect(thread.count.value).toBe(5_000)
    thread.show(4_980, 4_999)
    await settle()
    expect(thread.at(4_990)).toMatchObject({ place: 4_990 })
    expect(thread.at(100)).toBeUndefined()
    for (let top = 4_980; top >= 0; top -= 20) {
      thread.show(top, top + 20)
      await settle()
      expect(thread.at(top)).toMatchObject({ place: top })
    }
    expect(world.store.livePages.length).toBeLessThan(16)
    thread.end()
    expect(world.store.livePages).toEqual([])
  })

  it('knows when what stands around a place has been read, though it may be nothing', async () => {
    const world = await openWorld()
    world.store.set(mei, many(5_000).slice(0, 150), { count: 5_000 })
    const thread = world.use(() => useThread(mei))
    await settle()
    expect(thread.isRead(2_480, 2_520)).toBe(false)
    thread.show(2_480, 2_520)
    await settle()
    expect([thread.at(2_500), thread.isRead(2_480, 2_520)]).toEqual([undefined, true])
  })

  it('keeps the first unread place as it was on opening', async () => {
    const world = await openWorld()
    world.store.set(mei, many(60), { readPlace: 55, unread: 5 })
    const thread = world.use(() => useThread(mei))
    await settle()
    expect([thread.firstUnread.value, thread.unreadCount.value]).toEqual([55, 5])
    world.store.setRow(mei, { readPlace: 60, unread: 0 })
    expect(thread.firstUnread.value).toBe(55)
    thread.dismissUnread()
    expect(thread.firstUnread.value).toBeUndefined()
  })

  it('changes to another conversation and forgets the first', async () => {
    const world = await openWorld()
    world.store.set(mei, many(60), { readPlace: 55, unread: 5 })
    world.store.set(lan, [message(0, { conversation: lan, from: lan })])
    const which = ref<string | undefined>(mei)
    const thread = world.use(() => useThread(which))
    await settle()
    which.value = lan
    await settle()
    expect([thread.count.value, thread.firstUnread.value, thread.at(0)?.conversation]).toEqual([1, undefined, lan])
    expect(world.store.livePages.every((name) => name.endsWith(lan))).toBe(true)
    which.value = undefined
    expect([thread.count.value, thread.at(0), thread.pending.value]).toEqual([0, undefined, false])
  })

  it('never counts a place whose message has not been read, nor loses one that has', async () => {
    const world = await openWorld()
    world.store.set(mei, many(49))
    const thread = world.use(() => useThread(mei))
    await settle()
    // The row first, then the page; then the page first.
    world.store.setRow(mei, { count: 50 })
    expect(thread.count.value).toBe(49)
    world.store.setPages(mei, many(50))
    expect(thread.count.value).toBe(50)
    expect(thread.at(49)).toBeDefined()
    world.store.setPages(mei, many(51))
    await settle()
    world.store.setRow(mei, { count: 51 })
    await settle()
    expect(thread.count.value).toBe(51)
    expect(thread.at(50)).toBeDefined()
  })

  it('believes the conversation where its end has not been filled', () => {
    expect(keptCount(1_003, new Map())).toBe(1_003)
    expect(keptCount(1_003, new Map([[20, null]]))).toBe(1_003)
    expect(keptCount(1_003, new Map([[20, null], [19, null]]))).toBe(1_003)
    expect(keptCount(1_003, new Map([[20, null], [19, Array.from({ length: 50 }, () => undefined)]]))).toBe(1_000)
  })

  it('is pending until its end has been read, once', async () => {
    const world = await openWorld()
    world.store.set(mei, many(120))
    const thread = world.use(() => useThread(mei))
    expect(thread.pending.value).toBe(true)
    await settle()
    expect(thread.pending.value).toBe(false)
    world.store.set(mei, many(200))
    expect(thread.pending.value).toBe(false)
  })

  it('is not pending for an empty conversation', async () => {
    const world = await openWorld()
    world.store.set(mei, [])
    const thread = world.use(() => useThread(mei))
    expect(thread.pending.value).toBe(true)
    await settle()
    expect(thread.pending.value).toBe(false)
  })
})

describe('sending', () => {
  it('shows the message at once, and once, while its row arrives', async () => {
    const world = await openWorld()
    world.store.set(mei, many(50))
    const thread = world.use(() => useThread(mei))
    const sending = world.use(() => useSending())
    await settle()
    const id = sending.send(mei, '晚上吃什么')
    expect(thread.count.value).toBe(51)
    expect(thread.at(50)).toMatchObject({ id, place: 50, from: me, outgoing: true, status: 'queued', isKeeping: true, content: { text: '晚上吃什么' } })
    await settle()
    expect(thread.at(50)).not.toHaveProperty('isKeeping')
    expect(world.calls).toContainEqual(['send', mei, id, '晚上吃什么'])
    // Somebody was faster: the own message takes the next place, and is never there twice.
    const rows = [...many(51), message(51, { id, outgoing: true, from: me, status: 'sent' })]
    world.store.set(mei, rows)
    await settle()
    expect(thread.count.value).toBe(52)
    expect([thread.at(50)?.id, thread.at(51)?.id, thread.at(52)]).toEqual(['id-50', id, undefined])
    await world.clock.advance(2_000)
    expect(thread.count.value).toBe(52)
  })

  it('does not show it again in a thread opened long after its row came', async () => {
    const world = await openWorld()
    world.store.set(mei, many(40))
    const sending = world.use(() => useSending())
    await settle()
    const id = sending.send(mei, 'hello')
    await settle()
    const rows = many(900)
    rows[40] = message(40, { id, outgoing: true, from: me })
    world.store.set(mei, rows)
    await world.clock.advance(2_000)
    const thread = world.use(() => useThread(mei))
    await settle()
    expect(thread.count.value).toBe(900)
    // Nothing goes on watching for it.
    thread.end()
    expect(world.store.livePages).toEqual([])
  })

  it('finds its row on a later page than the one that was last', async () => {
    const world = await openWorld()
    world.store.set(mei, many(49))
    const sending = world.use(() => useSending())
    await settle()
    const id = sending.send(mei, 'hello')
    const rows = [...many(150), message(150, { id, outgoing: true, from: me })]
    world.store.set(mei, rows)
    for (let i = 0; i < 5; i++) await settle()
    await world.clock.advance(2_000)
    expect(world.store.livePages).toEqual([])
  })

  it('holds what main could not be reached for, and sends it under its id when it is back', async () => {
    const world = await openWorld()
    world.store.set(mei, many(1))
    const thread = world.use(() => useThread(mei))
    const sending = world.use(() => useSending())
    world.answers.send = () => Promise.reject(new Fault('closed'))
    await settle()
    const id = sending.send(mei, 'hello')
    await settle()
    // It is in the window's memory only: *queued* would promise more than that.
    expect(thread.at(1)).toMatchObject({ id, status: 'queued', isKeeping: true })
    delete world.answers.send
    world.calls.length = 0
    world.connect({ at: 'lost', until: 0, attempt: 1, appEnded: false })
    world.connect({ at: 'open' })
    await settle()
    expect(world.calls).toContainEqual(['send', mei, id, 'hello'])
  })

  it('shows why main refused it; it goes again under its id, or gives its text back', async () => {
    const world = await openWorld()
    world.store.set(mei, many(1))
    const thread = world.use(() => useThread(mei))
    const sending = world.use(() => useSending())
    await settle()
    world.answers.send = () => Promise.reject(new Fault('too-large'))
    const id = sending.send(mei, 'long')
    await settle()
    expect(thread.at(1)).toMatchObject({ id, status: 'failed', fault: { code: 'too-large' } })
    delete world.answers.send
    await sending.again(mei, id)
    await settle()
    expect(thread.at(1)).toMatchObject({ id, status: 'queued' })
    expect(thread.at(1)?.fault).toBeUndefined()

    world.answers.send = () => Promise.reject(new Fault('disk-full'))
    const second = sending.send(mei, 'more')
    await settle()
    expect(sending.discard(second)).toEqual({ text: 'more', files: [] })
    expect(thread.count.value).toBe(2)
    expect(sending.discard(id)).toBeUndefined()
  })

  it('asks main to repeat what the journal has as failed', async () => {
    const world = await openWorld()
    const sending = world.use(() => useSending())
    await sending.again(mei, 'old-id')
    expect(world.calls).toContainEqual(['sendAgain', mei, 'old-id'])
  })
})

describe('reading', () => {
  const unread = async () => {
    const world = await openWorld()
    world.store.set(mei, many(60), { readPlace: 50, unread: 10 })
    const thread = world.use(() => useThread(mei))
    await settle()
    const told = () => world.calls.filter(([name]) => name === 'markRead').map(([, , place]) => place)
    return { world, thread, told }
  }

  it('marks what was seen, gathered, and never less', async () => {
    const { world, thread, told } = await unread()
    thread.seen(52)
    thread.seen(55)
    thread.seen(54)
    expect(told()).toEqual([])
    await world.clock.advance(300)
    expect(told()).toEqual([56])
    thread.seen(53)
    await world.clock.advance(300)
    expect(told()).toEqual([56])
  })

  it('marks nothing while the window is not in front, and what is on screen when it comes back', async () => {
    const { world, thread, told } = await unread()
    world.focused.value = false
    await nextTick()
    thread.seen(57)
    await world.clock.advance(5_000)
    expect(told()).toEqual([])
    world.focused.value = true
    await nextTick()
    await world.clock.advance(300)
    expect(told()).toEqual([58])
  })

  it('marks nothing that is read, and no own message that is still on its way', async () => {
    const { world, thread, told } = await unread()
    thread.seen(40)
    await world.clock.advance(300)
    expect(told()).toEqual([])
    world.use(() => useSending()).send(mei, 'hello')
    thread.seen(60)
    await world.clock.advance(300)
    expect(told()).toEqual([60])
  })
})
