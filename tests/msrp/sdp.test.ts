import { describe, expect, test } from 'vitest'
import { accepts, answerSetup, readMsrpSdp, roleOf, writeMsrpSdp } from '../../src-main/msrp/sdp'
import type { MsrpMedia, Setup } from '../../src-main/msrp/sdp'

const media: MsrpMedia = {
  path: ['msrps://relay.test:2855/x;tcp', 'msrps://192.0.2.10:2855/s111;tcp'], secure: true, host: '192.0.2.10', port: 2855, setup: 'actpass',
  acceptTypes: ['message/cpim', 'application/im-iscomposing+xml'], acceptWrappedTypes: ['text/plain', 'message/imdn+xml'], maxSize: 1_000_000,
  fingerprints: [{ hash: 'sha-256', value: 'AB:CD' }], cema: true, direction: 'sendonly', chatroom: ['nickname', 'private-messages'],
}

describe('an SDP', () => {
  test('is read as it was written', () => {
    const text = writeMsrpSdp(media, { sessionId: 1_709_626_351.9 })
    expect(readMsrpSdp(text)).toEqual(media)
    // A phone that was seen reads the session id as a number.
    expect(text).toContain('o=- 1709626351 1 IN IP4 192.0.2.10\r\n')
    expect(text).toContain('m=message 2855 TCP/TLS/MSRP *\r\n')
  })

  test('of a bare peer is read too', () => {
    const text = 'v=0\no=x\nc=IN IP6 2001:db8::1\na=recvonly\nm=audio 4 RTP/AVP 0\na=path:msrp://no.test;tcp\nm=message 9/2 tcp/msrp *\na=PATH: msrp://a.test:9/s;tcp \na=accept-types: *\nwhat\n'
    expect(readMsrpSdp(Buffer.from(text))).toEqual({
      path: ['msrp://a.test:9/s;tcp'], secure: false, host: '2001:db8::1', port: 9, acceptTypes: ['*'], acceptWrappedTypes: [], fingerprints: [], cema: false, direction: 'recvonly',
    })
  })

  test('without a c= line is where its path says', () => {
    expect(readMsrpSdp('m=message 9 TCP/MSRP *\na=path:msrp://a.test:9/s;tcp')).toMatchObject({ host: 'a.test', port: 9 })
  })

  test('says nothing of MSRP without such a section, or with one that is refused', () => {
    expect(readMsrpSdp('v=0\nm=audio 4 RTP/AVP 0\n')).toBeUndefined()
    expect(readMsrpSdp('')).toBeUndefined()
    expect(readMsrpSdp('m=message 0 TCP/MSRP *\na=path:msrp://a.test:9/s;tcp')).toBeUndefined()
  })

  test.each([
    ['without a path', 'm=message 9 TCP/MSRP *\n'], ['with a path that is none', 'm=message 9 TCP/MSRP *\na=path:sip:a@b\n'],
    ['with a port out of range', 'm=message 70000 TCP/MSRP *\na=path:msrp://a.test:9/s;tcp'], ['without an end', 'a=x\n'.repeat(2_000)],
  ])('%s is malformed', (_what, text) => {
    expect(() => readMsrpSdp(text)).toThrowError(expect.objectContaining({ code: 'malformed' }) as Error)
  })
})

test('who is asked to choose connects', () => {
  expect(answerSetup('actpass', true)).toBe('active')
  expect(answerSetup('passive', false)).toBe('active')
  expect(answerSetup('active', true)).toBe('passive')
  expect(answerSetup('active', false)).toBeUndefined()
  expect(answerSetup('holdconn', true)).toBeUndefined()
  // RFC 4975 alone: the offerer connects.
  expect(answerSetup(undefined, true)).toBe('passive')
})

test.each<[Setup | undefined, Setup | undefined, boolean, string]>([
  ['actpass', 'active', true, 'passive'], ['actpass', 'passive', true, 'active'], ['active', 'passive', true, 'active'], ['passive', 'active', false, 'passive'],
  ['active', 'actpass', false, 'active'], ['actpass', undefined, true, 'active'], [undefined, undefined, false, 'passive'],
])('mine %s, theirs %s, we offered %s: %s', (mine, theirs, weOffered, role) => {
  expect(roleOf(mine, theirs, weOffered)).toBe(role)
})

test('a type is taken by its name, its kind or any', () => {
  expect(accepts(['*'], 'a/b')).toBe(true)
  expect(accepts(['text/*'], 'Text/Plain;charset=utf-8')).toBe(true)
  expect(accepts(['message/cpim'], 'message/CPIM')).toBe(true)
  expect(accepts(['text/plain', 'image/*'], 'message/cpim')).toBe(false)
  expect(accepts([], 'a/b')).toBe(false)
})
