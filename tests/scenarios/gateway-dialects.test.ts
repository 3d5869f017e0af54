import { createHash, createHmac } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BotOffice, domain, type Asked, type Bot } from './play/bots'
import { until, type Heard, type Phone } from './play/phone'

// The same bot in three more languages: it hears a text, answers with a text and a chip, is told that it was read, and hears the tap.
let office: BotOffice
let mei: Phone
beforeEach(async () => {
  office = await new BotOffice().opens()
  mei = await office.phone('mei')
})
afterEach(() => office.closes())

const me = `sip:mei@${domain}`
const train = `sip:train@${domain}`
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const chips = { suggestions: [{ reply: { displayText: 'Yes', postback: { data: 'yes' } } }] }
const heardBy = (bot: Bot, what: string): Promise<Asked> => until(`the bot to hear ${what}`, () => bot.heard.find(({ body }) => body.includes(what)))
const isRead = (id: string): Promise<Heard> => mei.says(`<?xml version="1.0"?><imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${id}</message-id><datetime>2026-05-03T08:00:00Z</datetime>`
  + '<display-notification><status><displayed/></status></display-notification></imdn>', train, { contentType: 'message/imdn+xml', dispositions: '' })
const taps = (): Promise<Heard> => mei.says('{"response":{"reply":{"displayText":"Yes","postback":{"data":"yes"}}}}', train, { contentType: 'application/vnd.gsma.botsuggestion.response.v1.0+json' })

/** What the phone of the person shows of the answer, whichever way it came. */
async function answered(id: string): Promise<void> {
  const said = await until('the answer', () => mei.inbox.find(({ body }) => body.includes('When?')))
  expect(said.body).toContain(`imdn.Message-ID: ${id}`)
  expect(said.body).toContain('"postback":{"data":"yes"}')
}

