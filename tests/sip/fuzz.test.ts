import fc from 'fast-check'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Fault } from '../../src-main/base/faults'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { checkCredentials, readChallenge } from '../../src-main/sip/digest'
import { Dialogs } from '../../src-main/sip/dialogs'
import { Endpoint } from '../../src-main/sip/endpoint'
import { readEvent } from '../../src-main/sip/event'
import { Headers } from '../../src-main/sip/headers'
import { accept } from '../../src-main/sip/invitation'
import { readMediaType } from '../../src-main/sip/media-type'
import { contactOf, readContacts, readNameAddress } from '../../src-main/sip/name-address'
import type { Incoming } from '../../src-main/sip/incoming'
import { Nonces } from '../../src-main/sip/nonces'
import { acceptSubscription } from '../../src-main/sip/notifier'
import { readReasons } from '../../src-main/sip/reason'
import { acceptRefer, readReferTo, wantsNotify } from '../../src-main/sip/refer'
import { readSubscriptionState } from '../../src-main/sip/subscription-state'
import { addressOfRecord, readUri } from '../../src-main/sip/uri'
import { readVia } from '../../src-main/sip/via'
import { root } from '../fakes/build'
import { HandClock } from '../fakes/clock'
import { testWire } from './wire'

const samples = ['wire', 'sip'].flatMap((folder) => {
  const path = join(root, 'tests/fixtures', folder)
  return readdirSync(path).filter((name) => name.endsWith('.sip')).map((name) => readFileSync(join(path, name)))
})
// What has a meaning somewhere does more harm than any byte.
const piece = fc.oneof(
  fc.constantFrom('\r\n', '\n', '\r', '"', '<', '>', ';', ',', ':', '@', '%', '\0', ' ', '\\', '[', 'Via: ', 'Via: SIP/2.0/TCP a;branch=z9hG4bK\r\n', 'l: 5\r\n', '999999999999', '-1', 'SIP/2.0', 'é', '\u{1f600}'),
  fc.string({ unit: 'binary', maxLength: 4 }),
)
const edit = fc.record({ at: fc.nat(1_200), drop: fc.nat(12), put: piece })
const spoiled = fc.tuple(fc.constantFrom(...samples), fc.array(edit, { maxLength: 4 })).map(([sample, edits]) => {
  let bytes: Buffer = sample
  for (const { at, drop, put } of edits) {
    const place = Math.min(at, bytes.length)
    bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from(put), bytes.subarray(place + drop)])
  }
  return bytes
})

test('spoiled messages are read or refused, and nothing of ours throws', () => {
  fc.assert(
    fc.property(spoiled, fc.boolean(), (bytes, isDatagram) => {
      const errors: unknown[] = []
      const log = { ...silentLog, error: (fields: unknown) => void errors.push(fields) }
      const wire = testWire({ isDatagram, log })
      const endpoint = new Endpoint({ clock: wire.clock, ids: randomIds, log, userAgent: 'fuzz', forwards: true })
      const dialogs = new Dialogs({ endpoint, clock: wire.clock, ids: randomIds, log })
      const user = { request: ({ reply }: Incoming) => reply(200), ended() {}, state: () => undefined }
      endpoint.onRequest((incoming) => {
        const { request } = incoming
        readUri(request.uri)
        if (request.method === 'INVITE') accept(dialogs, incoming, { contact: '<sip:us@lab.test>' }, user)
        else if (request.method === 'SUBSCRIBE') acceptSubscription(dialogs, incoming, { contact: '<sip:us@lab.test>' }, user)
        else if (request.method === 'REFER') acceptRefer(dialogs, incoming, '<sip:us@lab.test>')
        else incoming.reply(200)
      })
      endpoint.attach(wire.flow)
      wire.flow.receive(bytes)
      wire.flow.receive(bytes)
      // Whatever we said must itself be sound: a stream of ours never breaks.
      const said = wire.bytes()
      const back = testWire()
      back.flow.receive(said)
      expect(back.flow.closed).toBe(false)
      expect(errors).toEqual([])
    }),
    { numRuns: 600 },
  )
})

/** A header as it stood on the wire. */
const headerOf = (name: string, value: string): Headers => {
  const headers = new Headers()
  headers.append(name, value)
  return headers
}

test('a reader of any text gives a value or a fault', () => {
  const nonces = new Nonces({ clock: new HandClock() })
  const readers: ((text: string) => unknown)[] = [
    readUri, addressOfRecord, readNameAddress, (text) => readContacts([text]), readVia, readMediaType, readChallenge, readEvent, readSubscriptionState, readReferTo,
    (text) => readReasons(headerOf('Reason', text)), (text) => wantsNotify(headerOf('Refer-Sub', text)), (text) => contactOf(headerOf('Contact', text)),
    (header) => checkCredentials({ header, realm: 'r', ha1: {}, method: 'MESSAGE', requestUri: 'sip:r', nonces }),
  ]
  const part = fc.oneof(piece, fc.constantFrom('sip:', 'Digest ', 'nonce=', 'text/plain', 'SIP/2.0/TCP ', '=', '"a"', '*', 'realm="r"', 'tag', 'active', 'expires=', 'cause=', 'method=', 'refer'))
  fc.assert(
    fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
      for (const read of readers) {
        try {
          read(parts.join(''))
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault)
        }
      }
    }),
    { numRuns: 600 },
  )
})
