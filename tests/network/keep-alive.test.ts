import { describe, expect, test } from 'vitest'
import { KeepAlive } from '../../src-main/network/keep-alive'
import { testWire } from '../sip/wire'

const start = (ask: () => Promise<unknown> = () => Promise.reject(new Error('nobody'))) => {
  const wire = testWire()
  let deaths = 0
  const alive = new KeepAlive({ flow: wire.flow, clock: wire.clock, random: () => 0, flowTimer: 30_000, ask, dead: () => deaths++ })
  return { ...wire, alive, deaths: () => deaths }
}
const pong = Buffer.from('\r\n')
const ping = '\r\n\r\n'

describe('keep-alive', () => {
  test('pings, and goes on when it is answered', async () => {
    const { flow, clock, bytes, deaths } = start()
    await clock.advance(24_000)
    expect(bytes().toString()).toBe(ping)
    flow.receive(pong)
    await clock.advance(24_000)
    expect(bytes().toString()).toBe(ping + ping)
    expect(deaths()).toBe(0)
  })

  test('a flow that once answered is dead ten seconds after a ping without an answer', async () => {
    const { flow, clock, deaths } = start()
    await clock.advance(24_000)
    flow.receive(pong)
    await clock.advance(24_000 + 9_999)
    expect(deaths()).toBe(0)
    await clock.advance(1)
    expect(deaths()).toBe(1)
  })

  test('a server that never sends a pong is asked with OPTIONS, and any answer keeps the flow', async () => {
    let asked = 0
    const { clock, deaths } = start(async () => void asked++)
    await clock.advance(24_000 + 10_000)
    expect(asked).toBe(1)
    await clock.advance(24_000 + 10_000)
    expect({ asked, deaths: deaths() }).toEqual({ asked: 2, deaths: 0 })
  })

  test('is dead when OPTIONS finds nobody either', async () => {
    const { clock, deaths } = start()
    await clock.advance(24_000 + 10_000)
    expect(deaths()).toBe(1)
  })

  test('is quiet once it was stopped', async () => {
    const { alive, clock, bytes, deaths } = start()
    alive.stop()
    await clock.advance(100_000)
    expect(bytes()).toHaveLength(0)
    expect(deaths()).toBe(0)
  })
})
