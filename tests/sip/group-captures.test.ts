import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { stateOfAnswer } from '../../src-main/sip/dialog'
import { Dialogs } from '../../src-main/sip/dialogs'
import { Endpoint } from '../../src-main/sip/endpoint'
import type { EndpointOptions } from '../../src-main/sip/endpoint'
import { accept } from '../../src-main/sip/invitation'
import type { InviteSession } from '../../src-main/sip/invite-session'
import { noBody } from '../../src-main/sip/message'
import type { SipRequest, SipResponse } from '../../src-main/sip/message'
import { contactOf } from '../../src-main/sip/name-address'
import { acceptSubscription } from '../../src-main/sip/notifier'
import type { Notifier } from '../../src-main/sip/notifier'
import { readSubscriptionState } from '../../src-main/sip/subscription-state'
import { writeMessage } from '../../src-main/sip/write'
import { root } from '../fakes/build'
import { messagesIn, testWire } from './wire'

/** What Linphone and Kamailio said when a group was made. */
const bytesOf = (name: string): Buffer => readFileSync(join(root, 'tests/fixtures/wire', `${name}.sip`))
const request = (name: string): SipRequest => messagesIn(bytesOf(name))[0] as SipRequest
const response = (name: string): SipResponse => messagesIn(bytesOf(name))[0] as SipResponse

function side(options: Partial<EndpointOptions> = {}) {
  const wire = testWire()
  const endpoint = new Endpoint({ clock: wire.clock, ids: randomIds, log: silentLog, userAgent: 'test', ...options })
  endpoint.attach(wire.flow)
  return { ...wire, endpoint, dialogs: new Dialogs({ endpoint, clock: wire.clock, ids: randomIds, log: silentLog }) }
}
const user = { request: () => {}, ended() {} }
const group = 'sip:factory@lab.test;conf-id=250e3eeb;gr=urn:uuid:55360df2-1edf-003c-9159-3589b0cc7caf'

test('the factory asks for an extension that must be known, and sends elsewhere', () => {
  const stranger = side()
  stranger.flow.receive(bytesOf('53-group-invite-factory-digest'))
  expect(stranger.messages()[0]).toMatchObject({ status: 420 })
  const { params, uri } = contactOf(response('54-group-302-from-focus').headers)
  expect([uri, params.has('isfocus')]).toEqual([group, true])
})

test('an INVITE of Linphone is accepted over the proxy that it came by', () => {
  const { flow, endpoint, dialogs, messages } = side({ extensions: ['recipient-list-invite'] })
  let session: InviteSession | undefined
  endpoint.onRequest((incoming) => void (session = accept(dialogs, incoming, { contact: `<${group}>;isfocus` }, user)))
  flow.receive(bytesOf('61-group-invite-member-relayed'))
  const [answer] = messages() as SipResponse[]
  expect([answer!.status, answer!.headers.get('Record-Route')]).toEqual([200, '<sip:127.0.0.1;transport=tcp;lr;ftag=hA3-CuYPM>'])
  flow.receive(writeMessage({ kind: 'request', method: 'ACK', uri: 'sip:bob@lab.test', headers: answer!.headers.clone().set('CSeq', '21 ACK'), body: noBody }))
  void session!.bye()
  const bye = messages()[1] as SipRequest
  expect([bye.method, bye.uri]).toEqual(['BYE', group])
  expect(bye.headers.all('Route')).toEqual(['<sip:127.0.0.1;transport=tcp;lr;ftag=hA3-CuYPM>'])
  expect(bye.headers.get('To')).toBe(`<${group}>;tag=hA3-CuYPM`)
})

test('the answer of its focus makes the dialog of the creator', () => {
  const state = stateOfAnswer(request('55-group-invite-conference-digest'), response('56-group-200-isfocus'), '<sip:alice@lab.test>')
  expect(state).toMatchObject({
    callId: 'GVkpJQUyhX', localTag: 'VYNJuYx8R', remoteTag: '-YCPWQ8', local: '<sip:alice@lab.test>', remote: `<${group}>`, target: group,
    routes: ['<sip:127.0.0.1;transport=tcp;lr;ftag=VYNJuYx8R>'], localSeq: 22,
  })
})

test('its SUBSCRIBE is taken, and what it is told goes to its Contact', () => {
  const { flow, endpoint, dialogs, messages } = side()
  let notifier: Notifier | undefined
  endpoint.onRequest((incoming) => void (notifier = acceptSubscription(dialogs, incoming, { contact: `<${group}>` }, { state: () => undefined, ended() {} })))
  flow.receive(bytesOf('57-group-subscribe-conference-digest'))
  const [answer, notify] = messages() as [SipResponse, SipRequest]
  expect([answer.status, answer.headers.get('Expires'), notifier!.event]).toEqual([200, '600', { type: 'conference' }])
  expect(notify.uri).toBe('sip:alice@lab.test;gr=urn:uuid:233b7e7f-2f65-00af-bf40-4b76e5fe8a6e')
  expect(['Event', 'Subscription-State', 'Call-ID'].map((name) => notify.headers.get(name))).toEqual(['conference', 'active;expires=600', 'A11iPZIlKW'])
})

test('its NOTIFYs stand in the dialog of the SUBSCRIBE, and come without a Contact', () => {
  const { flow, dialogs, messages } = side()
  const dialog = dialogs.add(flow, stateOfAnswer(request('57-group-subscribe-conference-digest'), response('58-group-subscribe-200'), '<sip:alice@lab.test>'))
  const told: string[] = []
  dialog.begin({
    gone() {},
    handlerOf: ({ request: { headers } }) => ({ reply }) => {
      told.push(`${headers.get('Event')} ${JSON.stringify(readSubscriptionState(headers.get('Subscription-State')!))}`)
      dialog.refresh(headers)
      reply(200)
    },
  })
  for (const name of ['59-group-notify-full-relayed', '60-group-notify-partial-relayed', '59-group-notify-full-relayed']) flow.receive(bytesOf(name))
  expect(told).toEqual(Array.from({ length: 2 }, () => 'conference {"state":"active","expires":600}'))
  // The last is the first again, for which its transaction gives its answer again.
  expect((messages() as SipResponse[]).map(({ status, headers }) => `${status} ${headers.get('CSeq')}`)).toEqual(['200 111 NOTIFY', '200 112 NOTIFY', '200 111 NOTIFY'])
  expect(dialog.target).toBe('sip:127.0.0.1:57454;transport=tcp')
})
