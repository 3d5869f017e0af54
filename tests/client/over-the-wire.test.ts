import { readFileSync } from 'node:fs'
import { deflateSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { Client } from '../../src-main/client'
import type { Arrived } from '../../src-main/client/incoming'
import type { Message } from '../../src-main/contract/message'
import { readPayload, writeComposing, writeFiles, writeReceipt, writeReceipts, writeText, writeTombstone, type Part } from '../../src-main/rcs/content'
import type { Incoming } from '../../src-main/sip/incoming'
import type { SipRequest, SipResponse } from '../../src-main/sip/message'
import { contentIn } from '../fakes/content'
import { openInlineDatabase, temporaryFolder } from '../fakes/database'
import { lan, mei, Operator } from '../network/operator'
import { until } from '../scenarios/clients/cast'

let operator: Operator
let client: Client
let arrived: Arrived[]
let typing: number[]

beforeEach(async () => {
  operator = new Operator({ clock: systemClock, ids: randomIds })
  await opens()
})
afterEach(() => client.stop())

async function opens(ledger = openInlineDatabase()): Promise<void> {
  client = new Client({
    account: mei, password: 'plum blossom', instance: `urn:uuid:${randomIds.uuid()}`, userAgent: 'Yanxin/test', ledger: await ledger,
    connect: operator.connect, settings: () => ({ sendDisplayed: true, sendTyping: true, fetchUpTo: 0 }), addresses: () => [],
    ...contentIn(temporaryFolder()),
    clock: systemClock, ids: randomIds, random: Math.random, log: silentLog,
  })
  arrived = []
  typing = []
  client.events.on('arrived', (message) => arrived.push(message))
  client.events.on('typing', ({ until: end }) => typing.push(end))
  await client.start()
  await until('the link', () => client.link.at === 'online')
}

const messages = async (): Promise<Message[]> =>
  (await client.changes(0, 1_000)).changes.flatMap((change) => (change.kind === 'message' ? [change.message] : []))
const partsOf = ({ headers, body }: SipRequest): Part[] =>
  readPayload({ contentType: headers.get('Content-Type')!, contentEncoding: headers.get('Content-Encoding'), body }).parts
/** Receipts that the operator got, e.g. `delivered m1`. */
const receipts = (): string[] => operator.of('MESSAGE').flatMap((request) => partsOf(request).flatMap((part) =>
  part.kind === 'imdn' ? [`${part.imdn.status} ${part.imdn.messageId}`] : []))

const now = Date.now()
const frame = { from: lan, to: mei, sentAt: now }
/** From Lan, whatever `written` is. */
const sends = ({ contentType, body }: { contentType: string; body: Uint8Array }, headers: [string, string][] = [], from = lan): Promise<SipResponse> =>
  operator.says([['Content-Type', contentType], ...headers], body, from)
const cpim = (lines: string[]): Uint8Array => new TextEncoder().encode(lines.join('\r\n'))

describe('what comes in', () => {
  it('is kept, answered and received for once, however often it comes', async () => {
    for (let i = 0; i < 3; i++) expect((await sends(writeText({ ...frame, id: 'm1', text: '你好' }))).status).toBe(200)
    await until('the receipt', () => receipts().length > 0)
    await sends(writeText({ ...frame, id: 'm2', text: 'again' }))
    await until('the second receipt', () => receipts().length === 2)
    expect(receipts()).toEqual(['delivered m1', 'delivered m2'])
    expect((await messages()).map(({ id, content, from, outgoing }) => ({ id, content, from, outgoing }))).toEqual([
      { id: 'm1', content: { kind: 'text', text: '你好' }, from: lan, outgoing: false },
      { id: 'm2', content: { kind: 'text', text: 'again' }, from: lan, outgoing: false },
    ])
    expect(arrived.map(({ place }) => place)).toEqual([0, 1])
    const receipt = operator.of('MESSAGE')[0]!
    expect(receipt.headers.get('Content-Type')).toBe('message/cpim')
    expect(receipt.headers.get('P-Preferred-Identity')).toBe(`<${mei}>`)
  })

  it('gets the receipts that its sender asked for, and no others', async () => {
    await sends(writeText({ ...frame, id: 'none', text: 'a', dispositions: [] }))
    await sends(writeText({ ...frame, id: 'display', text: 'b', dispositions: ['display'] }))
    await sends(writeText({ ...frame, id: 'delivery', text: 'c', dispositions: ['positive-delivery'] }))
    await client.markRead(lan, 3)
    await until('the receipts', () => receipts().length === 2)
    await client.send(lan, 'marker-1', 'after them')
    await until('the text', () => operator.of('MESSAGE').some((request) => partsOf(request).some((part) => part.kind === 'text')))
    expect(receipts().sort()).toEqual(['delivered delivery', 'displayed display'])
  })

  it('counts by the identity that the network asserts', async () => {
    await sends(writeText({ ...frame, id: 'm1', text: 'hi' }), [['P-Asserted-Identity', '"Lan" <sip:lan@OFFICE.example>, <tel:+861>']], 'sip:anonymous@anonymous.invalid')
    expect(await messages()).toMatchObject([{ from: lan, conversation: lan }])
    expect(await client.conversation(lan)).toMatchObject({ name: 'Lan', unread: 1 })
  })

  it('is read outside CPIM by its Call-ID, also deflated, and receipts go in the same form', async () => {
    const { status } = await sends({ contentType: 'text/plain', body: deflateSync('plain 文字') }, [['Content-Encoding', 'deflate']])
    expect(status).toBe(200)
    expect(await messages()).toMatchObject([{ id: 'call-1', content: { kind: 'text', text: 'plain 文字' } }])
    await client.markRead(lan, 1)
    await until('both receipts', () => receipts().length === 2)
    expect(receipts()).toEqual(['delivered call-1', 'displayed call-1'])
    expect(operator.of('MESSAGE').map(({ headers }) => headers.get('Content-Type'))).toEqual(['message/imdn+xml', 'message/imdn+xml'])
  })

  it('is shown as not supported instead of hidden', async () => {
    const card = new TextEncoder().encode('{"message":{}}')
    expect((await sends({ contentType: 'application/vnd.gsma.botmessage.v1.0+json', body: card })).status).toBe(200)
    expect(await messages()).toMatchObject([{ content: { kind: 'unsupported', contentType: 'application/vnd.gsma.botmessage.v1.0+json', size: card.length } }])
  })

  it('is a message with files, however many there are, under names that no file system minds', async () => {
    const file = (name: string) => ({ size: 9, name, contentType: 'image/png', url: 'https://ft.example/1', hash: '0a'.repeat(32) })
    await sends(writeFiles({ ...frame, id: 'f1', files: [file('../../etc/pass\u202Egnp.exe')] }))
    await sends(writeFiles({ ...frame, id: 'f2', text: '两张', files: [file('a.png'), file('C:\\b.png')] }))
    const view = (name: string) => ({
      name, contentType: 'image/png', size: 9, hash: '', remote: { url: 'https://ft.example/1', hash: '0a'.repeat(32) }, transfer: { way: 'down', at: 'offered' },
    })
    expect((await messages()).map(({ id, content }) => [id, content])).toEqual([
      ['f1', { kind: 'files', files: [view('passgnp.exe')] }],
      ['f2', { kind: 'files', text: '两张', files: [view('a.png'), view('b.png')] }],
    ])
    await until('their receipts', () => receipts().length === 2)
  })

  it('says that a message expired, in its place', async () => {
    await sends(writeTombstone({ ...frame, id: 't1', tombstone: { messageId: 'gone', from: lan, sentAt: now - 1_000, reason: 'expired' } }))
    expect(await messages()).toMatchObject([{ id: 'gone', from: lan, content: { kind: 'expired' } }])
    // The message itself, coming all the same, is known by then.
    await sends(writeText({ ...frame, id: 'gone', text: 'late' }))
    expect(await messages()).toHaveLength(1)
  })

  it('tells of typing and forgets it with the message', async () => {
    const active = writeComposing({ ...frame, composing: { state: 'active', refresh: 60 } })
    expect((await sends(active, [['Expires', '0']])).status).toBe(200)
    expect(typing.at(-1)).toBeGreaterThan(Date.now() + 50_000)
    await sends(writeText({ ...frame, id: 'm1', text: 'done' }))
    expect(typing.at(-1)).toBe(0)
    expect((await messages())).toHaveLength(1)
  })

  const headers = [`From: <${lan}>`, `To: <${mei}>`, 'NS: imdn <urn:ietf:params:imdn>', 'imdn.Message-ID: b1', '']
  it.each<[string, string, Uint8Array, [string, string][], number]>([
    ['CPIM with bare LF', 'message/cpim', new TextEncoder().encode([...headers, 'Content-Type: text/plain', '', 'x'].join('\n')), [], 488],
    ['CPIM without an end', 'message/cpim', cpim(['From: <sip:a@b>']), [], 488],
    ['text that is no UTF-8', 'text/plain', Uint8Array.of(0xff, 0xfe, 0x41), [], 400],
    ['a receipt that is no XML', 'message/imdn+xml', new TextEncoder().encode('<imdn'), [], 400],
    ['XML with a DOCTYPE', 'message/imdn+xml', new TextEncoder().encode('<!DOCTYPE a [<!ENTITY b "c">]><imdn/>'), [], 400],
    ['multipart without parts', 'multipart/mixed;boundary=b', new TextEncoder().encode('--b--'), [], 400],
    ['deflate that is none', 'text/plain', new TextEncoder().encode('not deflate at all'), [['Content-Encoding', 'deflate']], 415],
    ['deflate that expands without end', 'text/plain', deflateSync(Buffer.alloc(20_000_000)), [['Content-Encoding', 'deflate']], 413],
    ['an encoding that is not known', 'text/plain', new TextEncoder().encode('x'), [['Content-Encoding', 'br']], 415],
  ])('%s is refused, and nothing else is disturbed', async (_, contentType, body, more, status) => {
    expect((await sends({ contentType, body }, more)).status).toBe(status)
    expect((await sends(writeText({ ...frame, id: 'm1', text: 'still here' }))).status).toBe(200)
    expect(await messages()).toHaveLength(1)
    expect(client.link.at).toBe('online')
  })

  it('answers OPTIONS with what we can, and 405 to what we cannot', async () => {
    const ask = (method: string) => operator.endpoint.request(operator.flows.at(-1)!, {
      method, uri: mei, headers: operator.of('REGISTER')[0]!.headers.clone().remove('Via').remove('Contact').set('CSeq', `9 ${method}`).set('Call-ID', method),
    })
    const options = await ask('OPTIONS')
    expect(options.status).toBe(200)
    expect(options.headers.get('Contact')).toContain('oma.cpm.msg')
    expect(options.headers.get('Accept')).toContain('message/cpim')
    const subscribe = await ask('SUBSCRIBE')
    expect(subscribe.status).toBe(405)
    expect(subscribe.headers.get('Allow')).toContain('MESSAGE')
  })
})

describe('a full disk', () => {
  it('refuses new work in both directions with a clear fault and loses nothing that was kept', async () => {
    await client.stop()
    await opens(openInlineDatabase(undefined, { maxPages: 100 }))
    let kept = 0
    const big = '雁'.repeat(5_000)
    for (; kept < 100; kept++) {
      const { status, headers } = await sends(writeText({ ...frame, id: `m${kept}`, text: `${kept} ${big}` }))
      if (status === 200) continue
      expect(status).toBe(503)
      expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
      break
    }
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(100)
    await expect(client.send(lan, 'm1aaaaaa', big)).rejects.toMatchObject({ code: 'disk-full' })
    expect((await messages()).map(({ id }) => id)).toEqual(Array.from({ length: kept }, (_, n) => `m${n}`))
    expect(client.link.at).toBe('online')
  })
})

describe('receipts', () => {
  const imdn = (messageId: string, status: 'delivered' | 'displayed' | 'failed') =>
    ({ messageId, datetime: now, kind: status === 'displayed' ? 'display' as const : 'delivery' as const, status })
  const statusOf = async (id: string) => (await messages()).find((message) => message.id === id)?.status

  it('raise the status and never take it back, single or aggregated', async () => {
    await client.send(lan, 'm1aaaaaa', 'one')
    await client.send(lan, 'm2aaaaaa', 'two')
    await until('both sent', async () => (await statusOf('m2aaaaaa')) === 'sent')
    await sends(writeReceipts({ ...frame, id: 'r1', imdns: [imdn('m1aaaaaa', 'displayed'), imdn('m2aaaaaa', 'delivered')] }))
    await sends(writeReceipt({ ...frame, id: 'r2', imdn: imdn('m1aaaaaa', 'delivered') }))
    expect([await statusOf('m1aaaaaa'), await statusOf('m2aaaaaa')]).toEqual(['displayed', 'delivered'])
    expect(receipts()).toEqual([])
  })

  it('that come before the answer to their message wait for nobody', async () => {
    let answer: Incoming | undefined
    operator.onMessage = (incoming) => void (answer = incoming)
    await client.send(lan, 'm1aaaaaa', 'quick')
    await until('the message', () => answer)
    await sends(writeReceipt({ ...frame, id: 'r1', imdn: imdn('m1aaaaaa', 'delivered') }))
    expect(await statusOf('m1aaaaaa')).toBe('delivered')
    answer!.reply(200)
    await until('the end of its journey', async () => (await client.journey(lan, 'm1aaaaaa')).some(({ event }) => event === 'sent'))
    expect(await statusOf('m1aaaaaa')).toBe('delivered')
  })

  it('count only from the recipient', async () => {
    await client.send(lan, 'm1aaaaaa', 'secret')
    await until('sent', async () => (await statusOf('m1aaaaaa')) === 'sent')
    expect((await sends(writeReceipt({ ...frame, id: 'r1', imdn: imdn('m1aaaaaa', 'displayed') }), [], 'sip:eve@office.example')).status).toBe(200)
    expect(await statusOf('m1aaaaaa')).toBe('sent')
  })

  it('say why a message failed', async () => {
    await client.send(lan, 'm1aaaaaa', 'x')
    await until('sent', async () => (await statusOf('m1aaaaaa')) === 'sent')
    await sends(writeReceipt({ ...frame, id: 'r1', imdn: { ...imdn('m1aaaaaa', 'failed'), reason: { code: 480, text: 'it could not be delivered in time' } } }))
    expect((await messages())[0]).toMatchObject({ status: 'failed', fault: { code: 'expired', text: 'it could not be delivered in time' } })
  })

  it('of a real Linphone are understood', async () => {
    const body = readFileSync(new URL('../fixtures/wire/26-imdn-aggregated-multipart-digest.body', import.meta.url))
    for (const id of ['5mQpLDR84yUw', '8aJbTZS8sfyK', '7vu5l3k9XT-b']) await client.send(lan, id, id)
    await until('all sent', async () => (await messages()).every(({ status }) => status === 'sent'))
    await sends({ contentType: 'message/cpim', body: deflateSync(body) }, [['Content-Encoding', 'deflate'], ['Priority', 'non-urgent']])
    expect((await messages()).map(({ status }) => status)).toEqual(['delivered', 'delivered', 'delivered'])
  })
})

describe('whom we talk to', () => {
  it('is kept with the conversation when it is a chatbot, and asked again over a new link', async () => {
    operator.onOptions = (incoming) => incoming.reply(200, 'OK', { headers: [['Contact', `<${lan}>;+g.gsma.rcs.isbot`]] })
    await sends(writeText({ ...frame, id: 'm1', text: 'hi' }))
    expect(await client.peer(lan)).toMatchObject({ reach: 'rcs', online: true, isChatbot: true })
    expect(await client.conversation(lan)).toMatchObject({ isChatbot: true })
    await client.peer(lan)
    expect(operator.of('OPTIONS')).toHaveLength(1)
    operator.onOptions = (incoming) => incoming.reply(480)
    operator.flows.at(-1)!.close()
    await until('the new link', () => operator.flows.length === 2 && client.link.at === 'online')
    expect(await client.peer(lan)).toMatchObject({ reach: 'rcs', online: false, isChatbot: true })
  })
})

describe('what goes out', () => {
  it('is CPIM that asks for receipts, with the thread and its own contribution named', async () => {
    await client.send(lan, 'm1aaaaaa', '你好')
    await client.send(lan, 'm2aaaaaa', 'two')
    await until('both', () => operator.of('MESSAGE').length === 2)
    const [one, two] = operator.of('MESSAGE')
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    expect(one!.headers.get('Conversation-ID')).toMatch(uuid)
    expect(two!.headers.get('Conversation-ID')).toBe(one!.headers.get('Conversation-ID'))
    expect(one!.headers.get('Contribution-ID')).toMatch(uuid)
    expect(two!.headers.get('Contribution-ID')).not.toBe(one!.headers.get('Contribution-ID'))
    expect(one!.headers.get('P-Preferred-Service')).toBe('urn:urn-7:3gpp-service.ims.icsi.oma.cpm.msg')
    expect(one!.headers.get('Accept-Contact')).toBe('*;+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.msg"')
    const payload = readPayload({ contentType: one!.headers.get('Content-Type')!, body: one!.body })
    expect(payload.cpim).toMatchObject({ messageId: 'm1aaaaaa', dispositions: new Set(['positive-delivery', 'negative-delivery', 'display']) })
    expect(payload.parts).toEqual([{ kind: 'text', text: '你好' }])
  })

  it.each([488, 415])('falls back to plain text for a peer that answers %i to CPIM, and remembers it', async (status) => {
    operator.onMessage = (incoming) => incoming.reply(incoming.request.headers.get('Content-Type')!.startsWith('message/cpim') ? status : 200)
    await client.send(lan, 'm1aaaaaa', '你好')
    await until('sent', async () => (await messages())[0]?.status === 'sent')
    await client.send(lan, 'm2aaaaaa', 'two')
    await until('both sent', async () => (await messages()).every((message) => message.status === 'sent'))
    expect(operator.of('MESSAGE').map(({ headers }) => headers.get('Content-Type')!.split(';')[0])).toEqual(['message/cpim', 'text/plain', 'text/plain'])
    expect(operator.of('MESSAGE')[1]!.headers.get('Call-ID')).toBe('m1aaaaaa')
    expect(new TextDecoder().decode(operator.of('MESSAGE')[1]!.body)).toBe('你好')
  })

  it.each([
    [403, 'refused'], [404, 'unknown-recipient'], [413, 'too-large'], [488, 'not-acceptable'], [603, 'refused'], [400, 'malformed'], [499, 'refused'],
  ])('has failed after %i: %s', async (status, code) => {
    operator.onMessage = (incoming) => incoming.reply(status)
    await client.send(lan, 'm1aaaaaa', 'x')
    await until('the failure', async () => (await messages())[0]?.status === 'failed')
    expect((await messages())[0]!.fault).toMatchObject({ code, detail: { status } })
  })

  it.each([480, 503, 408, 500])('waits after %i and goes out later, in order', async (status) => {
    let tries = 0
    operator.onMessage = (incoming) => (++tries === 1 ? incoming.reply(status, undefined, { headers: [['Retry-After', '1']] }) : incoming.reply(200))
    await client.send(lan, 'm1aaaaaa', 'one')
    await client.send(lan, 'm2aaaaaa', 'two')
    await until('both sent', async () => (await messages()).every((message) => message.status === 'sent'))
    const texts = operator.of('MESSAGE').flatMap(partsOf).map((part) => (part as { text: string }).text)
    expect(texts).toEqual(['one', 'one', 'two'])
    expect((await client.journey(lan, 'm1aaaaaa')).map(({ event }) => event)).toContain('retry')
  })
})
