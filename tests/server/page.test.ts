import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Envelope } from '../../src-main/relay/envelope'
import { forPage } from '../../src-main/server/page'

const receipt = '<imdn>已送达</imdn>'
const envelope = (body: Uint8Array, headers: Envelope['headers']): Envelope => ({
  id: 'm1', from: 'sip:lan@lab.test', to: 'sip:ann@lab.test', conversation: 'sip:lan@lab.test', contentType: 'message/imdn+xml',
  body, headers, sentAt: 0, expiresAt: 1, flags: 0,
})
const deflated = envelope(deflateSync(receipt), [['Priority', 'non-urgent'], ['content-encoding', 'Deflate']])

test.each(['ws', 'wss'] as const)('what is deflated goes to a page over %s as what it says', (transport) => {
  const { body, headers } = forPage(deflated, { transport })
  expect(new TextDecoder().decode(body)).toBe(receipt)
  expect(headers).toEqual([['Priority', 'non-urgent']])
})

test('to everybody else it goes as it came, and so does what is not deflate or grows too large', () => {
  expect(forPage(deflated, { transport: 'tls' })).toBe(deflated)
  const plain = envelope(new TextEncoder().encode(receipt), [])
  const untrue = envelope(new TextEncoder().encode(receipt), [['Content-Encoding', 'deflate']])
  const bomb = envelope(deflateSync(new Uint8Array(10_000_000)), [['Content-Encoding', 'deflate']])
  for (const one of [plain, untrue, bomb]) expect(forPage(one, { transport: 'ws' })).toBe(one)
})
