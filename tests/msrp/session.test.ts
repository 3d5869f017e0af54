import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Fault } from '../../src-main/base/faults'
import { silentLog } from '../../src-main/base/log'
import type { MsrpEndpointOptions } from '../../src-main/msrp/endpoint'
import { readMsrpSdp, roleOf, writeMsrpSdp } from '../../src-main/msrp/sdp'
import type { MsrpMedia } from '../../src-main/msrp/sdp'
import type { Session, SessionOptions } from '../../src-main/msrp/session'
import { root } from '../fakes/build'
import { speaker } from './wire'

const pem = (name: string): string => readFileSync(join(root, 'tests/fixtures/sip/tls', name), 'utf8')
const identity = { cert: pem('cert.pem'), key: pem('key.pem') }
const MB = 1024 * 1024
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})
const someone = (options: Partial<MsrpEndpointOptions> = {}) => {
  const one = speaker(options)
  ends.push(() => one.endpoint.close())
  return one
}
/** What goes through SDP and back, as it does between people. */
const told = (session: Session, setup?: MsrpMedia['setup']): MsrpMedia => readMsrpSdp(writeMsrpSdp(session.media(setup), { sessionId: 1 }))!

/** Mei, who listens and has offered, and Lan, who answers and connects; their sessions are open. */
async function pair(secure: boolean, options: { mei?: Partial<SessionOptions>; lan?: Partial<SessionOptions>; endpoint?: Partial<MsrpEndpointOptions> } = {}) {
  const mei = someone({ identity, ...options.endpoint })
  const lan = someone({ identity, ...options.endpoint })
  await mei.endpoint.listen({ host: '127.0.0.1', port: 0, secure })
  const a = mei.session({ secure, ...options.mei })
  const b = lan.session({ secure, ...options.lan })
  const [offer, answer] = [told(a), told(b, 'active')]
  await Promise.all([a.open(answer, roleOf('actpass', answer.setup, true)), b.open(offer, roleOf('active', offer.setup, false))])
  return { mei, lan, a, b }
}

describe.each([['tcp', false], ['tls', true]])('two sessions over %s', (_name, secure) => {
  test('exchange texts both ways', async () => {
    const { mei, lan, a, b } = await pair(secure)
    const there = b.send({ contentType: 'text/plain;charset=utf-8', body: Buffer.from('你好'), successReport: true })
    const back = a.send({ contentType: 'text/plain', body: Buffer.from('hello'), id: 'my-own' })
    expect(await Promise.all([there.sent, there.reported, back.sent, back.reported])).toEqual(Array(4).fill({ ok: true }))
    expect(mei.heard).toMatchObject([{ id: there.id, contentType: 'text/plain;charset=utf-8' }])
    expect(mei.texts()).toEqual(['你好'])
    expect(lan.heard).toMatchObject([{ id: 'my-own' }])
    expect([a.at, b.at]).toEqual(['open', 'open'])
  })

  test('20 MB both ways do not hold up the small ones between', async () => {
    const { mei, lan, a, b } = await pair(secure)
    const [large, other] = [randomBytes(20 * MB), randomBytes(20 * MB)]
    let smallAt = 0
    let progress = 0
    const one = a.send({ contentType: 'application/octet-stream', body: large, successReport: true, onProgress: (bytes) => (progress = bytes) })
    const two = b.send({ contentType: 'application/octet-stream', body: other, successReport: true })
    for (let i = 0; i < 20; i++) {
      const small = a.send({ contentType: 'text/plain', body: Buffer.from(`#${i}`), successReport: true })
      expect(await small.reported).toEqual({ ok: true })
      smallAt = progress
    }
    // All the small ones were there while the large one was still near its beginning.
    expect(smallAt).toBeLessThan(large.length)
    expect(await Promise.all([one.reported, two.reported])).toEqual([{ ok: true }, { ok: true }])
    expect(lan.heard.slice(0, 20).map(({ body }) => Buffer.from(body).toString())).toEqual(Array.from({ length: 20 }, (_, i) => `#${i}`))
    expect(hash(lan.heard[20]!.body)).toBe(hash(large))
    expect(hash(mei.heard[0]!.body)).toBe(hash(other))
    expect(progress).toBe(large.length)
  }, 60_000)

  test('one breaks in the middle of a message: each side is told, and what was whole stays so', async () => {
    const { mei, lan, a, b } = await pair(secure)
    const whole = b.send({ contentType: 'text/plain', body: Buffer.from('whole'), successReport: true })
    await whole.reported
    const told: unknown[] = []
    a.events.on('closed', (fault) => told.push(fault?.code))
    b.events.on('closed', (fault) => told.push(fault?.code))
    const large = b.send({ contentType: 'a/b', body: randomBytes(20 * MB), onProgress: () => void a.connection?.wire.end() })
    expect(await large.sent).toMatchObject({ ok: false, fault: { code: 'connection-lost' } })
    await vi.waitFor(() => expect(told).toEqual(['connection-lost', 'connection-lost']))
    expect(mei.texts()).toEqual(['whole'])
    expect(lan.heard).toEqual([])
    expect(await b.send({ contentType: 'a/b', body: Buffer.from('x') }).sent).toMatchObject({ ok: false, fault: { code: 'connection-lost' } })
  })
})

