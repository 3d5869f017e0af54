import { afterEach, expect, test } from 'vitest'
import { SECOND } from '../../../src-main/base/clock'
import { randomIds } from '../../../src-main/base/ids'
import { silentLog } from '../../../src-main/base/log'
import { MsrpEndpoint } from '../../../src-main/msrp/endpoint'
import { sdpType } from '../../../src-main/msrp/offer-answer'
import { readMsrpSdp, writeMsrpSdp, type MsrpMedia } from '../../../src-main/msrp/sdp'
import { flag, type Envelope } from '../../../src-main/relay/envelope'
import { Account } from '../../../src-main/server/accounts'
import { Device } from '../../../src-main/server/device'
import { GroupMedia } from '../../../src-main/server/groups/media'
import { Medium } from '../../../src-main/server/groups/medium'
import { Peer } from '../../../src-main/server/peer'
import { statusFor } from '../../../src-main/server/refusals'
import { Fault } from '../../../src-main/base/faults'
import { accept, invite } from '../../../src-main/sip/invitation'
import { send, stranger } from '../../msrp/wire'
import { talk, until, user } from '../../sip/talk'

const group = 'sip:conf-1@lab.test'
const path = 'msrp://127.0.0.1:9/telephone;tcp'
const offerOf = (more: Partial<MsrpMedia> = {}): MsrpMedia => ({
  path: [path], secure: false, host: '127.0.0.1', port: 9, setup: 'active', acceptTypes: ['message/cpim'], acceptWrappedTypes: ['*'], fingerprints: [], cema: false, direction: 'sendrecv', ...more,
})
const envelope = (more: Partial<Envelope> = {}): Envelope => ({
  id: 'm1', from: 'sip:lan@lab.test', to: group, conversation: group, contentType: 'message/cpim', body: Buffer.from('hello'), headers: [], sentAt: 0, expiresAt: 1e15, flags: flag.group, ...more,
})

const endpoints: MsrpEndpoint[] = []
afterEach(async () => {
  for (const endpoint of endpoints.splice(0)) await endpoint.close()
})

/** Mei's telephone is registered at the focus, which answers her INVITEs, each to a group of its own. */
async function stage({ features = '' } = {}) {
  const { clock, mei, focus, wire } = talk()
  const endpoint = new MsrpEndpoint({ clock, ids: randomIds, log: silentLog })
  endpoints.push(endpoint)
  const { port } = await endpoint.listen({ host: '127.0.0.1', port: 0 })
  const media = new GroupMedia({ line: { endpoint, secure: false, isEverywhere: false }, clock, ids: randomIds, log: silentLog })
  const account = new Account('sip:mei@lab.test', { sha256: '', md5: '' })
  const device = new Device(account.address, 'urn:uuid:1', 0)
  device.features = features
  device.binding = { device, peer: new Peer(focus.flow, 0), contact: 'sip:mei@127.0.0.1', params: '', callId: '', cseq: 1, expiresAt: 1e15, detach: undefined }
  account.addDevice(device)
  const said: string[] = []
  const callIds: string[] = []
  /** What has to be done before it is kept. */
  const before = { kept: Promise.resolve() }
  focus.endpoint.onRequest((incoming) => {
    try {
      const offered = media.offerIn(incoming, account)!
      const to = incoming.request.uri
      const medium: Medium = media.answering(offered, to, (request) => {
        callIds.push(request.headers.get('Call-ID')!)
        said.push(`${request.method} ${request.uri} ${Buffer.from(request.body).toString()}`)
        return before.kept
      })
      medium.answer(offered.media, (sdp) => accept(focus.dialogs, incoming, { contact: `<${to}>;isfocus`, headers: [['Content-Type', sdpType]], body: sdp }, {
        request: ({ reply }) => reply(405), ended: () => medium.close(),
      }))
    } catch (thrown) {
      incoming.reply(statusFor(Fault.from(thrown)))
    }
  })
  const asks = async (to = group, more: Partial<MsrpMedia> = {}) => invite(mei.dialogs, mei.flow, {
    uri: to, from: '<sip:mei@lab.test>', to: `<${to}>`, contact: '<sip:mei@127.0.0.1>', headers: [['Content-Type', sdpType]], body: Buffer.from(writeMsrpSdp(offerOf(more), { sessionId: 1 })),
  }, user().is).answer
  /** Mei's telephone comes to where the answer says, and speaks MSRP by hand. */
  const comes = async (to = group, more: Partial<MsrpMedia> = {}) => {
    const { response } = await asks(to, more)
    const [ours] = readMsrpSdp(response.body)!.path as [string]
    const phone = await stranger(port)
    const way = { to: ours, from: (more.path ?? [path]).join(' ') }
    phone.say(send('bind0001', { ...way, id: 'bind', range: '1-0/0' }))
    expect(await phone.answerTo('bind0001')).toBe(200)
    const paths = `To-Path: ${ours}\r\nFrom-Path: ${path}\r\n`
    return {
      ...phone, way,
      /** The SENDs that it got, in order. */
      sends: () => phone.messages().flatMap((message) => (message.kind === 'request' && message.method === 'SEND' ? [message] : [])),
      /** Resolves when the focus has read all that was said before. */
      async isHeard() {
        phone.say(send('barrier1', { ...way, id: 'barrier', range: '1-0/0' }))
        await phone.answerTo('barrier1')
      },
      says: (tid: string, status: number) => phone.say(Buffer.from(`MSRP ${tid} ${status} Whatever\r\n${paths}-------${tid}$\r\n`)),
      reports: (id: string, range: string, status = '000 200 OK') =>
        phone.say(Buffer.from(`MSRP report01 REPORT\r\n${paths}Message-ID: ${id}\r\nByte-Range: ${range}\r\nStatus: ${status}\r\n-------report01$\r\n`)),
    }
  }
  return { clock, mei, focus, wire, media, account, device, said, callIds, before, asks, comes }
}

