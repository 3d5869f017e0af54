import { silentLog } from '../../src-main/base/log'
import type { Log } from '../../src-main/base/log'
import type { Limits } from '../../src-main/sip/limits'
import type { SipMessage } from '../../src-main/sip/message'
import { parseMessage } from '../../src-main/sip/parser'
import { Framer } from '../../src-main/sip/framer'
import { WireFlow } from '../../src-main/sip/wire-flow'
import { HandClock } from '../fakes/clock'

/** A flow whose other side is the test: bytes go in by `receive`, what comes out is kept. */
export function testWire(options: { isDatagram?: boolean; limits?: Partial<Limits>; log?: Log } = {}) {
  const clock = new HandClock()
  const written: Buffer[] = []
  const state = { ended: false }
  const flow = new WireFlow(
    {
      transport: 'tcp',
      local: { host: '127.0.0.1', port: 5060 },
      remote: { host: '192.0.2.77', port: 40_000 },
      waiting: 0,
      isDatagram: options.isDatagram ?? false,
      write: (bytes) => void written.push(Buffer.from(bytes)),
      end: () => void (state.ended = true),
    },
    { clock, log: options.log ?? silentLog, ...(options.limits && { limits: options.limits }) },
  )
  /** What was written, as bytes. */
  const bytes = (): Buffer => {
    flow.flush()
    return Buffer.concat(written)
  }
  /** Lets go of what was written. */
  const forget = (): void => {
    flow.flush()
    written.length = 0
  }
  /** What was written, as messages. */
  const messages = (): SipMessage[] => messagesIn(bytes())
  return { flow, clock, state, bytes, forget, messages }
}

export function messagesIn(bytes: Uint8Array): SipMessage[] {
  return new Framer().push(bytes).flatMap((frame) => (frame.kind === 'message' ? [parseMessage(frame.head, frame.body)] : []))
}

/** Lines as a message: CRLF at each, and `body` behind the empty line. */
export const lines = (head: readonly string[], body = ''): Buffer => Buffer.from(head.join('\r\n') + '\r\n\r\n' + body)
