import { expect, test } from 'vitest'
import { mediaOf, readAnswer, type Way } from '../../src-main/msrp/offer-answer'
import { readMsrpSdp } from '../../src-main/msrp/sdp'
import { noBody } from '../../src-main/sip/message'
import { Headers } from '../../src-main/sip/headers'
import { HandClock } from '../fakes/clock'
import { speaker } from './wire'

const clock = new HandClock()
const answer = (body: Uint8Array) => ({ kind: 'response' as const, status: 200, reason: 'OK', headers: new Headers(), body })
const way = (more: Partial<Way> = {}): Way => ({ endpoint: speaker().endpoint, secure: false, role: 'passive', clock, ...more })
const media = (more: Partial<Way> = {}) => mediaOf(way(more), { receive() {} })

test('an offer says where and how, and stays itself when it changes', () => {
  const { sdp, msrp } = media({ host: '192.0.2.1' })
  const first = Buffer.from(sdp('sendrecv')).toString()
  expect(readMsrpSdp(first)).toMatchObject({ host: '192.0.2.1', setup: 'passive', direction: 'sendrecv', path: msrp.path })
  const held = Buffer.from(sdp('inactive', 2)).toString()
  expect(readMsrpSdp(held)).toMatchObject({ direction: 'inactive', path: msrp.path })
  expect(/o=(.*)/.exec(held)![1]).toBe(/o=(.*)/.exec(first)![1]!.replace(' 1 IN', ' 2 IN'))
})

test('who has said that it waits is never made to connect', () => {
  const { sdp } = media()
  expect(() => readAnswer('passive', answer(sdp('recvonly')))).toThrow('both sides would wait')
  expect(readAnswer('passive', answer(media({ role: 'active' }).sdp('recvonly')))).toMatchObject({ role: 'passive', theirs: { direction: 'recvonly' } })
  expect(readAnswer('active', answer(sdp('recvonly')))).toMatchObject({ role: 'active' })
})

test('an answer without MSRP is none', () => {
  for (const body of [noBody, Buffer.from('v=0\r\nm=audio 9 RTP/AVP 0\r\n')]) expect(() => readAnswer('active', answer(body))).toThrow('without MSRP')
})
