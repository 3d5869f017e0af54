import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src-main/base/clock'
import { HandClock } from '../fakes/clock'
import { cpimOf, header, headers, textOf } from './play/phone'
import { domain, scene, Stage, until } from './play/stage'

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `message ${i + 1}`)

describe('people who are there', () => {
  scene('a message goes to the device that is registered, byte for byte, and the receipt comes back', async ({ stage, mei, lan }) => {
    const answer = await mei.says('到家了吗？ Home yet?', lan.address, { id: 'm1' })
    expect(answer.start).toBe('SIP/2.0 200 OK')
    const heard = await lan.hears('到家了吗？ Home yet?')
    expect(heard.body).toBe(cpimOf(mei.address, lan.address, 'm1', 'text/plain;charset=UTF-8', '到家了吗？ Home yet?'))
    expect(heard.start).toBe(`MESSAGE sip:lan@127.0.0.1:${/:(\d+);/.exec(heard.start)![1]};transport=tcp SIP/2.0`)
    expect(header(heard, 'P-Asserted-Identity')).toBe(`<${mei.address}>`)
    expect(header(heard, 'Max-Forwards')).toBe('69')
    expect(headers(heard, 'Via')).toHaveLength(1)
    for (const name of ['Route', 'Proxy-Authorization', 'Authorization', 'Record-Route']) expect(header(heard, name)).toBeUndefined()

    const imdn = '<?xml version="1.0"?><imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>m1</message-id><datetime>2026-05-03T08:00:01Z</datetime>' +
      '<delivery-notification><status><delivered/></status></delivery-notification></imdn>'
    expect((await lan.says(imdn, mei.address, { contentType: 'message/imdn+xml', dispositions: '' })).status).toBe(200)
    expect((await mei.hears(imdn)).head).toContain(`From: <${lan.address}>`)
    await stage.settles()
  })

  scene('without CPIM the Call-ID is kept, for receipts name it', async ({ mei, lan }) => {
    await mei.says('plain', lan.address, { cpim: false, id: 'call-77' })
    expect(header(await lan.hears('plain'), 'Call-ID')).toBe('call-77')
  })

  scene('the connection that registered needs no further password', async ({ mei, lan }) => {
    const answer = await mei.send('MESSAGE', lan.address, `From: <${mei.address}>;tag=a\r\nTo: ${lan.address}\r\nContent-Type: text/plain\r\n`, 'hi')
    expect(answer.status).toBe(200)
  })

  scene('deflate is passed on as it came', async ({ mei, lan }) => {
    const plain = cpimOf(mei.address, lan.address, 'z1', 'text/plain', 'long '.repeat(100))
    await mei.says('long '.repeat(100), lan.address, { id: 'z1', deflated: true, contentType: 'text/plain' })
    const heard = await until('the compressed message', () => lan.inbox[0])
    expect(header(heard, 'Content-Encoding')).toBe('deflate')
    expect(heard.bytes.equals(deflateSync(Buffer.from(plain)))).toBe(true)
  })

  scene('typing reaches who is there and waits for nobody', async ({ stage, mei, lan }) => {
    const typing = '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>'
    const said = { contentType: 'application/im-iscomposing+xml', dispositions: '', more: 'Expires: 0\r\n' }
    expect((await mei.says(typing, lan.address, said)).status).toBe(200)
    await lan.hears(typing)
    await lan.leaves()
    await until('the relay to see it', () => stage.relay.health().devicesOnline === 1)
    expect((await mei.says(typing, lan.address, said)).status).toBe(480)
    await lan.comes()
    await mei.says('done', lan.address)
    await lan.hears('done')
    expect(lan.texts).toEqual([typing, 'done'])
  })

  scene('many at once arrive in order', async ({ stage, mei, lan }) => {
    const texts = numbered(200)
    const answers = await Promise.all(texts.map((text) => mei.says(text, lan.address)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    await until('all of them', () => lan.inbox.length === 200)
    expect(lan.texts).toEqual(texts)
    await stage.settles()
  })

  scene('a message to oneself comes back', async ({ mei }) => {
    expect((await mei.says('note', mei.address)).status).toBe(200)
    await mei.hears('note')
  })
})

describe('people who are away', () => {
  scene('what was sent meanwhile is there once and in order, after the 200 to REGISTER', async ({ stage, mei, lan }) => {
    await mei.says('before', lan.address)
    await lan.hears('before')
    await lan.leaves()
    await until('the relay to see it', () => stage.relay.health().devicesOnline === 1)
    const texts = numbered(300)
    const answers = await Promise.all(texts.map((text) => mei.says(text, lan.address)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    await lan.comes()
    await until('all of them', () => lan.inbox.length === 301)
    expect(lan.texts).toEqual(['before', ...texts])
    await stage.settles()
  })

  scene('the connection breaks before the answer: it is delivered again', async ({ stage, mei, lan }) => {
    lan.answer = () => undefined
    await mei.says('twice tried', lan.address)
    await until('the relay to try', () => stage.relay.health().messagesTaken === 1)
    await lan.leaves()
    lan.answer = () => '200 OK'
    await lan.comes()
    await lan.hears('twice tried')
    await stage.settles()
    expect(lan.texts).toEqual(['twice tried'])
  })

  test('an account without a device has a lane of its own, which its first device inherits', async () => {
    const stage = await new Stage().opens()
    try {
      for (const user of ['mei', 'lan']) await stage.adds(user)
      const mei = await stage.phone('mei').comes()
      for (const text of numbered(5)) expect((await mei.says(text, `sip:lan@${domain}`)).status).toBe(202)
      const lan = await stage.phone('lan', { instance: 'urn:uuid:1' }).comes()
      await until('all of them', () => lan.inbox.length === 5)
      expect(lan.texts).toEqual(numbered(5))
      const second = await stage.phone('lan', { instance: 'urn:uuid:2' }).comes()
      await mei.says('both', lan.address)
      await second.hears('both')
      expect(second.texts).toEqual(['both'])
      await stage.settles()
    } finally {
      await stage.ends()
    }
  })

  scene('the relay is stopped and started: nothing is lost', async ({ stage, mei, lan }) => {
    await lan.leaves()
    await until('the relay to see it', () => stage.relay.health().devicesOnline === 1)
    for (const text of numbered(3)) await mei.says(text, lan.address)
    await stage.closes()
    await until('the connection to close', () => !mei.isOpen)
    await stage.opens()
    await lan.comes()
    await until('all of them', () => lan.inbox.length === 3)
    expect(lan.texts).toEqual(numbered(3))
  })
})

describe('two devices', () => {
  scene('each has a lane of its own', async ({ stage, mei, lan }) => {
    const desk = await stage.phone('lan', { instance: 'urn:uuid:desk' }).comes()
    await mei.says('one', lan.address)
    await Promise.all([lan.hears('one'), desk.hears('one')])
    await desk.leaves()
    await until('the relay to see it', () => stage.relay.health().devicesOnline === 2)
    expect((await mei.says('two', lan.address)).status).toBe(200)
    await lan.hears('two')
    await desk.comes()
    await desk.hears('two')
    expect([lan.texts, desk.texts]).toEqual([['one', 'two'], ['one', 'two']])
    await stage.settles()
  })

  scene('what one sends is copied to the others that say they understand it, and to no others', async ({ stage, mei, lan }) => {
    const desk = await stage.phone('mei', { instance: 'urn:uuid:desk', features: ';+g.yanxin.copies' }).comes()
    const plain = await stage.phone('mei', { instance: 'urn:uuid:plain' }).comes()
    await mei.says('from the phone', lan.address, { more: 'Yanxin-Copy: forged\r\n' })
    const copy = await desk.hears('from the phone')
    expect(header(copy, 'Yanxin-Copy')).toBe('sent')
    expect(header(copy, 'From')).toContain(mei.address)
    expect(header(copy, 'To')).toContain(lan.address)
    expect(header(await lan.hears('from the phone'), 'Yanxin-Copy')).toBeUndefined()
    await desk.says('from the desk', lan.address)
    await lan.hears('from the desk')
    await stage.settles()
    expect([mei.texts, plain.texts, desk.texts]).toEqual([[], [], ['from the phone']])
  })

  scene('a failed receipt goes out only when no device took it', async ({ stage, mei, lan }) => {
    const desk = await stage.phone('lan', { instance: 'urn:uuid:desk' }).comes()
    lan.answer = () => '415 Unsupported Media Type'
    await mei.says('half understood', lan.address)
    await desk.hears('half understood')
    await stage.settles()
    expect(mei.inbox).toEqual([])
    desk.answer = () => '488 Not Acceptable Here'
    await mei.says('not understood', lan.address, { id: 'lost-1' })
    const receipt = await until('the failed receipt', () => mei.inbox[0])
    expect(receipt.body).toContain('<message-id>lost-1</message-id>')
    expect(receipt.body).toMatch(/<failed\s*\/>/)
    expect(header(receipt, 'From')).toContain(lan.address)
  })
})

describe('who may speak', () => {
  scene('a wrong password is refused, with SHA-256 and with MD5, and the right one taken with both', async ({ stage, mei }) => {
    for (const algorithm of ['SHA-256', 'MD5'] as const) {
      const thief = await stage.phone('lan', { password: 'guess', algorithm, instance: 'urn:uuid:thief' }).connect()
      expect((await thief.register()).status).toBe(401)
      expect((await thief.says('I am Lan', mei.address)).status).toBe(407)
      const lan = await stage.phone('lan', { algorithm, instance: 'urn:uuid:right' }).connect()
      expect((await lan.register()).status).toBe(200)
    }
    expect(mei.inbox).toEqual([])
  })

  scene('the challenges are SHA-256 first, MD5 second', async ({ stage }) => {
    const stranger = await stage.phone('lan').connect()
    const answer = await stranger.register({ contact: '' }).catch(() => undefined)
    expect(answer?.status).toBe(200)
    const raw = await stage.phone('lan').connect()
    const challenged = await raw.send('REGISTER', `sip:${domain}`, `From: <${raw.address}>;tag=1\r\nTo: <${raw.address}>\r\n`)
    expect(challenged.status).toBe(401)
    expect(headers(challenged, 'WWW-Authenticate').map((value) => /algorithm=([\w-]+)/.exec(value)![1])).toEqual(['SHA-256', 'MD5'])
  })

  scene('guessing is slowed down, also for the right password', async ({ stage }) => {
    const thief = await stage.phone('lan', { password: 'guess' }).connect()
    const answers: number[] = []
    for (let i = 0; i < 7; i++) answers.push((await thief.register()).status)
    expect(answers).toEqual([401, 401, 401, 401, 401, 401, 503])
    const other = await stage.phone('mei', { password: 'mei secret', instance: 'urn:uuid:other' }).connect()
    expect((await other.register()).status).toBe(200)
  })

  scene('claiming another address is refused, in every place where one can be claimed', async ({ stage, mei, lan }) => {
    const evil = await stage.phone('mei', { instance: 'urn:uuid:evil' }).comes()
    const inFrom = await evil.says('pay me', mei.address, { from: lan.address, cpim: false })
    expect(inFrom.start).toBe('SIP/2.0 403 Forbidden')
    expect(header(inFrom, 'Warning')).toContain('may not speak as')
    expect((await evil.says('pay me', mei.address, { cpimFrom: lan.address })).status).toBe(403)
    expect((await evil.says('pay me', mei.address, { more: `P-Preferred-Identity: <${lan.address}>\r\n` })).status).toBe(403)
    const asserted = await evil.says('asserted', lan.address, { more: `P-Asserted-Identity: <${lan.address}>\r\n` })
    expect(asserted.status).toBe(200)
    expect(headers(await lan.hears('asserted'), 'P-Asserted-Identity')).toEqual([`<${mei.address}>`])
    // Registering for somebody else, with one's own password.
    const steal = await evil.request('REGISTER', `sip:${domain}`, `From: <${lan.address}>;tag=1\r\nTo: <${lan.address}>\r\nContact: <sip:x@127.0.0.1:1>\r\n`)
    expect(steal.status).toBe(403)
    expect(mei.texts).toEqual([])
  })

  scene('a stranger must show a password, and is asked with 407', async ({ stage, mei }) => {
    const stranger = await stage.phone('nobody').connect()
    const answer = await stranger.says('hello', mei.address)
    expect(answer.status).toBe(407)
    expect(mei.inbox).toEqual([])
  })

  scene('a user who is removed is disconnected and refused; what waited for them fails', async ({ stage, mei, lan }) => {
    await lan.leaves()
    await until('the relay to see it', () => stage.relay.health().devicesOnline === 1)
    await mei.says('are you there', lan.address, { id: 'gone-1' })
    const desk = await stage.phone('lan', { instance: 'urn:uuid:desk' }).comes()
    await stage.ledger.commit('accounts.remove', { address: lan.address })
    await until('the connection to close', () => !desk.isOpen)
    expect((await until('the failed receipt', () => mei.inbox[0])).body).toContain('gone-1')
    await desk.connect()
    expect((await desk.register()).status).toBe(401)
    expect((await mei.says('still there?', lan.address)).status).toBe(404)
  })

  scene('a changed password closes the connections that used the old one', async ({ stage, lan }) => {
    const { ha1sOf } = await import('../../src-main/server/passwords')
    await stage.ledger.commit('accounts.password', { address: lan.address, ...ha1sOf(lan.address, 'new secret') })
    await until('the connection to close', () => !lan.isOpen)
    await lan.connect()
    expect((await lan.register()).status).toBe(401)
    lan.person.password = 'new secret'
    expect((await lan.register()).status).toBe(200)
  })
})

describe('what cannot be delivered', () => {
  scene('unknown people, foreign domains, too much, too strange: a clear answer each', async ({ mei, lan }) => {
    expect((await mei.says('x', `sip:nobody@${domain}`)).status).toBe(404)
    expect((await mei.says('x', 'sip:lan@elsewhere.test')).status).toBe(404)
    expect((await mei.says('x'.repeat(66_000), lan.address, { cpim: false })).status).toBe(413)
    expect((await mei.says('x'.repeat(65_000), lan.address)).status).toBe(200)
    const lf = cpimOf(mei.address, lan.address, 'lf', 'text/plain', 'x').replaceAll('\r\n', '\n')
    const base = `From: <${mei.address}>;tag=a\r\nTo: <${lan.address}>\r\n`
    expect((await mei.send('MESSAGE', lan.address, `${base}Content-Type: message/cpim\r\n`, lf)).status).toBe(488)
    expect((await mei.send('MESSAGE', lan.address, `${base}Content-Type: message/cpim\r\nContent-Encoding: deflate\r\n`, 'no zlib')).status).toBe(415)
    const bomb = deflateSync(Buffer.alloc(50_000_000))
    expect(bomb.length).toBeLessThan(64 * 1024)
    expect((await mei.send('MESSAGE', lan.address, `${base}Content-Type: message/cpim\r\nContent-Encoding: deflate\r\n`, bomb)).status).toBe(413)
    expect((await mei.send('MESSAGE', lan.address, base, 'no type')).status).toBe(400)
    expect((await mei.send('INVITE', lan.address, `${base}Contact: <${mei.address}>\r\n`)).status).toBe(405)
    await mei.says('after all that', lan.address)
    await lan.hears('after all that')
  })

  scene('a device that is busy is asked again, and the rest waits its turn', async ({ stage, mei, lan }) => {
    let asked = 0
    lan.answer = ({ body }) => (textOf(body) === 'message 1' && ++asked === 1 ? '480 Temporarily Unavailable\r\nRetry-After: 1' : '200 OK')
    for (const text of numbered(3)) await mei.says(text, lan.address)
    await until('all of them', () => lan.inbox.length === 3)
    expect(lan.texts).toEqual(numbered(3))
    expect(asked).toBe(2)
    await stage.settles()
  })

  test('what expires leaves a failed receipt with the sender and a tombstone with the recipient', async () => {
    const clock = new HandClock()
    const stage = await new Stage(clock).opens()
    try {
      for (const user of ['mei', 'lan']) await stage.adds(user)
      const mei = await stage.phone('mei', { instance: 'urn:uuid:mei' }).comes()
      const lan = await stage.phone('lan', { instance: 'urn:uuid:lan', features: ';+g.yanxin.copies' }).comes()
      const plain = await stage.phone('lan', { instance: 'urn:uuid:plain' }).comes()
      await lan.leaves()
      await plain.leaves()
      await until('the relay to see it', () => stage.relay.health().devicesOnline === 1)
      expect((await mei.says('too late', lan.address, { id: 'late-1', more: 'Expires: 3600\r\n' })).status).toBe(202)
      expect((await mei.says('in time', lan.address)).status).toBe(202)
      await clock.advance(59 * MINUTE)
      expect(mei.inbox).toEqual([])
      await mei.register()
      await clock.advance(3 * MINUTE)
      const receipt = await until('the failed receipt', () => mei.inbox[0])
      expect(receipt.body).toContain('<message-id>late-1</message-id>')
      expect(receipt.body).toMatch(/<failed\s*\/>/)
      await lan.comes()
      await lan.hears('in time')
      const tombstone = await until('the tombstone', () => lan.inbox.find(({ body }) => body.includes('tombstone')))
      expect(textOf(tombstone.body)).toContain('late-1')
      await plain.comes()
      await plain.hears('in time')
      expect(plain.texts).toEqual(['in time'])
      expect(mei.inbox).toHaveLength(1)
      await stage.settles()
    } finally {
      await stage.ends()
    }
  })

  test.each([[90, {}], [7, { forgetDevices: 7 * DAY }]])('a device that was not seen for %i days is forgotten', async (days, rules) => {
    const clock = new HandClock()
    const stage = await new Stage(clock, rules).opens()
    try {
      for (const user of ['mei', 'lan']) await stage.adds(user)
      const lan = await stage.phone('lan', { instance: 'urn:uuid:old' }).comes()
      await lan.leaves()
      await until('the relay to see it', () => stage.relay.health().devicesOnline === 0)
      clock.jump((days - 1) * DAY)
      await clock.advance(HOUR)
      expect(stage.relay.accounts.find(lan.address)!.devices.size).toBe(1)
      clock.jump(DAY)
      await clock.advance(HOUR)
      expect(stage.relay.accounts.find(lan.address)!.devices.size).toBe(0)
      await until('that to be kept', async () => (await stage.ledger.read('devices.list', {})).length === 0)
    } finally {
      await stage.ends()
    }
  })
})

describe('bad input', () => {
  const bad: Record<string, string | Buffer> = {
    noise: Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7919) % 256)),
    'no SIP': 'GET / HTTP/1.1\r\nHost: play.test\r\n\r\n',
    'a head without end': `MESSAGE sip:lan@${domain} SIP/2.0\r\n${'X-Long: y\r\n'.repeat(5_000)}`,
    'a length that is none': `MESSAGE sip:lan@${domain} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKx\r\nContent-Length: -5\r\n\r\nhello`,
    'a length beyond all': `MESSAGE sip:lan@${domain} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKx\r\nContent-Length: 99999999999\r\n\r\nhello`,
    'half a message': `MESSAGE sip:lan@${domain} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKx\r\nContent-Length: 500\r\n\r\nhello`,
    'two From': `OPTIONS sip:${domain} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKy\r\nFrom: <sip:a@b>;tag=1\r\nFrom: <sip:c@d>;tag=2\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`,
  }
  for (const [name, bytes] of Object.entries(bad)) {
    scene(`${name} on one connection leaves the others alone`, async ({ stage, mei, lan }) => {
      const vandal = await stage.phone('lan', { instance: 'urn:uuid:vandal' }).connect()
      vandal.raw(bytes)
      await Promise.all(numbered(20).map((text) => mei.says(text, lan.address)))
      await until('all of them', () => lan.inbox.length === 20)
      expect(lan.texts).toEqual(numbered(20))
      await stage.settles()
    })
  }

  scene('what people say is never in the log', async ({ stage, mei, lan }) => {
    await mei.says('a very private thing', lan.address)
    await lan.hears('a very private thing')
    lan.answer = () => '488 Not Acceptable Here'
    await mei.says('a very private thing', lan.address)
    await until('the failed receipt', () => mei.inbox[0])
    const thief = await stage.phone('lan', { password: 'guess' }).connect()
    await thief.register()
    expect(stage.log.join('\n')).not.toMatch(/private thing|Digest|response=|lan secret/)
  })
})
