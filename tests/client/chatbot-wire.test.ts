import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { Client } from '../../src-main/client'
import { filesOf } from '../../src-main/contract/files'
import type { Message } from '../../src-main/contract/message'
import { checkBotMessage } from '../../src-main/rcs/bot-message-check'
import { readBotMessage } from '../../src-main/rcs/bot-message'
import { readPayload, writeCards, writeText, writeWithChips } from '../../src-main/rcs/content'
import type { SipRequest, SipResponse } from '../../src-main/sip/message'
import { ContentServer } from '../fakes/content-server'
import { contentIn } from '../fakes/content'
import { openInlineDatabase, temporaryFolder } from '../fakes/database'
import { golden } from '../rcs/golden'
import { lan, mei, Operator } from '../network/operator'
import { until } from '../scenarios/clients/cast'

/** Lan is a person, rail a chatbot at an operator's host. */
const rail = 'sip:106500@botplatform.rcs.example.com'
let operator: Operator
let client: Client

beforeEach(async () => {
  operator = new Operator({ clock: systemClock, ids: randomIds })
  await opens(0)
})
afterEach(() => client.stop())

async function opens(fetchUpTo: number): Promise<void> {
  client = new Client({
    account: mei, password: 'plum blossom', instance: `urn:uuid:${randomIds.uuid()}`, userAgent: 'Yanxin/test', ledger: await openInlineDatabase(),
    connect: operator.connect, settings: () => ({ sendDisplayed: true, sendTyping: true, fetchUpTo }), addresses: () => [],
    ...contentIn(temporaryFolder()),
    clock: systemClock, ids: randomIds, random: Math.random, log: silentLog,
  })
  await client.start()
  await until('the link', () => client.link.at === 'online')
}

const messages = async (): Promise<Message[]> =>
  (await client.changes(0, 1_000)).changes.flatMap((change) => (change.kind === 'message' ? [change.message] : []))
const sends = ({ contentType, body }: { contentType: string; body: Uint8Array }, headers: [string, string][] = [], from = rail): Promise<SipResponse> =>
  operator.says([['Content-Type', contentType], ...headers], body, from)
