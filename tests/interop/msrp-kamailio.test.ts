import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RelayOptions } from '../../src-main/msrp/relay'
import type { SessionOptions } from '../../src-main/msrp/session'
import { speaker } from '../msrp/wire'
import { noOpenssl } from './certificate'
import { missingKamailio, startKamailio } from './kamailio/kamailio'
import type { Kamailio } from './kamailio/kamailio'
import { domain, useStage } from './stage'

const missing = missingKamailio() ?? noOpenssl
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/*
 * Kamailio 5.6 with its msrp module as a relay. Where it is no relay by RFC 4976:
 * - Its script answers 200 before it passes a chunk on. What cannot be passed on (the connection is gone, its write queue is full, a body
 *   of more than 10,240 bytes) is dropped: no REPORT of a failure ever comes. Who wants to know asks for a Success-Report and gives up
 *   in time.
 * - What goes wrong behind it is said by the last hop's response, which it has nobody to pass on to: so a 413 or 481 of the other
 *   side is never heard.
 * - An AUTH that renews gets a new path each time; the old one is good until its own time is over (our script's doing, and its own map's).
 * - With its tls module loaded it takes every client for one over TLS: plain ones can then not be reached.
 * - To who has no relay it makes a connection of its own, also when that one is connected to it already: such a one is reached when it
 *   listens and is the passive side, and not when it is the active one.
 */
