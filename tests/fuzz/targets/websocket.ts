import { once } from 'node:events'
import { connect } from 'node:net'
import { systemClock } from '../../../src-main/base/clock'
import { randomIds } from '../../../src-main/base/ids'
import { silentLog } from '../../../src-main/base/log'
import { Endpoint } from '../../../src-main/sip/endpoint'
import { listenWebSocket } from '../../../src-main/sip/websocket'
import type { Target } from '../target'
import { sipWords } from './words'

const shake = 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n'

/** RFC 6455 5.2: a frame from a client, masked with zeros so that its text can be mutated as it is. */
function frame(text: Uint8Array, { opcode = 1, fin = true } = {}): Buffer {
  const first = (fin ? 128 : 0) | opcode
  const length = text.length < 126 ? [128 | text.length] : [128 | 126, text.length >> 8, text.length & 255]
  return Buffer.concat([Buffer.from([first, ...length, 0, 0, 0, 0]), text])
}

/** Bytes of a client after a handshake (or with one of its own) at a real socket: it is answered or closed, and the next one is served. */
export async function websocket(): Promise<Target> {
  const endpoint = new Endpoint({ clock: systemClock, ids: randomIds, log: silentLog, userAgent: 'fuzz', forwards: true })
  endpoint.onRequest(({ reply }) => reply(200))
  const listener = await listenWebSocket({ host: '127.0.0.1', port: 0, clock: systemClock, log: silentLog }, (flow) => endpoint.attach(flow))
  const port = Number(/:(\d+)/.exec(listener.uri.replace('127.0.0.1', ''))![1])
  const message = Buffer.from('OPTIONS sip:lab.test SIP/2.0\r\nVia: SIP/2.0/WS a.invalid;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:lab.test>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n')
  return {
    seeds: (samples) => [
      frame(message), frame(message, { opcode: 2 }), Buffer.concat([frame(message.subarray(0, 40), { fin: false }), frame(message.subarray(40), { opcode: 0 })]),
      frame(Buffer.from('\r\n\r\n')), frame(Buffer.from('ping'), { opcode: 9 }), frame(Buffer.from([3, 232]), { opcode: 8 }), Buffer.from(`\0${shake}`),
      ...samples.filter(({ name, bytes }) => name.endsWith('.sip') && bytes.length < 2_000).slice(0, 20).map(({ bytes }) => frame(bytes)),
    ],
    dictionary: [...sipWords, '\x81\x80\0\0\0\0', '\x88\x80\0\0\0\0', '\x81\xff\0\0\0\0\xff\xff\xff\xff', '\x01\x81\0\0\0\0a', 'Sec-WebSocket-Protocol: sip\r\n', 'Upgrade: websocket\r\n'],
    async run(input) {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.resume()
      // An input that begins with a zero brings its own handshake.
      socket.end(input[0] === 0 ? input.subarray(1) : Buffer.concat([Buffer.from(shake), input]))
      await once(socket, 'close')
    },
    async end() {
      await listener.close()
    },
  }
}
