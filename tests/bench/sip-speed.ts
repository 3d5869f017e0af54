import { checkMessage } from '../../src-main/sip/check'
import { Framer } from '../../src-main/sip/framer'
import type { SipMessage } from '../../src-main/sip/message'
import { parseMessage } from '../../src-main/sip/parser'
import { writeMessage } from '../../src-main/sip/write'

export interface SipSpeed {
  /** µs for one message of 600 bytes. */
  frame: number
  parse: number
  check: number
  write: number
  /** All four. */
  total: number
}

/** A MESSAGE with CPIM as a client sends it, 600 bytes on the wire or a little more. */
export function sampleMessage(n = 0): Buffer {
  const body = 'From: <sip:mei@lab.test>\r\nTo: <sip:lan@lab.test>\r\nDateTime: 2026-05-03T08:00:00Z\r\nNS: imdn <urn:ietf:params:imdn>\r\n' +
    'imdn.Message-ID: aUMaxmKFDmKx\r\n\r\nContent-Type: text/plain\r\n\r\nHello'
  const head = [
    'MESSAGE sip:lan@lab.test SIP/2.0', `Via: SIP/2.0/TCP 127.0.0.1:34811;branch=z9hG4bK.cFC~1tEpd${n};rport`, 'From: <sip:mei@lab.test>;tag=qwaMzoagd',
    'To: <sip:lan@lab.test>', `CSeq: ${n + 1} MESSAGE`, `Call-ID: fI6rJcvxJF${n}`, 'Max-Forwards: 70', 'Supported: replaces, outbound, gruu',
    'Date: Sun, 22 Nov 2026 17:54:49 GMT', 'Content-Type: message/cpim', `Content-Length: ${body.length}`, 'User-Agent: Yanxin/0.1',
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

const each = (count: number, run: (i: number) => void): number => {
  // CPU time: what other programs do meanwhile does not count.
  const start = process.cpuUsage()
  for (let i = 0; i < count; i++) run(i)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / count
}
const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1]!

/** What the wire costs for each message, without sockets: medians of `rounds` rounds. */
export function sipSpeed(rounds = 15, perRound = 10_000): SipSpeed {
  const batch = 100
  const stream = Buffer.concat(Array.from({ length: batch }, (_, n) => sampleMessage(n)))
  const times = { frame: [] as number[], parse: [] as number[], check: [] as number[], write: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    const framer = new Framer()
    let frames = framer.push(stream)
    times.frame.push(each(perRound / batch, () => (frames = framer.push(stream))) / batch)
    const pieces = frames.flatMap((frame) => (frame.kind === 'message' ? [frame] : []))
    const messages: SipMessage[] = []
    times.parse.push(each(perRound, (i) => (messages[i % batch] = parseMessage(pieces[i % batch]!.head, pieces[i % batch]!.body))))
    times.check.push(each(perRound, (i) => checkMessage(messages[i % batch]!)))
    times.write.push(each(perRound, (i) => void writeMessage(messages[i % batch]!)))
  }
  const speed = { frame: median(times.frame), parse: median(times.parse), check: median(times.check), write: median(times.write) }
  return { ...speed, total: speed.frame + speed.parse + speed.check + speed.write }
}
