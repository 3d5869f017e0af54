import { describe, expect, it } from 'vitest'
import { Fault } from '../../../src-main/base/faults'
import { openBridge } from '../../../src-renderer/bridge/bridge'
import type { ChannelListener } from '../../../src-renderer/bridge/channel'
import { takeToken } from '../../../src-renderer/bridge/socket'
import { HandClock } from '../../fakes/clock'

interface Request { t: 'q'; i?: string; m: string; a: unknown[] }
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A bridge whose other end is played. */
function played() {
  const clock = new HandClock()
  const dials: { listener: ChannelListener; frames: Request[][]; closed: boolean }[] = []
  const bridge = openBridge({
    clock, random: () => 0,
    dial: (listener) => {
      const dial = { listener, frames: [] as Request[][], closed: false }
      dials.push(dial)
      return { post: (messages) => void dial.frames.push(messages as Request[]), close: () => void (dial.closed = true) }
    },
  })
  const states: string[] = []
  bridge.events.on('connection', ({ at }) => void states.push(at))
  const line = () => dials.at(-1)!
  const answer = (request: Request, result: { r?: unknown; e?: unknown }) => line().listener.frame([{ t: 's', i: request.i, ...result }])
  return { bridge, clock, dials, line, answer, states }
}

describe('the bridge', () => {
  it('sends the calls of one tick in one frame, and each gets its own answer', async () => {
    const { bridge, line, answer } = played()
    line().listener.opened()
    const [one, two] = [bridge.commands.send('a', '1', 'x'), bridge.commands.openConversation('b')]
    await settle()
    expect(line().frames).toHaveLength(1)
    expect(line().frames[0]).toMatchObject([{ m: 'send', a: ['a', '1', 'x'] }, { m: 'openConversation', a: ['b'] }])
    answer(line().frames[0]![1]!, { r: 'sip:b@test' })
    answer(line().frames[0]![0]!, {})
    expect(await two).toBe('sip:b@test')
    await one
  })

  it('makes a fault of what a command rejects with', async () => {
    const { bridge, line, answer } = played()
    line().listener.opened()
    const call = bridge.commands.send('a', '1', 'x')
    await settle()
    answer(line().frames[0]![0]!, { e: { code: 'too-large', text: 'too large', detail: { limit: 65536 } } })
    const thrown: unknown = await call.catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(Fault)
    expect(thrown).toMatchObject({ code: 'too-large', detail: { limit: 65536 } })
  })

  it('tells notices', () => {
    const { bridge, line } = played()
    line().listener.opened()
    const grown: number[] = []
    bridge.notices.on('journalGrew', (n) => void grown.push(n))
    line().listener.frame([{ t: 'q', m: 'journalGrew', a: [7] }, { t: 'q', m: 'journalGrew', a: [8] }])
    return settle().then(() => expect(grown).toEqual([7, 8]))
  })

  it('a call waits for the line a while, and then says that it is closed', async () => {
    const { bridge, line, clock } = played()
    const early = bridge.commands.openConversation('b')
    line().listener.opened()
    await settle()
    expect(line().frames[0]).toMatchObject([{ m: 'openConversation' }])
    line().listener.closed(1006)
    await expect(early).rejects.toMatchObject({ code: 'closed' })
    const late = bridge.commands.openConversation('c').catch((fault: unknown) => fault)
    await clock.advance(11_000)
    expect(await late).toMatchObject({ code: 'closed' })
  })

  it('dials again with back-off, and forgets the back-off when main has spoken', async () => {
    const { bridge, line, clock, dials, states } = played()
    line().listener.opened()
    line().listener.closed(1006)
    expect(bridge.connection).toMatchObject({ at: 'lost', attempt: 1, appEnded: false })
    await clock.advance(250)
    expect(dials).toHaveLength(2)
    line().listener.closed(1001)
    expect(bridge.connection).toMatchObject({ at: 'lost', attempt: 2, appEnded: true })
    await clock.advance(499)
    expect(dials).toHaveLength(2)
    await clock.advance(1)
    line().listener.opened()
    line().listener.frame([{ t: 'q', m: 'journalGrew', a: [1] }])
    line().listener.closed(1006)
    expect(bridge.connection).toMatchObject({ attempt: 1 })
    expect(states).toEqual(['open', 'lost', 'lost', 'open', 'lost'])
  })

  it('does not dial again with a refused token, until a new one comes', async () => {
    const { bridge, line, clock, dials } = played()
    line().listener.opened()
    line().listener.closed(4401)
    expect(bridge.connection).toEqual({ at: 'refused' })
    await clock.advance(600_000)
    expect(dials).toHaveLength(1)
    await expect(bridge.commands.state()).rejects.toMatchObject({ code: 'not-allowed' })
    bridge.reconnect()
    expect(dials).toHaveLength(2)
  })

  it('gives up a channel that nobody opens', async () => {
    const { bridge, clock, dials } = played()
    await clock.advance(10_000)
    expect(dials[0]!.closed).toBe(true)
    expect(bridge.connection.at).toBe('lost')
    await clock.advance(300)
    expect(dials).toHaveLength(2)
  })

  it('an old channel that speaks late is not heard', async () => {
    const { bridge, line, clock, dials } = played()
    line().listener.opened()
    line().listener.closed(1006)
    await clock.advance(300)
    dials[1]!.listener.opened()
    dials[0]!.listener.closed(4401)
    expect(bridge.connection.at).toBe('open')
  })

  it('hangs up when it is told to', async () => {
    const { bridge, line, dials, clock } = played()
    line().listener.opened()
    bridge.close()
    await clock.advance(60_000)
    expect([dials.length, line().closed]).toEqual([1, true])
  })
})

describe('the token of the link', () => {
  const page = (hash: string, kept?: string) => {
    const storage = new Map(kept ? [['yanxin-token', kept]] : [])
    const shown: string[] = []
    return {
      shown, storage,
      window: {
        location: { hash, pathname: '/', search: '' },
        history: { replaceState: (_: unknown, __: string, url: string) => void shown.push(url) },
        sessionStorage: { getItem: (key: string) => storage.get(key) ?? null, setItem: (key: string, value: string) => void storage.set(key, value) },
      } as unknown as Window,
    }
  }

  it('goes out of the address bar and is kept for the tab', () => {
    const { window, shown, storage } = page('#abc123')
    expect(takeToken(window)).toBe('abc123')
    expect(shown).toEqual(['/'])
    expect(storage.get('yanxin-token')).toBe('abc123')
  })

  it('is there again after a reload, and replaced by a new link', () => {
    expect(takeToken(page('', 'kept').window)).toBe('kept')
    expect(takeToken(page('#new', 'kept').window)).toBe('new')
    expect(takeToken(page('').window)).toBe('')
  })
})