describe('a message', () => {
  test('given up is told to the other side, which keeps nothing of it and goes on', async () => {
    const { mei, b } = await pair(false)
    const large = b.send({ contentType: 'a/b', body: randomBytes(20 * MB), onProgress: () => large.abort() })
    expect(await large.sent).toMatchObject({ ok: false, fault: { code: 'cancelled' } })
    expect(await large.reported).toMatchObject({ ok: false, fault: { code: 'cancelled' } })
    expect(await b.send({ contentType: 'text/plain', body: Buffer.from('after'), successReport: true }).reported).toEqual({ ok: true })
    expect(mei.texts()).toEqual(['after'])
  })

  test('given up before it began never leaves', async () => {
    const { mei, b } = await pair(false)
    const one = b.send({ contentType: 'a/b', body: Buffer.from('no') })
    one.abort()
    await b.send({ contentType: 'a/b', body: Buffer.from('yes') }).sent
    expect(mei.texts()).toEqual(['yes'])
  })

  test('larger than what the other side said does not even leave', async () => {
    const { mei, b } = await pair(false, { mei: { maxSize: 10 } })
    expect(await b.send({ contentType: 'a/b', body: Buffer.from('12345678901') }).sent).toMatchObject({ ok: false, fault: { code: 'too-large', detail: { limit: 10 } } })
    expect(await b.send({ contentType: 'a/b', body: Buffer.from('1234567890') }).sent).toEqual({ ok: true })
    expect(mei.texts()).toEqual(['1234567890'])
  })

  test('too large for the other side all the same stops at its 413, and only it', async () => {
    const { mei, a, b } = await pair(false, { mei: { maxSize: 100_000 } })
    b.peer!.maxSize = MB
    const large = b.send({ contentType: 'a/b', body: randomBytes(MB) })
    expect(await large.sent).toMatchObject({ ok: false, fault: { code: 'too-large', detail: { status: 413 } } })
    expect(await b.send({ contentType: 'a/b', body: Buffer.from('small'), successReport: true }).reported).toEqual({ ok: true })
    expect(mei.texts()).toEqual(['small'])
    expect(a.at).toBe('open')
  })

  test('of a type that the other side does not take gets 415', async () => {
    const { b } = await pair(false, { mei: { acceptTypes: ['message/cpim'] } })
    expect(await b.send({ contentType: 'image/png', body: Buffer.from('x') }).sent).toMatchObject({ ok: false, fault: { code: 'bad-type', detail: { status: 415 } } })
  })

  test('is answered only once it is kept, and refused with what keeping it threw', async () => {
    const handed: { id: string; end: (fault?: Fault) => void }[] = []
    const { b } = await pair(false, { mei: { receive: ({ id }) => new Promise((resolve, reject) => {
      handed.push({ id, end: (fault) => (fault ? reject(fault) : resolve()) })
    }) } })
    const states: string[] = []
    const one = b.send({ contentType: 'a/b', body: Buffer.from('one'), successReport: true, id: 'one' })
    void one.sent.then(() => states.push('sent'))
    // What comes behind it is answered for itself.
    const two = b.send({ contentType: 'a/b', body: Buffer.from('two'), id: 'two' })
    await vi.waitFor(() => expect(handed.map(({ id }) => id)).toEqual(['one', 'two']))
    handed[1]!.end(new Fault('disk-full'))
    expect(await two.sent).toMatchObject({ ok: false, fault: { code: 'refused', detail: { status: 403 } } })
    expect(states).toEqual([])
    handed[0]!.end()
    expect(await one.reported).toEqual({ ok: true })
    expect(states).toEqual(['sent'])
  })

  test('whose listener throws is on its way all the same', async () => {
    const logged: string[] = []
    const { mei, b } = await pair(false, { endpoint: { log: { ...silentLog, error: (_fields, text) => void logged.push(text) } } })
    const one = b.send({ contentType: 'a/b', body: randomBytes(50_000), successReport: true, onProgress: () => {
      throw new Error('mine')
    } })
    expect(await one.reported).toEqual({ ok: true })
    const two = b.send({ contentType: 'a/b', body: randomBytes(50_000), failureReport: 'no', successReport: true, onProgress: () => {
      throw new Error('mine')
    } })
    expect(await two.reported).toEqual({ ok: true })
    expect(mei.heard).toHaveLength(2)
    expect(new Set(logged)).toEqual(new Set(['what listens to a connection threw']))
  })

  test('of nothing is one all the same', async () => {
    const { mei, b } = await pair(false)
    expect(await b.send({ contentType: 'text/plain', body: Buffer.alloc(0), successReport: true }).reported).toEqual({ ok: true })
    expect(mei.texts()).toEqual([''])
  })

  test('whose answers nobody wants has been sent when it has left', async () => {
    const { mei, b } = await pair(false)
    const body = randomBytes(300_000)
    for (const failureReport of ['no', 'partial'] as const) {
      expect(await b.send({ contentType: 'a/b', body, failureReport, successReport: true }).reported).toEqual({ ok: true })
    }
    expect(mei.heard.map((each) => hash(each.body))).toEqual([hash(body), hash(body)])
  })

  test('with a header that would break out of its line, or an id that is under way, is refused here', async () => {
    const { b } = await pair(false)
    expect(await b.send({ contentType: 'a/b\r\nEvil: x', body: Buffer.from('x') }).sent).toMatchObject({ ok: false, fault: { code: 'bad-argument' } })
    const twice = [1, 2].map(() => b.send({ contentType: 'a/b', body: Buffer.from('x'), id: 'same' }))
    expect((await Promise.all(twice.map(({ sent }) => sent))).map(({ ok }) => ok)).toEqual([true, false])
  })

  test('that waits for the session leaves when it opens, or fails with it', async () => {
    const mei = someone()
    const lan = someone()
    await mei.endpoint.listen({ host: '127.0.0.1', port: 0 })
    const [a, b] = [mei.session(), lan.session()]
    const early = b.send({ contentType: 'text/plain', body: Buffer.from('early') })
    const never = mei.session()
    const lost = never.send({ contentType: 'text/plain', body: Buffer.from('lost') })
    await Promise.all([a.open(told(b, 'active'), 'passive'), b.open(told(a), 'active')])
    expect(await early.sent).toEqual({ ok: true })
    expect(mei.texts()).toEqual(['early'])
    never.close()
    expect(await lost.sent).toMatchObject({ ok: false, fault: { code: 'closed' } })
  })
})

