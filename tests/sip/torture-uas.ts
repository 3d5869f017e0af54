import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { checkCredentials, makeChallenges } from '../../src-main/sip/digest'
import { Endpoint } from '../../src-main/sip/endpoint'
import type { Incoming } from '../../src-main/sip/incoming'
import { readMediaType } from '../../src-main/sip/media-type'
import { readNameAddress } from '../../src-main/sip/name-address'
import { Nonces } from '../../src-main/sip/nonces'
import { splitAll } from '../../src-main/sip/text'
import { readUri } from '../../src-main/sip/uri'
import { HandClock } from '../fakes/clock'
import { testWire } from './wire'

const methods = ['INVITE', 'OPTIONS', 'REGISTER', 'MESSAGE']

/** A small server that knows enough of each method to judge the messages of RFC 4475 3.3. */
function answer(incoming: Incoming, nonces: Nonces): void {
  const { method, headers, uri } = incoming.request
  const type = headers.get('Content-Type')
  if (!methods.includes(method)) return incoming.reply(501, undefined, { headers: [['Allow', methods.join(', ')]] })
  if (method === 'REGISTER') {
    if (!['sip', 'sips', 'tel'].includes(readUri(readNameAddress(headers.get('To')!).uri).scheme)) return incoming.reply(416)
    const header = headers.get('Authorization')
    if (header !== undefined && !checkCredentials({ header, realm: 'example.com', ha1: {}, method, requestUri: uri, nonces }).ok) {
      const challenges = makeChallenges({ realm: 'example.com', nonce: nonces.make() })
      return incoming.reply(401, undefined, { headers: challenges.map((value) => ['WWW-Authenticate', value] as const) })
    }
    return incoming.reply(200, undefined, { headers: headers.all('Contact').map((value) => ['Contact', value] as const) })
  }
  if (method === 'INVITE') {
    if (type && readMediaType(type).type !== 'application/sdp') return incoming.reply(415, undefined, { headers: [['Accept', 'application/sdp']] })
    const accept = splitAll(headers.all('Accept'))
    if (accept.length > 0 && !accept.some((range) => readMediaType(range).type === 'application/sdp')) return incoming.reply(488)
  }
  incoming.reply(200)
}

/** What the server does with the bytes, in one word each: `200`, `400 closed`, `dropped`, … */
export async function judge(bytes: Uint8Array, way: 'datagram' | 'stream'): Promise<{ verdict: string; answers: ReturnType<typeof testWire>['messages'] extends () => infer R ? R : never }> {
  const wire = testWire({ isDatagram: way === 'datagram' })
  const clock = new HandClock()
  const endpoint = new Endpoint({ clock, ids: randomIds, log: silentLog, userAgent: 'torture', forwards: true })
  const nonces = new Nonces({ clock })
  let heard = 0
  let refused = 0
  wire.flow.events.on('message', () => void heard++)
  wire.flow.events.on('malformed', () => void refused++)
  endpoint.onRequest((incoming) => answer(incoming, nonces))
  endpoint.attach(wire.flow)
  wire.flow.receive(bytes)
  // A message that waits for the rest of itself waits in vain.
  if (!wire.flow.closed && heard + refused === 0) await wire.clock.advance(31_000)
  const answers = wire.messages()
  const words = answers.map((message) => (message.kind === 'response' ? String(message.status) : '?'))
  if (words.length === 0) words.push(refused > 0 ? 'dropped' : heard > 0 ? 'read, nothing waits for it' : 'nothing')
  if (wire.flow.closed) words.push('closed')
  return { verdict: words.join(' '), answers }
}
