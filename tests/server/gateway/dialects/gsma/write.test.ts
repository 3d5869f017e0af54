import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { eventJson, signedNotice } from '../../../../../src-main/server/gateway/dialects/gsma/write'
import type { BotEvent } from '../../../../../src-main/server/gateway/events'

const at = Date.parse('2024-03-05T08:12:31.000Z')
const contact = 'sip:+8613800000001@office.test'
const written = (event: BotEvent) => eventJson(event, () => '+8613800000001')

test('what was tapped is the sample of rcs.md 5.1', () => {
  const event: BotEvent = { kind: 'message', id: 'm1', contact, at, heard: { kind: 'answer', answer: { is: 'reply', text: '是', data: 'yes' } } }
  expect(written(event)).toEqual(JSON.parse('{"RCSMessage":{"msgId":"m1","suggestedResponse":{"response":{"reply":{"displayText":"是","postback":{"data":"yes"}}}},"timestamp":"2024-03-05T08:12:31.000Z"},"messageContact":{"userContact":"+8613800000001"},"event":"response"}'))
})

test('who begins is a new user', () => {
  const event: BotEvent = { kind: 'message', id: 'm1', contact, at, heard: { kind: 'answer', answer: { is: 'reply', text: 'Start Chat', data: 'new_bot_user_initiation' } } }
  expect(written(event)).toMatchObject({ event: 'newUser' })
})

test.each<[BotEvent, object]>([
  [{ kind: 'message', id: 'm', contact, at, heard: { kind: 'text', text: 'hi' } }, { event: 'message', RCSMessage: { textMessage: 'hi' } }],
  [{ kind: 'message', id: 'm', contact, at, heard: { kind: 'place', place: { latitude: 1, longitude: 2 } } }, { RCSMessage: { geolocationPushMessage: { pos: { latitude: 1, longitude: 2 } } } }],
  [{ kind: 'message', id: 'm', contact, at, heard: { kind: 'file', file: { url: 'https://x/a', size: 2, contentType: 'audio/amr', isVoice: true, duration: 3_000 } } }, { RCSMessage: { audioMessage: { fileUrl: 'https://x/a', playingLength: 3 } } }],
  [{ kind: 'status', id: 'm', contact, at, status: 'displayed' }, { event: 'messageStatus', RCSMessage: { status: 'displayed' } }],
  [{ kind: 'revoked', id: 'm', contact, at, isOk: true }, { event: 'messageStatus', RCSMessage: { status: 'cancelled' } }],
  [{ kind: 'typing', contact, at, isActive: false }, { event: 'isTyping', RCSMessage: { isTyping: 'idle' } }],
])('%o', (event, expected) => expect(written(event)).toMatchObject(expected))

test('what could not be taken back has no word', () => expect(written({ kind: 'revoked', id: 'm', contact, at, isOk: false })).toBeUndefined())

test('it is signed', () => {
  const { body, headers } = signedNotice('https://b.example', 'secret', { a: 1 })
  expect(headers['X-Hub-Signature-256']).toBe(`sha256=${createHmac('sha256', 'secret').update(body!).digest('hex')}`)
})