describe('sessions', () => {
  test('to the same place share one connection, which ends with the last', async () => {
    const mei = someone()
    const lan = someone()
    await mei.endpoint.listen({ host: '127.0.0.1', port: 0 })
    const pairs = await Promise.all(Array.from({ length: 3 }, async () => {
      const [a, b] = [mei.session(), lan.session()]
      await Promise.all([a.open(told(b, 'active'), 'passive'), b.open(told(a), 'active')])
      return { a, b }
    }))
    expect(new Set(pairs.map(({ b }) => b.connection)).size).toBe(1)
    expect(new Set(pairs.map(({ a }) => a.connection)).size).toBe(1)
    await Promise.all(pairs.map(({ b }, i) => b.send({ contentType: 'text/plain', body: Buffer.from(`${i}`) }).sent))
    expect(mei.texts().sort()).toEqual(['0', '1', '2'])
    const { connection } = pairs[0]!.b
    pairs[0]!.b.close()
    pairs[1]!.b.close()
    expect(connection!.closed).toBe(false)
    pairs[2]!.b.close()
    expect(connection!.closed).toBe(true)
    await vi.waitFor(() => expect(pairs.map(({ a }) => a.at)).toEqual(['closed', 'closed', 'closed']))
  })

  test('that nobody answers end with the reason', async () => {
    const lan = someone()
    const [one, two] = [lan.session(), lan.session()]
    const nowhere: MsrpMedia = { ...one.media('active'), path: ['msrp://127.0.0.1:1/x;tcp'], cema: false }
    await expect(one.open(nowhere, 'active')).rejects.toMatchObject({ code: 'cannot-connect' })
    await expect(two.open(nowhere, 'passive', { timeout: 20 })).rejects.toMatchObject({ code: 'no-answer' })
    expect([one.at, two.at]).toEqual(['closed', 'closed'])
  })

  test('that the other side does not know (any more) end with its 481', async () => {
    const mei = someone()
    const lan = someone()
    await mei.endpoint.listen({ host: '127.0.0.1', port: 0 })
    const [a, b] = [mei.session(), lan.session()]
    const offer = told(a)
    a.close()
    await expect(b.open(offer, 'active')).rejects.toMatchObject({ code: 'connection-lost', detail: { status: 481 } })
  })

  test('that are somebody else\'s already get 506, and the first goes on', async () => {
    const { mei, a, b } = await pair(false)
    const third = someone()
    const thief = third.session()
    await expect(thief.open(a.media(), 'active')).rejects.toMatchObject({ code: 'connection-lost', detail: { status: 506 } })
    expect(await b.send({ contentType: 'text/plain', body: Buffer.from('still') }).sent).toEqual({ ok: true })
    expect(mei.texts()).toEqual(['still'])
  })

  test('dial c= and m= where the other side says so (CEMA), else the path', async () => {
    const mei = someone()
    const lan = someone()
    const listener = await mei.endpoint.listen({ host: '127.0.0.1', port: 0, advertise: 'unreachable.invalid' })
    const middle = { host: '127.0.0.1', port: listener.port }
    const [a, b] = [mei.session(), lan.session()]
    await Promise.all([a.open(told(b, 'active'), 'passive'), b.open({ ...told(a), ...middle }, 'active')])
    const [c, d] = [mei.session(), lan.session()]
    void c.open(told(d, 'active'), 'passive').catch(() => {})
    await expect(d.open({ ...told(c), ...middle, cema: false }, 'active')).rejects.toMatchObject({ code: 'cannot-connect' })
  })
})

