import { expect, test } from 'vitest'
import { DAY } from '../../src-main/base/clock'
import { flag } from '../../src-main/relay/envelope'
import { Domain } from '../../src-main/server/domain'
import { readIncoming } from '../../src-main/server/incoming-message'
import { Headers } from '../../src-main/sip/headers'
import type { SipRequest } from '../../src-main/sip/message'

const from = 'sip:mei@play.test'
const to = 'sip:lan@play.test'
const now = Date.UTC(2026, 4, 3)
const domain = new Domain('play.test')
const request = (body: string, ...headers: [string, string][]): SipRequest => ({
  kind: 'request', method: 'MESSAGE', uri: to, body: Buffer.from(body),
  headers: new Headers([['Via', 'SIP/2.0/TCP h'], ['From', `<${from}>;tag=1`], ['To', to], ['Call-ID', 'call-1'], ['CSeq', '1 MESSAGE'], ...headers]),
})
const read = (body: string, ...headers: [string, string][]) => readIncoming(request(body, ...headers), { from, to, now, domain })
const cpim = (dispositions: string, inner = 'text/plain', speaker = from) =>
  `From: <${speaker}>\r\nTo: <${to}>\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: m1\r\n` +
  (dispositions && `imdn.Disposition-Notification: ${dispositions}\r\n`) + `\r\nContent-Type: ${inner}\r\n\r\nhi`
const plain: [string, string] = ['Content-Type', 'text/plain']
const wrapped: [string, string] = ['Content-Type', 'message/cpim']

test('the identity is the Message-ID, without CPIM the Call-ID', () => {
  expect(read(cpim(''), wrapped).envelope.id).toBe('m1')
  expect(read('hi', plain).envelope.id).toBe('call-1')
})

test('what ends at this hop is dropped, what belongs to the message is kept', () => {
  const { envelope } = read('hi', plain, ['Route', '<sip:relay;lr>'], ['Proxy-Authorization', 'Digest x="y"'], ['P-Asserted-Identity', '<sip:boss@play.test>'],
    ['Conversation-ID', 'c1'], ['X-Other', '1'], ['yanxin-copy', 'sent'], ['Max-Forwards', '70'], ['P-Preferred-Service', 'urn:x'])
  expect(envelope.headers).toEqual([['From', `<${from}>;tag=1`], ['To', to], ['Call-ID', 'call-1'], ['CSeq', '1 MESSAGE'],
    ['Conversation-ID', 'c1'], ['X-Other', '1'], ['P-Asserted-Service', 'urn:x']])
})

test('it waits 30 days unless its sender says less; Expires 0 and typing wait for nobody', () => {
  expect(read('hi', plain).envelope.expiresAt).toBe(now + 30 * DAY)
  expect(read('hi', plain, ['Expires', '60']).envelope.expiresAt).toBe(now + 60_000)
  expect(read('hi', plain, ['Expires', '99999999']).envelope.expiresAt).toBe(now + 30 * DAY)
  expect(read('hi', plain, ['Expires', '0']).isTransient).toBe(true)
  expect(read('<x/>', ['Content-Type', 'application/im-iscomposing+xml']).isTransient).toBe(true)
  expect(read('hi', plain).isTransient).toBe(false)
})

test('who wants to hear of a failure: whoever asked for delivery notices, and all without CPIM; never a receipt', () => {
  const flags = (body: string, type: [string, string]) => read(body, type).envelope.flags
  expect(flags(cpim('negative-delivery'), wrapped)).toBe(flag.wantsFailure)
  expect(flags(cpim('positive-delivery, display'), wrapped)).toBe(flag.wantsFailure)
  expect(flags(cpim(''), wrapped)).toBe(0)
  expect(flags('hi', plain)).toBe(flag.wantsFailure)
  expect(flags(cpim('', 'message/imdn+xml'), wrapped)).toBe(flag.receipt)
  expect(flags('<imdn/>', ['Content-Type', 'message/imdn+xml'])).toBe(flag.receipt)
})

test('the CPIM From is the sender or nobody', () => {
  expect(read(cpim('', 'text/plain', 'sip:anonymous@anonymous.invalid'), wrapped).envelope.from).toBe(from)
  expect(read(cpim('', 'text/plain', 'sip:mei@PLAY.test;gr=1'), wrapped).envelope.from).toBe(from)
  expect(() => read(cpim('', 'text/plain', 'sip:lan@play.test'), wrapped)).toThrow(expect.objectContaining({ code: 'not-yourself' }))
  expect(() => read(cpim('', 'text/plain', 'nonsense'), wrapped)).toThrow(expect.objectContaining({ code: 'not-acceptable' }))
})
