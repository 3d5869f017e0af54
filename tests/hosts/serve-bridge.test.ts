import { createBirpc } from 'birpc'
import { describe, expect, it } from 'vitest'
import { Fault } from '../../src-main/base/faults'
import { silentLog } from '../../src-main/base/log'
import type { Commands, Notices } from '../../src-main/contract/calls'
import { PROTOCOL_ERROR, serveBridge, type BridgeChannel } from '../../src-main/hosts/serve-bridge'

/** A window at the other end of a channel made of two functions. */
function open(commands: Partial<Commands>) {
  const heard: unknown[][] = []
  const frames: unknown[][] = []
  const closed: (number | undefined)[] = []
  let toMain: (frame: unknown) => void = () => {}
  let hangUp: () => void = () => {}
  let receive: (message: unknown) => void = () => {}
  let notices!: Notices
  let left = 0
  const channel: BridgeChannel = {
    post(messages) {
      frames.push(messages)
      for (const message of structuredClone(messages)) receive(message)
    },
    close: (code) => void closed.push(code),
    onFrame: (listener) => void (toMain = listener),
    onClose: (listener) => void (hangUp = listener),
  }
  serveBridge({
    channel, log: silentLog,
    join: (given) => {
      notices = given
      return { commands: commands as Commands, leave: () => void left++ }
    },
  })
  const window = createBirpc<Commands, Partial<Notices>>(
    { show: (conversation) => void heard.push(['show', conversation]), journalGrew: (n) => void heard.push(['journalGrew', n]) },
    { on: (listener) => void (receive = listener), post: (message) => toMain([structuredClone(message)]) },
  )
  return { window, frames, closed, heard, notices, send: (frame: unknown) => toMain(frame), hangUp: () => hangUp(), left: () => left }
}

describe('the main end of the bridge', () => {
  it('answers a command with what it resolved with', async () => {
    const { window } = open({ openConversation: async (to) => `sip:${to}` })
    await expect(window.openConversation('lan@example.com')).resolves.toBe('sip:lan@example.com')
  })

  it('rejects with a fault as data, never with an Error', async () => {
    const { window } = open({ state: async () => { throw new Fault('too-large', { text: 'Too long.', detail: { limit: 3 } }) } })
    const thrown: unknown = await window.state().catch((error: unknown) => error)
    expect(thrown).not.toBeInstanceOf(Error)
    expect(thrown).toEqual({ code: 'too-large', text: 'Too long.', detail: { limit: 3 } })
  })

  it('calls an unexpected error internal', async () => {
    const { window } = open({ state: async () => { throw new TypeError('oh') } })
    await expect(window.state()).rejects.toMatchObject({ code: 'internal', text: 'oh' })
  })

  it('sends notices of one tick in one frame', async () => {
    const { notices, frames, heard } = open({})
    notices.journalGrew(1)
    notices.journalGrew(2)
    notices.show('sip:lan@example.com')
    await expect.poll(() => heard).toEqual([['journalGrew', 1], ['journalGrew', 2], ['show', 'sip:lan@example.com']])
    expect(frames).toHaveLength(1)
  })

  it.each([
    ['text', 'hello'], ['an object', { t: 'q', m: 'state', a: [] }], ['a list of something else', [{ t: 'x' }]],
    ['an answer nobody asked for', [{ t: 's', i: '1', r: 1 }]], ['a call without arguments', [{ t: 'q', m: 'state', i: '1' }]],
    ['an unknown command', [{ t: 'q', m: 'format', a: [], i: '1' }]],
    ['a name that every object has', [{ t: 'q', m: 'constructor', a: [], i: '1' }]],
    ['a prototype', [{ t: 'q', m: '__proto__', a: [], i: '1' }]],
    ['one good call and one bad', [{ t: 'q', m: 'state', a: [], i: '1' }, { t: 'q', m: 'toString', a: [], i: '2' }]],
  ])('closes on %s, and runs nothing of the frame', async (_, frame) => {
    let calls = 0
    const { send, closed } = open({ state: async () => { calls++; return {} as never } })
    send(frame)
    expect(closed).toEqual([PROTOCOL_ERROR])
    await new Promise(setImmediate)
    expect(calls).toBe(0)
  })

  it('leaves once when the window goes, and sends nothing after', async () => {
    const { notices, hangUp, left, frames } = open({})
    hangUp()
    hangUp()
    notices.journalGrew(1)
    await new Promise(setImmediate)
    expect(left()).toBe(1)
    expect(frames).toEqual([])
  })
})