describe('a certificate', () => {
  test('that is not the one of the SDP is refused by who connects', async () => {
    const mei = someone({ identity })
    const lan = someone({ identity })
    await mei.endpoint.listen({ host: '127.0.0.1', port: 0, secure: true })
    const [a, b] = [mei.session({ secure: true }), lan.session({ secure: true })]
    const offer = told(a)
    expect(offer.fingerprints[0]).toMatchObject({ hash: 'sha-256', value: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/) as string })
    const forged = { ...offer, fingerprints: [{ hash: 'sha-256', value: offer.fingerprints[0]!.value.replace(/^../, (two) => (two === '00' ? '01' : '00')) }] }
    await expect(b.open(forged, 'active')).rejects.toMatchObject({ code: 'bad-certificate' })
  })

  test('is wanted of who connects too', async () => {
    const mei = someone({ identity })
    const bare = someone()
    await mei.endpoint.listen({ host: '127.0.0.1', port: 0, secure: true })
    const [a, b] = [mei.session({ secure: true }), bare.session({ secure: true })]
    const answer = { ...told(b, 'active'), fingerprints: told(a).fingerprints }
    const waits = a.open(answer, 'passive', { timeout: 1_000 })
    waits.catch(() => {})
    await expect(b.open(told(a), 'active')).rejects.toMatchObject({ code: 'refused', detail: { status: 403 } })
    expect(a.at).toBe('waiting')
  })

  test('without a fingerprint must be signed by who we trust', async () => {
    const mei = someone({ identity })
    await mei.endpoint.listen({ host: '127.0.0.1', port: 0, secure: true })
    const a = mei.session({ secure: true })
    const offer = { ...told(a), fingerprints: [] }
    await expect(someone().session({ secure: true }).open(offer, 'active')).rejects.toMatchObject({ code: 'bad-certificate' })
    const b = someone({ ca: identity.cert }).session({ secure: true })
    await b.open(offer, 'active')
    expect(b.at).toBe('open')
  })

  test('a session over TLS is not to be had in the clear', async () => {
    const mei = someone({ identity })
    const lan = someone()
    const plain = await mei.endpoint.listen({ host: '127.0.0.1', port: 0 })
    await mei.endpoint.listen({ host: '127.0.0.1', port: 0, secure: true })
    const [a, b] = [mei.session({ secure: true }), lan.session()]
    a.open(told(b, 'active'), 'passive').catch(() => {})
    // To the plain port, with the secure session's URI as the only thing that is known of it.
    const offer = { ...told(a), cema: true, host: '127.0.0.1', port: plain.port }
    const c = someone().session()
    await expect(c.open({ ...offer, path: offer.path.map((uri) => uri.replace('msrps', 'msrp')) }, 'active')).rejects.toMatchObject({ detail: { status: 481 } })
  })
})