describe.skipIf(missing)(`Kamailio as an MSRP relay${missing ? ` (${missing})` : ''}`, () => {
  const stage = useStage({ withRelay: false })

  async function relay(secure: boolean): Promise<{ kamailio: Kamailio; options: (user: string, password?: string) => RelayOptions }> {
    const { certificate } = stage
    const kamailio = await startKamailio({ domain, is: 'msrp-relay', ...(secure && { certificate }) })
    stage.later(() => kamailio.stop())
    const at = secure ? `msrps://${kamailio.tls.host}:${kamailio.tls.port};tcp` : `msrp://${kamailio.tcp.host}:${kamailio.tcp.port};tcp`
    return {
      kamailio,
      options: (user, password = `${user}-secret`) => ({ uri: at, username: user, password, ...(secure && { ca: readFileSync(certificate.cert) }) }),
    }
  }

  /** Mei has offered, Lan has answered; both are behind the relay. */
  async function pair(secure: boolean, more: { mei?: Partial<SessionOptions> } = {}) {
    const { kamailio, options } = await relay(secure)
    const [mei, lan] = [speaker(), speaker()]
    for (const each of [mei, lan]) stage.later(() => each.endpoint.close())
    const places = { mei: await mei.endpoint.relay(options('mei')), lan: await lan.endpoint.relay(options('lan')) }
    const a = mei.endpoint.session({ receive: (message) => void mei.heard.push(message), ...more.mei, relay: places.mei })
    const b = lan.endpoint.session({ receive: (message) => void lan.heard.push(message), relay: places.lan })
    await Promise.all([a.open(b.media('active'), 'passive'), b.open(a.media(), 'active')])
    return { kamailio, options, mei, lan, a, b, places }
  }

  describe.each([['tcp', false], ['tls', true]])('over %s', (_name, secure) => {
    it('small and 3 MB messages pass both ways, with their reports', async () => {
      const { mei, lan, a, b } = await pair(secure)
      const [one, two] = [randomBytes(3_000_000), randomBytes(3_000_000)]
      const large = [a.send({ contentType: 'a/b', body: one, successReport: true }), b.send({ contentType: 'a/b', body: two, successReport: true })]
      const small = [a.send({ contentType: 'text/plain', body: Buffer.from('你好'), successReport: true }), b.send({ contentType: 'text/plain', body: Buffer.from('hello'), successReport: true })]
      expect(await Promise.all([...small, ...large].flatMap(({ sent, reported }) => [sent, reported]))).toEqual(Array(8).fill({ ok: true }))
      // The small ones did not wait for the large ones.
      expect(mei.texts()[0]).toBe('hello')
      expect(lan.texts()[0]).toBe('你好')
      expect([mei.heard[1]!, lan.heard[1]!].map(({ body }) => hash(body))).toEqual([hash(two), hash(one)])
    })
  })

  it('what looks like the end of a message passes inside one, and an empty one does', async () => {
    const { mei, b } = await pair(false)
    const bodies = ['x\r\n-------abcdef123$\r\ny', '\r\n-------$\r\nMSRP a SEND\r\nTo-Path: x\r\n\r\n\0', '']
    for (const body of bodies) expect(await b.send({ contentType: 'a/b', body: Buffer.from(body), successReport: true }).reported).toEqual({ ok: true })
    expect(mei.texts()).toEqual(bodies)
  })

  it('what is given up on the way is told to the other side, and the next one passes', async () => {
    const { mei, b } = await pair(false)
    const large = b.send({ contentType: 'a/b', body: randomBytes(3_000_000), onProgress: () => large.abort() })
    expect(await large.sent).toMatchObject({ ok: false, fault: { code: 'cancelled' } })
    expect(await b.send({ contentType: 'text/plain', body: Buffer.from('after'), successReport: true }).reported).toEqual({ ok: true })
    expect(mei.texts()).toEqual(['after'])
  })

  it('one who is gone: the relay takes what is for them, and no report comes', async () => {
    const { a, places } = await pair(false)
    places.lan.close()
    const lost = a.send({ contentType: 'text/plain', body: Buffer.from('are you there?'), successReport: true, reportTimeout: 1_000 })
    expect(await lost.sent).toEqual({ ok: true })
    expect(await lost.reported).toMatchObject({ ok: false, fault: { code: 'no-answer' } })
    expect(a.at).toBe('open')
  })

  it('a message that the other side refuses is never reported either', async () => {
    const { a, b, mei } = await pair(false, { mei: { acceptTypes: ['text/plain'] } })
    const refused = b.send({ contentType: 'image/png', body: Buffer.from('x'), successReport: true, reportTimeout: 1_000 })
    expect(await refused.sent).toEqual({ ok: true })
    expect(await refused.reported).toMatchObject({ ok: false, fault: { code: 'no-answer' } })
    expect(mei.heard).toEqual([])
    expect(a.at).toBe('open')
  })

  it('the relay is killed in the middle of a message: both are told', async () => {
    const { kamailio, mei, a, b } = await pair(true)
    const whole = b.send({ contentType: 'text/plain', body: Buffer.from('whole'), successReport: true })
    await whole.reported
    let killed: Promise<void> | undefined
    const large = b.send({ contentType: 'a/b', body: randomBytes(10_000_000), onProgress: () => (killed ??= kamailio.end('SIGKILL')), successReport: true })
    expect(await large.sent).toMatchObject({ ok: false, fault: { code: 'connection-lost' } })
    await killed
    const told = a.send({ contentType: 'text/plain', body: Buffer.from('x') })
    expect(await told.sent).toMatchObject({ ok: false, fault: { code: 'connection-lost' } })
    expect([a.at, b.at]).toEqual(['closed', 'closed'])
    expect(mei.texts()).toEqual(['whole'])
  })

  it('a session id that the relay did not give is told by its 481', async () => {
    const { a, places } = await pair(false)
    const response = await places.mei.connection.ask({
      method: 'SEND', toPath: [places.mei.path[0]!.replace(/\/p[^;]*/, '/nobody'), a.uri], fromPath: [a.uri], fields: [['Message-ID', 'm1'], ['Byte-Range', '1-0/0']],
    })
    expect(response).toMatchObject({ status: 481 })
  })

  it('a wrong password gets no place, and a right one does on the next try', async () => {
    const { options } = await relay(true)
    const mei = speaker()
    stage.later(() => mei.endpoint.close())
    await expect(mei.endpoint.relay(options('mei', 'wrong'))).rejects.toMatchObject({ code: 'wrong-password' })
    expect((await mei.endpoint.relay(options('mei'))).path).toHaveLength(1)
  })

  it('a relay whose certificate our authority has not signed is not asked', async () => {
    const { options } = await relay(true)
    const mei = speaker()
    stage.later(() => mei.endpoint.close())
    const { ca: _none, ...bare } = options('mei')
    await expect(mei.endpoint.relay(bare)).rejects.toMatchObject({ code: 'bad-certificate' })
  })

  it('a time that does not suit it is corrected, and kept', async () => {
    const { options } = await relay(false)
    const mei = speaker()
    stage.later(() => mei.endpoint.close())
    expect((await mei.endpoint.relay({ ...options('mei'), expires: 10 })).path).toHaveLength(1)
    expect((await mei.endpoint.relay({ ...options('mei'), expires: 100_000 })).path).toHaveLength(1)
  })

  it('one who has no relay but listens is reached through that of the other', async () => {
    const { options } = await relay(false)
    const [mei, lan] = [speaker(), speaker()]
    for (const each of [mei, lan]) stage.later(() => each.endpoint.close())
    await lan.endpoint.listen({ host: '127.0.0.1', port: 0 })
    const a = mei.endpoint.session({ receive: (message) => void mei.heard.push(message), relay: await mei.endpoint.relay(options('mei')) })
    const b = lan.session()
    await Promise.all([a.open(b.media('passive'), 'active'), b.open(a.media(), 'passive')])
    const both = [a.send({ contentType: 'a/b', body: Buffer.from('there'), successReport: true }), b.send({ contentType: 'a/b', body: Buffer.from('back'), successReport: true })]
    expect(await Promise.all(both.map(({ reported }) => reported))).toEqual([{ ok: true }, { ok: true }])
    expect([mei.texts(), lan.texts()]).toEqual([['back'], ['there']])
  })
})