test('China Telecom and Unicom', async () => {
  const bot = await office.bot('train', '--dialect telecom')
  const base = `${office.http.uri}/bot/v1/${encodeURIComponent(train)}`
  const ask = async (path: string, body: object, token = ''): Promise<any> => // eslint-disable-line @typescript-eslint/no-explicit-any
    (await fetch(base + path, { method: 'POST', headers: { authorization: `accessToken ${token}`, date: new Date().toUTCString(), 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).json()
  expect(await ask('/accessToken', { appId: 'train', appKey: 'wrong' })).toMatchObject({ errorCode: 40014 })
  const { accessToken } = await ask('/accessToken', { appId: 'train', appKey: bot.token })
  expect(await ask('/messages', {}, 'old')).toMatchObject({ errorCode: 40014 })
  expect(await ask('/messages', { messageList: [], destinationAddress: [me] }, accessToken as string)).toMatchObject({ errorCode: 20002, errorField: 'messageList' })

  await mei.says('Two to Shanghai', train)
  const { url, headers, body } = await heardBy(bot, 'Two to Shanghai')
  expect(url).toBe(`/hook/messageNotification/${encodeURIComponent(train)}/messages`)
  expect(headers['signature']).toBe(sha256([bot.secret, headers['timestamp'], headers['nonce']].sort().join('')))
  expect(JSON.parse(body)).toMatchObject({ messageList: [{ contentType: 'text/plain', contentText: 'Two to Shanghai' }], destinationAddress: train, senderAddress: me })

  const chip = { contentType: 'application/vnd.gsma.botsuggestion.v1.0+json', contentText: chips }
  expect(await ask('/messages', {
    messageId: 't1', messageList: [{ contentType: 'text/plain', contentEncoding: 'utf8', contentText: 'When?' }, chip], destinationAddress: [me], senderAddress: train,
    conversationId: 'c1', contributionId: 'k1', reportRequest: ['sent', 'delivered', 'displayed'],
  }, accessToken as string)).toMatchObject({ messageId: 't1', conversationId: 'c1', errorCode: 0 })
  await answered('t1')
  await heardBy(bot, '"status":"sent"')
  await isRead('t1')
  expect(JSON.parse((await heardBy(bot, '"status":"displayed"')).body)).toMatchObject({ deliveryInfoList: [{ messageId: 't1', senderAddress: me }] })
  await taps()
  expect(JSON.parse((await heardBy(bot, 'botsuggestion.response')).body)).toMatchObject({ messageList: [{ contentText: { response: { reply: { postback: { data: 'yes' } } } } }] })

  // To two at once: one takes it, from the other it is taken back.
  const lan = await office.phone('lan')
  await lan.leaves()
  await ask('/messages', { messageId: 't2', messageList: [{ contentType: 'text/plain', contentText: 'Late' }], destinationAddress: [me, `sip:lan@${domain}`] }, accessToken as string)
  await until('mei to have it', () => mei.inbox.some(({ body: each }) => each.includes('Late')))
  await until('it to have left', async () => (await office.ledger.read('bots.status', { bot: train, id: 't2' })).some(({ status }) => status === 'sent'))
  expect(await ask('/revoke', { messageId: 't2', destinationAddress: [me], status: 'RevokeRequested' }, accessToken as string)).toMatchObject({ errorCode: 0 })
  await heardBy(bot, 'revokeOk')
  await heardBy(bot, 'revokeFail')
  await lan.comes()
  await ask('/messages', { messageId: 't3', messageList: [{ contentType: 'text/plain', contentText: 'On time' }], destinationAddress: [`sip:lan@${domain}`] }, accessToken as string)
  await lan.hears('On time')
  expect(lan.inbox.some(({ body: each }) => each.includes('Late'))).toBe(false)
})

test('China Mobile', async () => {
  const bot = await office.bot('train', '--dialect mobile')
  const path = `/messaging/interaction/v1/outbound/${encodeURIComponent(train)}/requests`
  const ask = async (body: string, { password = bot.token, at = path, method = 'POST' } = {}): Promise<{ status: number; text: string }> => {
    const date = new Date().toUTCString()
    const Authorization = `Basic ${Buffer.from(`train:${sha256(sha256(password) + date)}`).toString('base64')}`
    // fetch writes no Date; X-Date would be another header.
    const { request } = await import('node:http')
    return new Promise((resolve, reject) => {
      const asked = request(office.http.uri + at, { method, headers: { Authorization, Date: date, Address: me, 'Content-Type': 'application/xml' } }, (response) => {
        let text = ''
        response.on('data', (bytes: Buffer) => (text += bytes.toString())).on('end', () => resolve({ status: response.statusCode!, text }))
      })
      asked.on('error', reject)
      asked.end(body)
    })
  }
  const message = (id: string, inner: string): string => '<?xml version="1.0" encoding="UTF-8"?><msg:outboundMessageRequest xmlns:msg="urn:oma:xml:rest:netapi:messaging:1">'
    + `<destinationAddress>${me}</destinationAddress><senderAddress>${train}</senderAddress><outboundIMMessage>${inner}<messageId>${id}</messageId></outboundIMMessage></msg:outboundMessageRequest>`
  expect(await ask(message('t0', ''), { password: 'wrong' })).toMatchObject({ status: 401 })
  expect((await ask(message('t0', '<contentType>text/plain</contentType>'))).text).toContain('<variables>bodyText</variables>')

  await mei.says('Two to Shanghai', train)
  const { url, headers, body } = await heardBy(bot, 'Two to Shanghai')
  expect(url).toBe(`/hook/InboundMessageNotification/${encodeURIComponent(train)}`)
  expect(headers['authorization']).toBe(`Basic ${Buffer.from(`${train}:${sha256(sha256(bot.secret) + headers['date'])}`).toString('base64')}`)
  expect(body).toContain(`<senderAddress>${me}</senderAddress>`)

  const both = `--next\nContent-Type: text/plain\n\nWhen?\n--next\nContent-Type: application/vnd.gsma.botsuggestion.v1.0+json\n\n${JSON.stringify(chips)}\n--next--\n`
  const asked = message('t1', `<contentType>multipart/mixed; boundary="next"</contentType><bodyText><![CDATA[${both}]]></bodyText><reportRequest>Displayed</reportRequest>`)
  expect(await ask(asked)).toMatchObject({ status: 201, text: expect.stringContaining(`${path}/t1</resourceURL>`) as string })
  await answered('t1')
  await isRead('t1')
  expect((await heardBy(bot, 'MessageDisplayed')).url).toBe(`/hook/DeliveryInfoNotification/${encodeURIComponent(train)}`)
  await taps()
  await heardBy(bot, 'botsuggestion.response')

  await mei.leaves()
  expect((await ask(message('t2', '<contentType>text/plain</contentType><bodyText>Late</bodyText>'))).status).toBe(201)
  const status = `/messaging/v1/outbound/${encodeURIComponent(train)}/requests/t2/status`
  expect((await ask('<msg:messageStatusReport xmlns:msg="urn:oma:xml:rest:netapi:messaging:1"><status>RevokeRequested</status></msg:messageStatusReport>', { at: status, method: 'PUT' })).status).toBe(204)
  await heardBy(bot, '<status>Revoked</status>')
})

test('Google RCS for Business', async () => {
  const bot = await office.bot('train', '--dialect google')
  bot.base = `${office.http.uri}/v1/phones/${encodeURIComponent(me)}`
  const inside = ({ body }: Asked): Record<string, unknown> => JSON.parse(Buffer.from((JSON.parse(body) as { message: { data: string } }).message.data, 'base64').toString()) as Record<string, unknown>
  const told = (what: string): Promise<Asked> => until(`the bot to be told ${what}`, () => bot.heard.find((asked) => JSON.stringify(inside(asked)).includes(what)))
  await mei.says('Two to Shanghai', train)
  const first = await told('Two to Shanghai')
  expect(inside(first)).toMatchObject({ senderPhoneNumber: me, text: 'Two to Shanghai', agentId: train })
  expect(first.headers['x-goog-signature']).toBe(createHmac('sha512', bot.secret).update(JSON.stringify(inside(first))).digest('base64'))

  expect((await bot.ask('POST', '/agentMessages?messageId=t0', { contentMessage: {} })).json.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT', details: [{ fieldViolations: [{ field: 'contentMessage' }] }] })
  expect(await bot.ask('POST', '/agentMessages?messageId=t0&agentId=bank', { contentMessage: { text: 'a' } })).toMatchObject({ status: 403, json: { error: { status: 'PERMISSION_DENIED' } } })
  const sent = await bot.ask('POST', '/agentMessages?messageId=t1', { contentMessage: { text: 'When?', suggestions: [{ reply: { text: 'Yes', postbackData: 'yes' } }] }, messageTrafficType: 'TRANSACTION' })
  expect(sent).toMatchObject({ status: 200, json: { name: `phones/${me}/agentMessages/t1` } })
  await answered('t1')
  await isRead('t1')
  expect(inside(await told('"READ"'))).toMatchObject({ eventType: 'READ', messageId: 't1' })
  await taps()
  expect(inside(await told('suggestionResponse'))).toMatchObject({ suggestionResponse: { postbackData: 'yes', text: 'Yes', type: 'REPLY' } })
  expect((await bot.ask('POST', '/agentEvents?eventId=e1', { eventType: 'IS_TYPING' })).status).toBe(200)
  await until('the phone to hear of typing', () => mei.inbox.some(({ body }) => body.includes('<state>active</state>')))
  expect(await bot.ask('GET', '/capabilities?requestId=r1')).toMatchObject({ status: 404 })
})
