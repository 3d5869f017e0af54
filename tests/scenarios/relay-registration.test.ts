import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../src-main/base/clock'
import { HandClock } from '../fakes/clock'
import { header, headers } from './play/phone'
import { domain, scene, Stage, until } from './play/stage'

describe('registrations', () => {
  scene('an answer lists every binding, keeps rport and received, and says how long', async ({ stage, lan }) => {
    const desk = await stage.phone('lan', { instance: 'urn:uuid:desk', features: ';reg-id=1' }).connect()
    const answer = await desk.register({ expires: 90, more: 'Supported: outbound\r\n' })
    expect(headers(answer, 'Contact')).toHaveLength(2)
    expect(headers(answer, 'Contact').join()).toMatch(/urn:uuid:desk.*expires=90/)
    expect(header(answer, 'Via')).toMatch(/received=127\.0\.0\.1/)
    expect(header(answer, 'Via')).toMatch(/rport=\d+/)
    expect(header(answer, 'Require')).toBe('outbound')
    expect(Number(header(answer, 'Flow-Timer'))).toBeGreaterThan(0)
    expect(headers(await lan.register(), 'Contact')).toHaveLength(2)
  })

  scene('the same instance on another connection takes over', async ({ stage, mei, lan }) => {
    const again = await stage.phone('lan', { instance: lan.person.instance! }).comes()
    await mei.says('where are you', lan.address)
    await again.hears('where are you')
    await stage.settles()
    expect(lan.texts).toEqual([])
    expect(stage.relay.accounts.find(lan.address)!.devices.size).toBe(1)
  })

  scene('too short is refused with Min-Expires, zero and * end it', async ({ mei, lan }) => {
    const short = await lan.register({ expires: 10 })
    expect([short.status, header(short, 'Min-Expires')]).toEqual([423, '60'])
    expect((await lan.register({ expires: 0 })).status).toBe(200)
    expect((await mei.says('stored', lan.address)).status).toBe(202)
    await lan.register()
    await lan.hears('stored')
    const gone = await lan.register({ contact: '*', expires: 0 })
    expect([gone.status, headers(gone, 'Contact')]).toEqual([200, []])
    expect((await mei.says('stored too', lan.address)).status).toBe(202)
  })

  scene('a phone without an instance stays one device when its port changes', async ({ stage, mei }) => {
    await stage.adds('zoe')
    const zoe = await stage.phone('zoe').comes()
    await zoe.leaves()
    await zoe.comes()
    await mei.says('hello', zoe.address)
    await zoe.hears('hello')
    expect(stage.relay.accounts.find(zoe.address)!.devices.size).toBe(1)
  })

  test('a registration that is not renewed ends by the clock', async () => {
    const clock = new HandClock()
    const stage = await new Stage(clock).opens()
    try {
      await stage.adds('lan')
      const lan = await stage.phone('lan', { instance: 'urn:uuid:1' }).connect()
      await lan.register({ expires: 120 })
      await clock.advance(MINUTE)
      expect(stage.relay.health().devicesOnline).toBe(1)
      await clock.advance(MINUTE + 6_000)
      expect(stage.relay.health().devicesOnline).toBe(0)
      expect(lan.isOpen).toBe(true)
    } finally {
      await stage.ends()
    }
  })
})

describe('OPTIONS', () => {
  scene('tells what a user can do and whether they are there, to those who have an account', async ({ stage, mei, lan }) => {
    const features = ';+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.msg";+g.yanxin.copies'
    const desk = await stage.phone('lan', { instance: 'urn:uuid:desk', features }).comes()
    const ask = (uri: string) => mei.request('OPTIONS', uri, `From: <${mei.address}>;tag=1\r\nTo: <${uri}>\r\n`)
    const there = await ask(lan.address)
    expect(there.status).toBe(200)
    expect(header(there, 'Contact')).toBe(`<${lan.address}>;+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.msg"`)
    await lan.leaves()
    await desk.leaves()
    await until('the relay to see it', () => stage.relay.health().devicesOnline === 1)
    expect((await ask(lan.address)).status).toBe(480)
    expect((await ask(`sip:nobody@${domain}`)).status).toBe(404)
    expect((await ask(`sip:${domain}`)).status).toBe(200)
    const stranger = await stage.phone('nobody').connect()
    expect((await stranger.request('OPTIONS', lan.address, `From: <${stranger.address}>;tag=1\r\nTo: <${lan.address}>\r\n`)).status).toBe(407)
  })
})