test('who is answered and never comes is no longer waited for', async () => {
  const { asks, media, clock, wire } = await stage()
  expect((await asks()).response.status).toBe(200)
  expect(media.size).toBe(1)
  await clock.advance(29 * SECOND)
  expect([media.size, wire.includes('focus: BYE')]).toEqual([1, false])
  await clock.advance(2 * SECOND)
  await until(() => wire.includes('focus: BYE'))
  expect(media.size).toBe(0)
})

test('what is said in it is the MESSAGE to its group; only then it is answered', async () => {
  const { comes, said, before } = await stage()
  const phone = await comes()
  const { promise, resolve } = Promise.withResolvers<void>()
  before.kept = promise
  phone.say(send('tid00001', { ...phone.way, body: 'Hi', id: 'a', range: '1-2/2', type: 'message/cpim' }))
  await phone.isHeard()
  expect(phone.messages().map(({ tid }) => tid)).not.toContain('tid00001')
  resolve()
  expect(await phone.answerTo('tid00001')).toBe(200)
  expect(said).toEqual([`MESSAGE ${group} Hi`])
  phone.say(send('tid00002', { ...phone.way, body: 'Hi', id: 'b', range: '1-2/2', type: 'text/plain' }))
  expect(await phone.answerTo('tid00002')).toBe(415)
})

test('what has no identity of its own is never taken for what another session said', async () => {
  const { comes, callIds } = await stage()
  for (const to of [group, group, 'sip:conf-2@lab.test']) {
    const phone = await comes(to)
    for (const id of ['1', '2']) {
      phone.say(send(`tid0000${id}`, { ...phone.way, body: 'Hi', id, range: '1-2/2', type: 'message/cpim' }))
      expect(await phone.answerTo(`tid0000${id}`)).toBe(200)
    }
  }
  expect(new Set(callIds).size).toBe(6)
})

test('taken is what its REPORT says; one that refuses it is told apart from one that is gone', async () => {
  const { comes, media, device, focus } = await stage()
  const phone = await comes()
  const given = () => media.for(device, envelope())!.give(envelope(), focus.flow)
  const first = given()
  await phone.until(() => phone.sends().length === 1)
  const [one] = phone.sends()
  expect(one!.fields.get('Success-Report')).toBe('yes')
  phone.says(one!.tid, 200)
  phone.reports(one!.fields.get('Message-ID')!, '1-5/5')
  expect(await first).toEqual({ kind: 'taken', answer: 'MSRP 200 OK' })
  const second = given()
  await phone.until(() => phone.sends().length === 2)
  phone.says(phone.sends()[1]!.tid, 413)
  expect(await second).toMatchObject({ kind: 'failed', fault: { code: 'too-large' } })
  const third = given()
  await phone.until(() => phone.sends().length === 3)
  phone.socket.destroy()
  expect(await third).toMatchObject({ kind: 'retry', after: 0, fault: { code: 'connection-lost' } })
  expect([media.size, media.for(device, envelope())]).toEqual([0, undefined])
})

