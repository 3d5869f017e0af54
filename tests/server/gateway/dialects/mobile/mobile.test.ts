import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { basicOf, readBasic } from '../../../../../src-main/server/gateway/dialects/mobile/basic'
import { readOutbound } from '../../../../../src-main/server/gateway/dialects/mobile/read'
import { errorXml, noticeXml } from '../../../../../src-main/server/gateway/dialects/mobile/write'
import { readXml } from '../../../../../src-main/rcs/xml'
import type { Fault } from '../../../../../src-main/base/faults'

const date = 'Tue, 05 Mar 2024 08:12:31 GMT'
const now = Date.parse(date)
const hash = createHash('sha256').update('s3cret').digest('hex')
/** rcs.md 5.3. */
const vector = 'Basic YXBwMDE6YmNhN2MxNGZhOWU1NGMxMDUzNTRiMjcwM2EwMTQ0NDkwOWE2MTY3ZTJmZjE0YThkMzlkZWYxN2JjNDMxMDgxNA=='
const bot = 'sip:12599@botplatform.rcs.example.com'

describe('Basic', () => {
  test('is that of rcs.md 5.3, both ways', () => {
    expect(basicOf('app01', hash, date)).toBe(vector)
    const shown = readBasic(vector, date, now)
    expect([shown.appId, shown.isOf(hash), shown.isOf('0'.repeat(64))]).toEqual(['app01', true, false])
  })
  test('with another date, an old one, or none', () => {
    expect(readBasic(vector, 'Tue, 05 Mar 2024 08:12:32 GMT', now).isOf(hash)).toBe(false)
    expect(() => readBasic(vector, date, now + 3_600_000)).toThrow('not now')
    expect(() => readBasic(vector, undefined, now)).toThrow('needed')
    expect(() => readBasic('Basic ###', date, now)).toThrow('needed')
  })
})

const request = (message: string) => '<?xml version="1.0" encoding="UTF-8"?><msg:outboundMessageRequest xmlns:msg="urn:oma:xml:rest:netapi:messaging:1"><address>tel:+8613800000001</address>'
  + `<destinationAddress>tel:+8613800000001</destinationAddress><senderAddress>${bot}</senderAddress><outboundIMMessage>${message}</outboundIMMessage><clientCorrelator>567895</clientCorrelator></msg:outboundMessageRequest>`
const read = (message: string) => readOutbound(Buffer.from(request(message)))
const fieldOf = (message: string): unknown => {
  try {
    read(message)
  } catch (thrown) {
    return (thrown as Fault).detail['field']
  }
  return undefined
}

test('the sample is read', () => {
  expect(read('<imFormat>IM</imFormat><contentType>text/plain</contentType><contentEncoding>utf8</contentEncoding><bodyText>你好</bodyText><conversationID>c1</conversationID><contributionID>k1</contributionID>'
    + '<inReplyToContributionID>k0</inReplyToContributionID><reportRequest>Delivered</reportRequest><reportRequest>Displayed</reportRequest><trafficType>advertisement</trafficType>'
    + '<serviceCapability><capabilityId>ChatbotSA</capabilityId><version>+g.gsma.rcs.botversion=&quot;#=1&quot;</version></serviceCapability><messageId>m1</messageId>')).toEqual({
    to: ['tel:+8613800000001'], sender: bot, id: 'm1', traffic: 'advertisement', conversation: 'c1', contribution: 'k1', inReplyTo: 'k0', reports: 2 + 4 + 8, content: { kind: 'text', text: '你好' },
  })
})

test('a text with chips in a CDATA', () => {
  const body = '--next\nContent-Type: text/plain\nContent-Length: 6\n\n你好\n--next\nContent-Type: application/vnd.gsma.botsuggestion.v1.0+json\nContent-Length: 72\n\n'
    + '{"suggestions":[{"reply":{"displayText":"ok","postback":{"data":"1"}}}]}\n--next--\n'
  expect(read(`<contentType>multipart/mixed; boundary="next"</contentType><bodyText><![CDATA[${body}]]></bodyText>`).content).toEqual({
    kind: 'text', text: '你好', chips: { suggestions: [{ reply: { displayText: 'ok', postback: { data: '1' } } }] },
  })
})

test('a card, and a file', () => {
  const card = { message: { generalPurposeCard: { layout: { cardOrientation: 'VERTICAL' }, content: { title: '标题' } } } }
  expect(read(`<contentType>application/vnd.gsma.botmessage.v1.0+json</contentType><bodyText><![CDATA[${JSON.stringify(card)}]]></bodyText>`).content).toEqual({ kind: 'card', card })
  const file = '<file xmlns="urn:gsma:params:xml:ns:rcs:rcs:fthttp"><file-info type="file"><file-size>3</file-size><file-name>a.jpg</file-name><content-type>image/jpeg</content-type><data url="https://ft.example/a" until="2030-01-01T00:00:00Z"/></file-info></file>'
  expect(read(`<contentType>application/vnd.gsma.rcs-ft-http+xml</contentType><bodyText><![CDATA[${file}]]></bodyText>`).content).toMatchObject({ kind: 'file', file: { url: 'https://ft.example/a', size: 3 } })
})

test('what is wrong names its field', () => {
  expect(fieldOf('<contentType>text/plain</contentType>')).toBe('bodyText')
  expect(fieldOf('<contentType>text/html</contentType><bodyText>x</bodyText>')).toBe('contentType')
  expect(fieldOf('<contentType>application/vnd.gsma.rcs-ft-http+xml</contentType><bodyText>x</bodyText>')).toBe('bodyText')
  expect(() => readOutbound(Buffer.from('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'))).toThrow()
  expect(() => readOutbound(Buffer.from('<a/>'))).toThrow('outboundMessageRequest')
})

test('what is told can be read, whatever is in it', () => {
  const notice = noticeXml({ kind: 'message', id: 'm1', contact: 'c', at: now, heard: { kind: 'text', text: 'a < b & "c" ]]>' } }, bot, () => 'tel:+8613800000001')!
  expect(notice.path).toBe(`/InboundMessageNotification/${encodeURIComponent(bot)}`)
  const message = readXml(notice.xml).children[0]!.children.find(({ name }) => name === 'inboundIMMessage')!
  expect(message.children.find(({ name }) => name === 'bodyText')!.text).toBe('a < b & "c" ]]>')
  expect(noticeXml({ kind: 'status', id: 'm1', contact: 'c', at: now, status: 'displayed' }, bot, () => 'tel:+1')!.xml).toContain('<deliveryStatus>MessageDisplayed</deliveryStatus>')
  expect(noticeXml({ kind: 'revoked', id: 'm1', contact: 'c', at: now, isOk: false }, bot, () => 'tel:+1')!.xml).toContain('<status>RevokeFailed</status>')
  expect(readXml(errorXml(false, 'SVC0002', '<what>', 'bodyText')).children[0]!.children.map(({ text }) => text)).toEqual(['SVC0002', '<what>', 'bodyText'])
})
