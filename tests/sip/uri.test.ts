import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCSeq } from '../../src-main/sip/cseq'
import { readMediaType } from '../../src-main/sip/media-type'
import { readContacts, readNameAddress, tagOf, writeNameAddress } from '../../src-main/sip/name-address'
import { splitList } from '../../src-main/sip/text'
import { addressOfRecord, decodeUser, escapeUser, readUri, writeUri } from '../../src-main/sip/uri'
import { readVia, splitTopVia } from '../../src-main/sip/via'

const malformed = expect.objectContaining({ code: 'malformed' })

describe('a URI', () => {
  test('is taken apart', () => {
    const uri = readUri('SIPS:mei:secret@Lab.TEST:5061;transport=tls;lr?Subject=hi%20you&Priority=urgent')
    expect(uri).toMatchObject({ scheme: 'sips', user: 'mei', password: 'secret', host: 'lab.test', port: 5061 })
    expect([...uri.params]).toEqual([['transport', 'tls'], ['lr', '']])
    expect([...uri.headers]).toEqual([['Subject', 'hi%20you'], ['Priority', 'urgent']])
  })

  test.each([
    'sip:lan@lab.test', 'sip:lab.test', 'sip:+8613800000001@[2001:db8::1]:5060;transport=tcp;lr', 'sip:a;b=1@lab.test', 'tel:+86-138-0000;phone-context=x',
    'sip:user%20x:pw@lab.test?A=b', 'mailto:mei@lab.test', 'urn:uuid:1', 'sip:lan@lab.test;gr=urn:uuid:1',
  ])('%s is written as it was read', (text) => expect(writeUri(readUri(text))).toBe(text))

  test.each([
    '', 'lan@lab.test', ':x', 'sip:', 'sip:@lab.test', 'sip:la n@lab.test', 'sip:lan@', 'sip:lan@lab_test', 'sip:lan@lab.test:99999', 'sip:lan@lab.test:',
    'sip:lan@lab.test;', 'sip:lan@lab.test;a=', 'sip:lan@lab.test?', 'sip:l%4@lab.test', 'sip:a@b@c', 'tel:', 'tel:abc!', 'http://a b',
  ])('%j is malformed', (text) => expect(() => readUri(text)).toThrow(malformed))

  test('of any bytes is read or malformed, nothing else', () => {
    const piece = fc.oneof(fc.constantFrom('sip:', 'sips:', 'tel:', '@', ':', ';', '?', '=', '%41', '%', '[::1]', 'lab.test'), fc.string({ maxLength: 6 }))
    fc.assert(fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join('')
      let written: string
      try {
        written = writeUri(readUri(text))
      } catch (thrown) {
        expect(thrown).toEqual(malformed)
        return
      }
      expect(writeUri(readUri(written))).toBe(written)
    }), { numRuns: 400 })
  })

  test('has a user that any text can be', () => {
    for (const name of ['mei', '小 美', 'a@b:c?', '+8613800000001', '100%']) {
      expect(decodeUser(readUri(`sip:${escapeUser(name)}@lab.test`).user)).toBe(name)
    }
  })
})

describe('an address of record', () => {
  test.each([
    ['sip:Mei@LAB.test:5060;transport=tcp', 'sip:Mei@lab.test'],
    ['sips:mei:pw@lab.test', 'sip:mei@lab.test'],
    ['sip:%6Dei@lab.test', 'sip:mei@lab.test'],
    ['sip:a%2fb@lab.test', 'sip:a%2Fb@lab.test'],
    ['tel:+86-138(0000).0001;x=y', 'tel:+8613800000001'],
    ['tel:10086;phone-context=CN.test', 'tel:10086;phone-context=cn.test'],
    ['sip:lab.test', 'sip:lab.test'],
  ])('of %s is %s', (text, address) => {
    expect(addressOfRecord(text)).toBe(address)
    expect(addressOfRecord(addressOfRecord(text))).toBe(address)
  })

  test('is nothing that another scheme has', () => expect(() => addressOfRecord('mailto:mei@lab.test')).toThrow(malformed))
})