test('of a telephone that knows no reports its own 200 counts; it is asked for one once', async () => {
  const { comes, media, device, focus, clock } = await stage()
  const phone = await comes()
  const given = () => media.for(device, envelope())!.give(envelope(), focus.flow)
  const first = given()
  await phone.until(() => phone.sends().length === 1)
  phone.says(phone.sends()[0]!.tid, 200)
  await phone.isHeard()
  let is: unknown
  void first.then((outcome) => (is = outcome))
  while (!is) await clock.advance(SECOND)
  expect(is).toMatchObject({ kind: 'taken' })
  const second = given()
  await phone.until(() => phone.sends().length === 2)
  expect(phone.sends()[1]!.fields.get('Success-Report')).toBeUndefined()
  phone.says(phone.sends()[1]!.tid, 200)
  expect(await second).toMatchObject({ kind: 'taken' })
})

test.each([['that has reported before', true, [path]], ['behind a relay, whose 200 is not its own', false, ['msrp://127.0.0.1:9/relay;tcp', path]]])('the silence of a telephone %s ends the session, and what was given goes again', async (_who, hasReported, way) => {
  const { comes, media, device, focus, clock, wire } = await stage()
  const phone = await comes(group, { path: way })
  const given = () => media.for(device, envelope())!.give(envelope(), focus.flow)
  if (hasReported) {
    const first = given()
    await phone.until(() => phone.sends().length === 1)
    phone.reports(phone.sends()[0]!.fields.get('Message-ID')!, '1-5/5')
    expect(await first).toMatchObject({ kind: 'taken' })
  }
  const before = phone.sends().length
  let is: unknown
  void given().then((outcome) => (is = outcome))
  await phone.until(() => phone.sends().length > before)
  phone.says(phone.sends().at(-1)!.tid, 200)
  await phone.isHeard()
  while (!is) await clock.advance(SECOND)
  expect(is).toMatchObject({ kind: 'retry', after: 0, fault: { code: 'no-answer', text: 'no report came' } })
  expect(media.size).toBe(0)
  await until(() => wire.includes('focus: BYE'))
})

test('only what it takes goes there: groups’ messages of its types and sizes, to who keeps no log and takes one at a time', async () => {
  const { comes, media, device } = await stage()
  expect(media.for(device, envelope())).toBeUndefined()
  await comes(group, { maxSize: 100 })
  expect(media.for(device, envelope())).toBeInstanceOf(Medium)
  expect(media.for(device, envelope({ to: 'sip:conf-2@lab.test' }))).toBeUndefined()
  expect(media.for(device, envelope({ flags: 0 }))).toBeUndefined()
  expect(media.for(device, envelope({ contentType: 'message/imdn+xml' }))).toBeUndefined()
  expect(media.for(device, envelope({ body: Buffer.alloc(101) }))).toBeUndefined()
  for (const features of [';+g.yanxin.groups', ';+g.yanxin.window="8"']) {
    device.features = features
    expect(media.for(device, envelope())).toBeUndefined()
  }
})

test('an account has so many sessions and no more; another place is not called up, nor a way without TLS where there is one', async () => {
  const { asks, media } = await stage()
  for (let i = 0; i < 50; i++) expect((await asks(`sip:conf-${i}@lab.test`)).response.status).toBe(200)
  expect(media.size).toBe(50)
  expect((await asks('sip:conf-50@lab.test')).response.status).toBe(503)
  media.stop()
  expect(media.size).toBe(0)
  for (const more of [{ setup: 'passive' as const }, { secure: true, path: ['msrps://127.0.0.1:9/telephone;tcp'] }]) expect((await asks(group, more)).response.status).toBe(488)
})