const thread: [string, string][] = [['Conversation-ID', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'], ['Contribution-ID', 'abcdef00-0000-1000-8000-00aa00bb00cc']]
const ids = { conversation: thread[0]![1], contribution: thread[1]![1] }
const frame = { from: rail, to: mei, sentAt: Date.now() }
const document = (name: string) => readBotMessage(JSON.stringify(golden('cards').find((one) => one.name === name)!.document))
const utf8 = (text: string) => new TextEncoder().encode(text)
const sent = (id: string): SipRequest | undefined => operator.of('MESSAGE').find(({ body }) => new TextDecoder().decode(body).includes(id))
const part = ({ headers, body }: SipRequest) => readPayload({ contentType: headers.get('Content-Type')!, body }).parts[0]

describe('what a bot says', () => {
  it('is its cards, with what may be tapped under them and how its platform calls them', async () => {
    const chips = [{ text: '更多', data: 'more' }]
    expect((await sends(writeCards({ ...frame, id: 'card-0001', cards: document('carousel-small-3'), chips }), thread)).status).toBe(200)
    expect(await messages()).toMatchObject([{ id: 'card-0001', from: rail, content: { kind: 'cards', ...document('carousel-small-3'), chips, thread: ids } }])
    expect((await client.conversation(rail))?.isChatbot).toBe(true)
  })

  it('is a text, a file or a place with chips under it', async () => {
    const written = { ...frame, chips: [{ text: '好' }] }
    await sends(writeWithChips({ ...written, id: 'text-0001', contentType: 'text/plain', body: utf8('去哪里？') }), thread)
    await sends(writeWithChips({ ...written, id: 'geo-00001', contentType: 'text/plain', body: utf8('geo:39.9,116.4') }))
    await sends(writeText({ ...frame, id: 'text-0002', text: '没有按钮' }), thread)
    expect((await messages()).map(({ content }) => content)).toEqual([
      { kind: 'text', text: '去哪里？', chips: [{ text: '好' }], thread: ids },
      { kind: 'location', location: { latitude: 39.9, longitude: 116.4 }, chips: [{ text: '好' }], thread: {} },
      { kind: 'text', text: '没有按钮' },
    ])
  })

  it('is said without chips that cannot be read, and refused when nothing can', async () => {
    const { contentType, body } = writeWithChips({ ...frame, bare: true, id: 'x', contentType: 'text/plain', body: utf8('你好'), chips: [{ text: '好' }] })
    await sends({ contentType, body: utf8(new TextDecoder().decode(body).replace('{"suggestions"', '{{suggestions"')) })
    expect((await messages()).map(({ content }) => content)).toEqual([{ kind: 'text', text: '你好' }])
    expect((await sends({ contentType: 'application/vnd.gsma.botmessage.v1.0+json', body: utf8('{"message":') })).status).toBe(400)
    expect((await sends({ contentType: 'application/vnd.gsma.botmessage.v1.0+json', body: utf8('['.repeat(30_000)) })).status).toBe(413)
    expect(await messages()).toHaveLength(1)
  })

  it('is found by the words of its cards', async () => {
    await sends(writeCards({ ...frame, id: 'card-0002', cards: document('carousel-medium-12') }))
    expect((await client.search({ text: 'G12', limit: 5 })).hits.map(({ message }) => message.id)).toEqual(['card-0002'])
  })
})

describe('pictures of cards', () => {
  // 1 × 1, the smallest PNG that a head can be read of.
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
  let server: ContentServer
  const bot = (media: object[]) => writeCards({
    ...frame, id: 'card-0005',
    cards: readBotMessage(JSON.stringify({ message: { generalPurposeCardCarousel: { layout: { cardWidth: 'MEDIUM_WIDTH' }, content: [
      { title: '没有图' }, ...media.map((one) => ({ media: { mediaContentType: 'image/png', height: 'SHORT_HEIGHT', ...one } })),
    ] } } })),
  })
  const files = async () => filesOf((await messages()).find(({ id }) => id === 'card-0005')!.content).flatMap((file) => file ?? [])

  beforeEach(async () => {
    server = await new ContentServer().opens()
    await client.stop()
    operator.announces.push(['Yanxin-Content-Server', `<${server.uri}>;max-size=1000000`])
  })
  afterEach(() => server.closes())

  it('are fetched like other files, with their small pictures, also those whose size nobody said', async () => {
    await opens(20 * 1024 * 1024)
    const url = server.lay('m.png', png)
    await sends(bot([{ mediaUrl: url, mediaFileSize: png.length, thumbnailUrl: server.lay('t.png', png), thumbnailContentType: 'image/png', thumbnailFileSize: png.length }, { mediaUrl: server.lay('n.png', png) }]))
    await until('both', async () => (await files()).every(({ hash, transfer }) => hash !== '' && !transfer))
    expect(await files()).toMatchObject([{ size: png.length, width: 1, height: 1, thumbnail: { size: png.length } }, { size: png.length, width: 1 }])
  })

  it('are offered when they are larger than the person wants, and fetched when asked for', async () => {
    await opens(100)
    await sends(bot([{ mediaUrl: server.lay('m.png', png), mediaFileSize: png.length + 100 }, { mediaUrl: server.lay('n.png', png) }]))
    expect((await files()).map(({ transfer }) => transfer?.at)).toEqual(['offered', 'offered'])
    await client.transfer(rail, 'card-0005', 2, 'go')
    await until('the second', async () => (await files())[1]!.hash !== '')
    expect((await files()).map(({ transfer }) => transfer?.at)).toEqual(['offered', undefined])
    // What is not as large as was said is not taken.
    await client.transfer(rail, 'card-0005', 1, 'go')
    await until('no further', async () => (await files())[0]!.transfer?.at === 'waiting')
    await client.transfer(rail, 'card-0005', 1, 'cancel')
    expect((await files())[0]).toMatchObject({ hash: '', transfer: { at: 'offered' } })
  })
})

describe('what a person taps', () => {
  it('goes to the bot as GSMA says, names what it answers, and is kept as its words', async () => {
    await sends(writeCards({ ...frame, id: 'card-0003', cards: document('card-with-open-url-browser') }), thread)
    await client.answer(rail, 'answer-0001', { to: 'card-0003', chip: { text: '打开', data: 'u1', action: { do: 'open-url', url: 'https://example.com/', where: 'browser' } } })
    await until('the answer', () => sent('answer-0001') !== undefined)
    const { headers } = sent('answer-0001')!
    expect(headers.get('Conversation-ID')).toBe(ids.conversation)
    expect(headers.get('InReplyTo-Contribution-ID')).toBe(ids.contribution)
    expect(headers.get('Contribution-ID')).not.toBe(ids.contribution)
    expect(headers.get('Accept-Contact')).toContain('rcs.chatbot.sa')
    expect(part(sent('answer-0001')!)).toEqual({ kind: 'response', response: { is: 'action', text: '打开', data: 'u1' } })
    expect((await messages()).find(({ id }) => id === 'answer-0001')).toMatchObject({ outgoing: true, content: { kind: 'answer', text: '打开', is: 'action', data: 'u1', to: 'card-0003' } })
    // Saying it again changes nothing.
    await client.answer(rail, 'answer-0001', { to: 'card-0003', chip: { text: '打开', data: 'u1' } })
    expect((await messages()).filter(({ id }) => id === 'answer-0001')).toHaveLength(1)
  })

  it('of a menu answers nothing; a message that is not here cannot be answered', async () => {
    await client.answer(rail, 'answer-0002', { chip: { text: '余额', data: 'bal' } })
    await until('the answer', () => sent('answer-0002') !== undefined)
    expect(sent('answer-0002')!.headers.get('InReplyTo-Contribution-ID')).toBeUndefined()
    expect(sent('answer-0002')!.headers.get('Conversation-ID')).toBeTruthy()
    await expect(client.answer(rail, 'answer-0003', { to: 'nowhere', chip: { text: 'x' } })).rejects.toMatchObject({ code: 'bad-argument', detail: { field: 'to' } })
  })

  it('names what it answers also when it goes again after a failure', async () => {
    await sends(writeCards({ ...frame, id: 'card-0004', cards: document('card-title-only') }), thread)
    operator.onMessage = (incoming) => incoming.reply(403)
    await client.answer(rail, 'answer-0004', { to: 'card-0004', chip: { text: '好' } })
    await until('the failure', async () => (await messages()).some(({ id, status }) => id === 'answer-0004' && status === 'failed'))
    operator.onMessage = (incoming) => incoming.reply(200)
    await client.sendAgain(rail, 'answer-0004')
    await until('both', () => operator.of('MESSAGE').filter(({ body }) => new TextDecoder().decode(body).includes('answer-0004')).length === 2)
    expect(operator.of('MESSAGE').at(-1)!.headers.get('InReplyTo-Contribution-ID')).toBe(ids.contribution)
  })

  it('tells a bot what this device is, as it was shown', async () => {
    await client.shareDevice(rail, 'facts-0001', client.deviceFacts())
    await until('the facts', () => sent('facts-0001') !== undefined)
    expect(part(sent('facts-0001')!)).toEqual({ kind: 'shared-data', facts: client.deviceFacts() })
    expect(client.deviceFacts()).toMatchObject({ deviceModel: 'Desktop', clientVendor: 'YNXN', clientVersion: 'Yanxin-test' })
  })

  it('is nothing for a person', async () => {
    await expect(client.answer(lan, 'answer-0005', { chip: { text: 'x' } })).rejects.toMatchObject({ code: 'bad-type' })
    await expect(client.shareDevice(lan, 'facts-0002', client.deviceFacts())).rejects.toMatchObject({ code: 'bad-type' })
    expect(await messages()).toEqual([])
  })

  it('goes to who says with OPTIONS that it is a chatbot', async () => {
    operator.onOptions = (incoming) => incoming.reply(200, 'OK', { headers: [['Contact', `<${lan}>;+g.gsma.rcs.isbot`]] })
    await client.answer(lan, 'answer-0006', { chip: { text: 'x' } })
    expect(await messages()).toMatchObject([{ id: 'answer-0006' }])
  })
})

it('every card of the golden set that is right by the letter arrives as it was sent', async () => {
  for (const { name, document: said, wrong } of golden('cards')) {
    if (wrong) continue
    expect(checkBotMessage(said)).toEqual([])
    expect((await sends(writeCards({ ...frame, id: `golden-${name}`, cards: readBotMessage(JSON.stringify(said)) }))).status).toBe(200)
    const kept = (await messages()).find(({ id }) => id === `golden-${name}`)!
    expect(kept.content).toMatchObject(readBotMessage(JSON.stringify(said)))
    expect(filesOf(kept.content).every((file) => !file || file.transfer?.at === 'offered')).toBe(true)
  }
})