describe('a name and address', () => {
  test('in each of its shapes', () => {
    expect(readNameAddress('"Mei \\"M\\" Li" <sip:mei@lab.test;lr>;tag=1;x="a;b"')).toEqual({
      displayName: 'Mei "M" Li', uri: 'sip:mei@lab.test;lr', params: new Map([['tag', '1'], ['x', 'a;b']]),
    })
    expect(readNameAddress('sip:mei@lab.test;tag=1')).toEqual({ uri: 'sip:mei@lab.test', params: new Map([['tag', '1']]) })
    expect(readNameAddress('Mei Li<sip:mei@lab.test>').displayName).toBe('Mei Li')
    expect(readNameAddress('<http://lab.test>').uri).toBe('http://lab.test')
    expect(tagOf('<sip:mei@lab.test> ; TAG = abc')).toBe('abc')
    expect(tagOf('<sip:mei@lab.test;tag=no>')).toBe('')
  })

  test.each(['', 'Mei', '"Mei" sip:mei@lab.test', '"Mei <sip:mei@lab.test>', '<sip:mei@lab.test', '<sip:mei@lab.test>x', '<sip:mei@lab.test>;', '<sip:mei@lab.test>;a=', 'sip:a,sip:b'])(
    '%j is malformed', (text) => expect(() => readNameAddress(text)).toThrow(malformed))

  test('is written so that it is read the same', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((value) => value.replace(/[\r\n]/g, '').trim())
    const params = fc.array(fc.tuple(fc.constantFrom('tag', 'expires', '+sip.instance', '+g.x', 'q'), text), { maxLength: 4 }).map((pairs) => new Map(pairs))
    fc.assert(fc.property(text.filter((name) => name !== ''), params, (displayName, params) => {
      const address = { displayName, uri: 'sip:mei@lab.test;transport=tcp', params }
      expect(readNameAddress(writeNameAddress(address))).toEqual(address)
    }))
  })

  test('of contacts: a list, several lines, or a star', () => {
    expect(readContacts(['*'])).toBe('*')
    const contacts = readContacts(['<sip:a@b;x=1,2>;q=0.5, "C, D" <sip:c@d>', 'sip:e@f'])
    expect(contacts === '*' ? [] : contacts.map(({ uri }) => uri)).toEqual(['sip:a@b;x=1,2', 'sip:c@d', 'sip:e@f'])
    expect(() => readContacts(['<sip:a@b>,,<sip:c@d>'])).toThrow(malformed)
  })
})

describe('other headers', () => {
  test('Via', () => {
    const via = readVia('SIP / 2.0 / tcp [::1] : 5060 ; branch = z9hG4bK1 ; rport')
    expect(via).toMatchObject({ version: '2.0', transport: 'TCP', host: '[::1]', port: 5060 })
    expect(splitTopVia('SIP/2.0/TCP a;branch="x,y", SIP/2.0/TCP b')).toEqual({ top: 'SIP/2.0/TCP a;branch="x,y"', rest: ', SIP/2.0/TCP b' })
    for (const text of ['', 'SIP/2.0', 'SIP/2.0/TCP', 'HTTP/1.1/TCP a', 'SIP/2.0/TCP a:x', 'SIP/2.0/TCP a b', 'SIP/2.0/TCP a;;']) expect(() => readVia(text), text).toThrow(malformed)
  })

  test('CSeq', () => {
    expect(readCSeq('0009  INVITE')).toEqual({ number: 9, method: 'INVITE' })
    for (const text of ['', '1', 'INVITE', '-1 INVITE', '2147483648 INVITE', '1 IN VITE', '1.5 INVITE']) expect(() => readCSeq(text), text).toThrow(malformed)
  })

  test('Content-Type', () => {
    expect(readMediaType('Text / PLAIN ; charset="utf-8"')).toEqual({ type: 'text/plain', params: new Map([['charset', 'utf-8']]) })
    for (const text of ['', 'text', '/plain', 'text/', 'te xt/plain']) expect(() => readMediaType(text), text).toThrow(malformed)
  })

  test('lists', () => expect(splitList('a, "b, c" , <d,e>;f')).toEqual(['a', '"b, c"', '<d,e>;f']))
})
