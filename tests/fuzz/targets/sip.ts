import { randomIds } from '../../../src-main/base/ids'
import { silentLog } from '../../../src-main/base/log'
import { readMessage } from '../../../src-main/network/receive'
import { Domain } from '../../../src-main/server/domain'
import { readIncoming } from '../../../src-main/server/incoming-message'
import { Dialogs } from '../../../src-main/sip/dialogs'
import { Endpoint } from '../../../src-main/sip/endpoint'
import type { Incoming } from '../../../src-main/sip/incoming'
import { accept } from '../../../src-main/sip/invitation'
import { acceptSubscription } from '../../../src-main/sip/notifier'
import { acceptRefer } from '../../../src-main/sip/refer'
import { readUri } from '../../../src-main/sip/uri'
import { testWire } from '../../sip/wire'
import { refusing, type Target } from '../target'
import { cpimWords, sipWords } from './words'

const domain = new Domain('lab.test')
const contact = '<sip:us@lab.test>'
const user = { request: ({ reply }: Incoming) => reply(200), ended() {}, state: () => undefined }

/** Bytes from a stranger through the whole of the stack: framed, parsed, checked, answered; then what client and relay make of it. */
export const sip: Target = {
  seeds: (samples) => samples.filter(({ name }) => name.endsWith('.sip')).map(({ bytes }) => bytes),
  dictionary: [...sipWords, ...cpimWords],
  run(input) {
    let ours: unknown
    const wire = testWire({
      isDatagram: input.length % 4 === 0,
      log: { ...silentLog, error: (fields: unknown) => void (ours ??= fields) },
    })
    const endpoint = new Endpoint({ clock: wire.clock, ids: randomIds, log: silentLog, userAgent: 'fuzz', forwards: true })
    const dialogs = new Dialogs({ endpoint, clock: wire.clock, ids: randomIds, log: silentLog })
    endpoint.onRequest((incoming) => {
      const { request, reply } = incoming
      try {
        if (request.method === 'INVITE') refusing(() => accept(dialogs, incoming, { contact }, user))
        if (request.method === 'SUBSCRIBE') refusing(() => acceptSubscription(dialogs, incoming, { contact }, user))
        if (request.method === 'REFER') refusing(() => acceptRefer(dialogs, incoming, contact))
        refusing(() => readUri(request.uri))
        if (request.method === 'MESSAGE') {
          refusing(() => readMessage(request, { account: 'sip:alice@lab.test', now: 1.7e12, hasGroups: true }))
          refusing(() => readIncoming(request, { from: 'sip:alice@lab.test', to: 'sip:bob@lab.test', now: 1.7e12, domain }))
        }
      } catch (thrown) {
        ours ??= thrown
      }
      reply(200)
    })
    endpoint.attach(wire.flow)
    wire.flow.receive(input)
    if (ours !== undefined) throw ours instanceof Error ? ours : new Error(JSON.stringify(ours, Object.getOwnPropertyNames(ours)))
    // What we say to it must itself be sound.
    const back = testWire()
    back.flow.receive(wire.bytes())
    if (back.flow.closed) throw new Error(`we answered what we cannot read: ${wire.bytes().toString('latin1')}`)
  },
  flood(input) {
    const wire = testWire()
    const endpoint = new Endpoint({ clock: wire.clock, ids: randomIds, log: silentLog, userAgent: 'fuzz', forwards: true })
    endpoint.onRequest(({ reply }) => reply(200))
    endpoint.attach(wire.flow)
    for (let sent = 0; sent < 4 * 1024 * 1024 && !wire.flow.closed; sent += input.length) wire.flow.receive(Uint8Array.from(input))
    // What was written is kept by the test itself, not by the flow.
    wire.forget()
    return { flow: wire.flow, endpoint }
  },
}
