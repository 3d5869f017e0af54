import { describe, expect, test } from 'vitest'
import { isSameUri, readMsrpUri, writeMsrpUri } from '../../src-main/msrp/uri'

describe('an MSRP URI', () => {
  test('is read and written', () => {
    expect(readMsrpUri('MSRPS://mei@Host.Test:2855/aB+=/9;TCP;x=y')).toEqual({ secure: true, user: 'mei', host: 'host.test', port: 2855, session: 'aB+=/9', transport: 'tcp' })
    for (const uri of ['msrp://192.0.2.1:9/s1;tcp', 'msrps://[2001:db8::1]:2855/s1;tcp', 'msrp://a.test;tcp', 'msrps://mei@a.test:1;tcp']) {
      expect(writeMsrpUri(readMsrpUri(uri))).toBe(uri)
    }
  })

  test.each(['', 'msrp:a;tcp', 'sip:a@b', 'msrp://;tcp', 'msrp://a.test/s1', 'msrp://a.test:99999/s1;tcp', 'msrp://a b/s1;tcp', 'msrp://a.test/s 1;tcp', 'msrp://a..-;/;tcp', 'msrp://a\0@a.test/s;tcp', 'msrp://雁@a.test/s;tcp', 'msrp://a.test/s;tcp;x=\r\n'])(
    '%s is none', (text) => expect(() => readMsrpUri(text)).toThrowError(expect.objectContaining({ code: 'malformed' }) as Error))

  // RFC 4975 6.1
  test.each([
    ['msrp://Host.test:8493/asfd34;tcp', 'MSRP://host.Test:8493/asfd34;TCP', true],
    ['msrp://mei@a.test:1/s;tcp', 'msrp://lan@a.test:1/s;tcp', true],
    ['msrp://a.test:1/s;tcp;x=1', 'msrp://a.test:1/s;tcp', true],
    ['msrp://a.test:1/s;tcp', 'msrps://a.test:1/s;tcp', false],
    ['msrp://a.test:2855/s;tcp', 'msrp://a.test/s;tcp', false],
    ['msrp://a.test:1/s;tcp', 'msrp://a.test:1/S;tcp', false],
    ['msrp://a.test:1/s;tcp', 'msrp://a.test:1;tcp', false],
    ['msrp://a.test:1/s;tcp', 'msrp://a.test:1/s;sctp', false],
    ['hello', 'hello', false],
  ])('%s and %s: %s', (one, other, same) => {
    expect(isSameUri(one, other)).toBe(same)
  })
})
