import { systemClock } from '../../../src-main/base/clock'
import { randomIds } from '../../../src-main/base/ids'
import { silentLog } from '../../../src-main/base/log'
import { MsrpConnection } from '../../../src-main/msrp/connection'
import { Framer } from '../../../src-main/msrp/framer'
import type { Part } from '../../../src-main/msrp/framer'
import { defaultLimits } from '../../../src-main/msrp/limits'
import { Receiver } from '../../../src-main/msrp/receiver'
import { readMsrpSdp, writeMsrpSdp } from '../../../src-main/msrp/sdp'
import { framesOf, send } from '../../msrp/wire'
import { mustEqual, refusing, type Target } from '../target'
import { msrpWords } from './words'

const partsOf = (pieces: readonly Uint8Array[]): Part[] => {
  const framer = new Framer()
  // A copy of each piece and part: a socket's buffer is used again.
  return pieces.flatMap((piece) => framer.push(Uint8Array.from(piece)).map((part): Part => (
    part.kind === 'data' ? { ...part, bytes: Uint8Array.from(part.bytes) } : part.kind === 'head' ? { ...part, head: Uint8Array.from(part.head) } : part
  )))
}

const maxSize = 100_000

/** A connection whose other end is whatever the input says, and what puts its messages together. */
function listener() {
  const address = { host: 'fuzz.invalid', port: 1 }
  const connection: MsrpConnection = new MsrpConnection({
    secure: false, local: address, remote: address, certificate: undefined, trusted: false, waiting: 0, write() {}, pause() {}, resume() {}, end() {},
  }, { clock: systemClock, ids: randomIds, log: silentLog, take: (request) => (request.method === 'SEND' ? receiver.begin(request) : 501) })
  const receiver = new Receiver({
    clock: systemClock, limits: defaultLimits, maxSize, acceptTypes: ['*'],
    receive: ({ body }) => {
      if (body.length > maxSize) throw new Error('larger than what is taken')
    },
    answer: (request, status) => connection.answer(request, status),
    report: ({ fields, fromPath }) => connection.report({ toPath: fromPath, fromPath: ['msrp://a.test;tcp'], fields: [['Message-ID', fields.get('Message-ID')!]] }),
    hold: (held) => connection.hold(held),
  })
  return { connection, receiver }
}

/** A stream of MSRP, however it is cut, with the messages put together of it; the same bytes as an SDP too. */
export const msrp: Target = {
  seeds: () => [
    send('ab12', { body: 'hello', range: '1-5/5', more: ['Success-Report: yes'] }),
    Buffer.concat([send('ab12', { body: 'hel', range: '1-3/5', flag: '+' }), send('ab13', { body: 'lo', range: '4-5/5' })]),
    Buffer.concat([send('ab12', { range: '1-0/0' }), Buffer.from('\r\n'), send('ab13', { body: Buffer.from([0, 13, 10, 45, 255]), flag: '#', range: '1-*/*' })]),
    Buffer.from('MSRP ab12 200 OK\r\nTo-Path: msrp://a.test:1/b;tcp\r\nFrom-Path: msrp://c.test:1/d;tcp\r\n-------ab12$\r\n'),
    Buffer.from(writeMsrpSdp({
      path: ['msrps://192.0.2.10:2855/s111;tcp'], secure: true, host: '192.0.2.10', port: 2855, setup: 'actpass', acceptTypes: ['message/cpim'], acceptWrappedTypes: ['*'],
      maxSize: 1_000, fingerprints: [{ hash: 'sha-256', value: 'AB:CD' }], cema: true, direction: 'sendrecv', chatroom: ['nickname'],
    }, { sessionId: 1 })),
  ],
  dictionary: msrpWords,
  run(input) {
    const whole = partsOf([input])
    // The cuts follow from the input, so that a finding is found again.
    const cut = 1 + ((input[0] ?? 0) + input.length) % 97
    const pieces: Uint8Array[] = []
    for (let at = 0; at < input.length; at += cut) pieces.push(input.subarray(at, at + cut))
    mustEqual(`cut every ${cut} bytes`, framesOf(partsOf(pieces)), framesOf(whole))
    const { connection, receiver } = listener()
    connection.receive(Uint8Array.from(input))
    if (receiver.held > input.length + 300 * 16 * 1024) throw new Error(`${receiver.held} bytes are held for ${input.length}`)
    receiver.close()
    connection.close()
    const media = refusing(() => readMsrpSdp(input))
    if (media) mustEqual('an SDP, written and read', readMsrpSdp(writeMsrpSdp(media, { sessionId: 1 })), media)
  },
  flood(input) {
    const { connection, receiver } = listener()
    for (let sent = 0; sent < 8 * 1024 * 1024; sent += input.length) connection.receive(Uint8Array.from(input))
    return { connection, receiver }
  },
}
