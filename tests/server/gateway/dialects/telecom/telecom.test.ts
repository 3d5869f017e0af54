import { describe, expect, test } from 'vitest'
import { AccessTokens } from '../../../../../src-main/server/gateway/dialects/telecom/access'
import { readMessage } from '../../../../../src-main/server/gateway/dialects/telecom/read'
import { noticeOf, signatureOf } from '../../../../../src-main/server/gateway/dialects/telecom/write'
import type { Invalid } from '../../../../../src-main/server/gateway/invalid'
import type { Bot } from '../../../../../src-main/server/gateway/bot'

const elsewhere = () => Promise.resolve(undefined)
const bot = 'sip:106500@botplatform.rcs.example.com'
const lan = 'sip:+8613800000001@office.test'

/** rcs.md 5.2. */
const sample = JSON.parse('{"messageId":"cb1188a3-37ec-1037-9054-2dc66e44375b","messageList":[{"contentType":"text/plain","contentEncoding":"utf8","contentText":"你好"},{"contentType":"application/vnd.gsma.botsuggestion.v1.0+json","contentText":{"suggestions":[{"reply":{"displayText":"是","postback":{"data":"yes"}}}]}}],"destinationAddress":["tel:+8613800000001"],"senderAddress":"sip:106500@botplatform.rcs.example.com","conversationId":"c1","contributionId":"k1","serviceCapability":[{"capabilityId":"ChatbotSA","version":"+g.gsma.rcs.botversion=\\"#=1\\""}],"trafficType":"advertisement","smsSupported":true,"smsContent":"你好","storeSupported":true,"imFormat":"IM","inReplyTo":"k0","reportRequest":["sent","delivered","displayed","failed","deliveredToNetwork"]}') as Record<string, unknown>

const fields = async (change: object): Promise<string[]> => {
  const thrown: unknown = await readMessage({ ...sample, ...change }, elsewhere).then(() => undefined, (fault: unknown) => fault)
  return (thrown as Invalid).problems.map(({ field }) => field)
}
const item = (contentType: string, contentText: unknown, more: object = {}) => ({ messageList: [{ contentType, contentText, ...more }] })

test('the sample is read', async () => {
  expect(await readMessage(sample, elsewhere)).toEqual({
    id: 'cb1188a3-37ec-1037-9054-2dc66e44375b', to: ['tel:+8613800000001'], sender: bot, traffic: 'advertisement', conversation: 'c1', contribution: 'k1', inReplyTo: 'k0', reports: 15,
    content: { kind: 'text', text: '你好', chips: { suggestions: [{ reply: { displayText: '是', postback: { data: 'yes' } } }] } },
  })
})

test('base64, a card, a card as text, a file with its thumbnail', async () => {
  const content = async (change: object) => (await readMessage({ ...sample, ...change }, elsewhere)).content
  expect(await content(item('text/plain', '5L2g5aW9', { contentEncoding: 'base64' }))).toEqual({ kind: 'text', text: '你好' })
  const card = { message: { generalPurposeCard: { layout: { cardOrientation: 'VERTICAL' }, content: { title: '标题' } } } }
  expect(await content(item('application/vnd.gsma.botmessage.v1.0+json', card))).toEqual({ kind: 'card', card })
  expect(await content(item('application/vnd.gsma.botmessage.v1.0+json', JSON.stringify(card)))).toEqual({ kind: 'card', card })
  const [file, thumbnail] = ['a', 't'].map((name) => ({ fileSize: 3, fileName: `${name}.jpg`, contentType: 'image/jpeg', url: `https://ft.example/${name}` }))
  expect(await content(item('application/vnd.gsma.rcs-ft-http', [{ type: 'thumbnail', ...thumbnail }, { type: 'file', ...file }]))).toMatchObject({
    kind: 'file', file: { url: 'https://ft.example/a', size: 3, thumbnail: { url: 'https://ft.example/t' } },
  })
})

describe('what is wrong names its field', () => {
  test.each<[object, string[]]>([
    [{ destinationAddress: [] }, ['destinationAddress']],
    [{ messageList: [] }, ['messageList']],
    [item('text/plain', 'x'.repeat(2_001)), ['messageList[0].contentText']],
    [item('text/html', '<b>'), ['messageList[0].contentType']],
    [item('application/vnd.gsma.botmessage.v1.0+json', '{'), ['messageList[0].contentText']],
    [item('application/vnd.gsma.rcs-ft-http', [{ type: 'file', url: 'javascript:1', contentType: 'a/b', fileSize: 1 }]), ['messageList[0].contentText[0].url']],
  ])('%j', async (change, expected) => {
    const found = await fields(change)
    expect(found.filter((each) => expected.some((field) => each.startsWith(field)))).toEqual(found)
    expect(found).not.toEqual([])
  })
})

test('the signature is that of rcs.md 5.2', () =>
  expect(signatureOf('tok1', '1709626351', 'nonce-1')).toBe('ef6b307ad235eeaec905550695d94612b42c930890a948a5ca201dd61ed0f5d0'))

test('a failure is the sample of rcs.md 5.2', () => {
  const at = Date.parse('2024-03-05T08:12:31.000Z')
  const notice = noticeOf({ kind: 'status', id: 'm1', contact: lan, at, status: 'failed', reason: 'not 5G terminal' }, bot, () => 'tel:+8613800000001')
  expect(notice).toEqual({ path: `/deliveryNotification/${encodeURIComponent(bot)}/status`, value: { deliveryInfoList: [{
    messageId: 'm1', status: 'failed', errorCode: 4, errorMessage: 'not 5G terminal', dateTime: '2024-03-05T16:12:31.000+08:00', destinationAddress: bot, senderAddress: 'tel:+8613800000001',
  }] } })
})

test('a new access token ends the old, and each ends by itself', () => {
  let now = 0
  const tokens = new AccessTokens({ now: () => now })
  const first = tokens.give({ address: bot } as Bot)
  expect(tokens.find(first)).toBe(bot)
  const second = tokens.give({ address: bot } as Bot)
  expect(tokens.find(first)).toBeUndefined()
  now = 7_200_000
  expect(() => tokens.find(second)).toThrow('over')
})
