import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE, SECOND, systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { Client } from '../../src-main/client'
import { connectRelay, readRelayUri } from '../../src-main/network/resolve'
import { HandClock } from '../fakes/clock'
import { contentIn } from '../fakes/content'
import { openInlineDatabase, temporaryFolder } from '../fakes/database'
import { until, type Phone } from './play/phone'
import { domain, Stage } from './play/stage'

/** A relay with a clock of its own, and people to be put before it. */
async function office(play: (cast: { stage: Stage; clock: HandClock; mei: Phone; lan: Phone }) => Promise<void>): Promise<void> {
  const clock = new HandClock()
  const stage = await new Stage(clock).opens()
  try {
    for (const user of ['mei', 'lan']) await stage.adds(user)
    const mei = await stage.phone('mei', { instance: 'urn:uuid:mei' }).comes()
    const lan = await stage.phone('lan', { instance: 'urn:uuid:lan' }).comes()
    await play({ stage, clock, mei, lan })
  } finally {
    await stage.ends()
  }
}

describe('the clock of a relay is set back an hour', () => {
  it('a device that does not answer is given up after 32 seconds, not after an hour: the conversation goes on', () => office(async ({ clock, mei, lan }) => {
    // It hears, and says nothing.
    const heard: string[] = []
    lan.answer = ({ body }) => void heard.push(body)
    await mei.says('one', lan.address)
    await until('lan to have it', () => heard.length === 1)
    clock.jump(-HOUR)
    await clock.advance(40 * SECOND)
    await until('the relay to give the connection up', () => !lan.isOpen)
    lan.answer = () => '200 OK'
    await lan.comes()
    await mei.says('two', lan.address)
    await until('both', () => lan.inbox.length === 2)
    expect(lan.texts).toEqual(['one', 'two'])
  }))

  it('a registration runs out when it said, a silent stranger is closed after its two minutes, a guesser waits no hour', () => office(async ({ stage, clock, lan }) => {
    const stranger = await stage.phone('nobody').connect()
    const guesser = await stage.phone('mei', { password: 'a guess' }).connect()
    let answer = await guesser.register()
    for (let i = 0; i < 12 && answer.status !== 503; i++) answer = await guesser.register()
    expect(answer.head).toMatch(/Retry-After: \d+/)
    expect((await lan.register({ expires: 600 })).status).toBe(200)
    clock.jump(-HOUR)
    await clock.advance(3 * MINUTE)
    await until('the stranger to be closed', () => !stranger.isOpen)
    const mei = await stage.phone('mei', { instance: 'urn:uuid:mei2' }).comes()
    expect(mei.isOpen).toBe(true)
    expect(stage.relay.health().devicesOnline).toBe(3)
    await clock.advance(11 * MINUTE)
    expect(stage.relay.health().devicesOnline).toBe(0)
  }))

  it.each([['back', -HOUR], ['ahead', HOUR]])('%s: nobody is thrown out, nothing expires, a challenge that is being answered is still good', (_, ms) => office(async ({ stage, clock, mei, lan }) => {
    await lan.leaves()
    await until('the relay to see it', () => stage.relay.health().devicesOnline === 1)
    expect((await mei.says('before', lan.address)).status).toBe(202)
    const lines = `From: <${lan.address}>;tag=1\r\nTo: <${lan.address}>\r\nCall-ID: again\r\nContact: <sip:lan@127.0.0.1>;+sip.instance="<urn:uuid:lan>"\r\n`
    await lan.connect()
    const challenge = await lan.send('REGISTER', `sip:${domain}`, lines)
    expect(challenge.status).toBe(401)
    clock.jump(ms)
    await clock.advance(2 * MINUTE)
    expect(mei.isOpen).toBe(true)
    const proof = `Authorization: ${lan.credentials(challenge, 'REGISTER', `sip:${domain}`)}\r\n`
    expect((await lan.send('REGISTER', `sip:${domain}`, lines + proof)).status).toBe(200)
    expect((await mei.says('after', lan.address)).status).toBe(200)
    await until('both', () => lan.inbox.length === 2)
    expect(lan.texts).toEqual(['before', 'after'])
    expect(mei.inbox).toEqual([])
  }))
})

describe('the clock of a person is set back an hour', () => {
  it('their messages keep their order among those that came, the link comes back at once, typing ends', async () => {
    const stage = await new Stage().opens()
    const clock = new HandClock(Date.now())
    const client = new Client({
      account: `sip:mei@${domain}`, password: 'mei secret', instance: `urn:uuid:${randomIds.uuid()}`, userAgent: 'Yanxin/play',
      ledger: await openInlineDatabase(join(temporaryFolder(), 'relay.sqlite')), settings: () => ({ sendDisplayed: true, sendTyping: true, fetchUpTo: 0 }),
      ...contentIn(temporaryFolder()),
      addresses: () => [], connect: () => connectRelay(readRelayUri(`sip:127.0.0.1:${stage.port};transport=tcp`), { clock: systemClock, log: silentLog }),
      clock, ids: randomIds, random: () => 0, log: silentLog,
    })
    try {
      for (const user of ['mei', 'lan']) await stage.adds(user)
      const lan = await stage.phone('lan', { instance: 'urn:uuid:lan' }).comes()
      await client.start()
      await until('mei to be online', () => client.link.at === 'online')
      const typing: number[] = []
      client.events.on('typing', ({ until: to }) => typing.push(to))
      const texts = async (): Promise<string[]> => (await client.changes(0, 1_000)).changes
        .flatMap((change) => (change.kind === 'message' ? [change.message] : [])).sort((a, b) => a.place - b.place)
        .map(({ content }) => (content.kind === 'text' ? content.text : ''))
      await client.send(lan.address, 'm1', 'one')
      await lan.hears('one')
      await lan.says('two', `sip:mei@${domain}`)
      await lan.says('<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state><refresh>60</refresh></isComposing>', `sip:mei@${domain}`,
        { contentType: 'application/im-iscomposing+xml', dispositions: '', more: 'Expires: 0\r\n' })
      await until('mei to see it', () => typing.length > 0 && typing.at(-1)! > 0)
      clock.jump(-HOUR)
      // What looks every five seconds whether the machine slept sees it, and connects anew.
      await clock.advance(6 * SECOND)
      await until('mei to be online again', async () => (await clock.advance(SECOND), client.link.at === 'online'))
      await client.send(lan.address, 'm3', 'three')
      await lan.hears('three')
      await lan.says('four', `sip:mei@${domain}`)
      await until('four', async () => (await texts()).includes('four'))
      expect(await texts()).toEqual(['one', 'two', 'three', 'four'])
      const { changes } = await client.changes(0, 1_000)
      const times = changes.flatMap((change) => (change.kind === 'message' ? [change.message] : [])).sort((a, b) => a.place - b.place).map(({ at }) => at)
      expect(times).toEqual([...times].sort((a, b) => a - b))
      expect(lan.texts.filter((text) => /^\w+$/.test(text))).toEqual(['one', 'three'])
      await clock.advance(2 * MINUTE)
      expect(typing.at(-1)).toBe(0)
    } finally {
      const stopped = client.stop()
      await clock.advance(5 * SECOND)
      await stopped
      await stage.ends()
    }
  })
})
