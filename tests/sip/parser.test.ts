import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Headers } from '../../src-main/sip/headers'
import { noBody } from '../../src-main/sip/message'
import type { SipMessage } from '../../src-main/sip/message'
import { parseMessage } from '../../src-main/sip/parser'
import { encode, writeMessage, written } from '../../src-main/sip/write'
import { lines, messagesIn } from './wire'

const plain = (message: SipMessage) => ({ ...message, headers: [...message.headers.entries()], body: Buffer.from(message.body).toString('hex') })
const token = fc.string({ unit: fc.constantFrom(...'abcXYZ019-.!%*_+`\'~'), minLength: 1, maxLength: 20 })
// Text as RFC 3261 25.1 allows it in a header: no line ends, no white space at its ends.
const value = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replace(/[\r\n\ufffd]/g, '').replace(/^[ \t]+|[ \t]+$/g, '').trim())
const headerName = fc.oneof(token, fc.constantFrom('Via', 'From', 'to', 'X-Own', 'SUBJECT', 'call-id'))
const headers = fc.array(fc.tuple(headerName, value), { maxLength: 12 })
const body = fc.uint8Array({ maxLength: 60 })
const uri = fc.constantFrom('sip:lan@lab.test', 'sip:a;b=1@[::1]:5060;transport=tcp', 'tel:+8613800000001')

describe('parse(write(m)) = m', () => {
  const same = (message: SipMessage): void => {
    message.headers.set('Content-Length', String(message.body.length))
    const [again, more] = messagesIn(writeMessage(message))
    expect(more).toBeUndefined()
    expect(plain(again!)).toEqual(plain(message))
  }

  test('for requests', () => {
    fc.assert(fc.property(token, uri, headers, body, (method, uri, entries, body) => {
      same({ kind: 'request', method, uri, headers: new Headers(entries), body })
    }))
  })

  test('for responses', () => {
    fc.assert(fc.property(fc.integer({ min: 100, max: 699 }), value, headers, body, (status, reason, entries, body) => {
      same({ kind: 'response', status, reason, headers: new Headers(entries), body })
    }))
  })
})

describe('several messages in one buffer', () => {
  test.each([['你好', 'hello'], ['hello', '你好'], ['é', 'é'], ['a', 'b']])('are what each of them is alone: %s, %s', (...subjects) => {
    const messages = subjects.flatMap((subject) => [noBody, Buffer.from(subject)].map((body): SipMessage =>
      ({ kind: 'request', method: 'MESSAGE', uri: 'sip:lan@lab.test', headers: new Headers([['Subject', subject]]), body })))
    expect(encode(messages.map(written)).toString()).toBe(messages.map((each) => writeMessage(each).toString()).join(''))
    expect(writeMessage(messages[0]!).toString()).toBe(`MESSAGE sip:lan@lab.test SIP/2.0\r\nSubject: ${subjects[0]}\r\nContent-Length: 0\r\n\r\n`)
  })
})

describe('a parsed message', () => {
  test.each([10, 2_000])('has its body of %d bytes in other memory, and keeps at most 8 KB with it', (size) => {
    const bytes = Buffer.alloc(10_000, 'x')
    const { body } = parseMessage(lines(['MESSAGE sip:lan@lab.test SIP/2.0']), bytes.subarray(5, 5 + size))
    bytes.fill('y')
    expect(Buffer.from(body).toString()).toBe('x'.repeat(size))
    expect(body.buffer.byteLength).toBeLessThanOrEqual(8192)
  })

  test('keeps its body when others come after it', () => {
    const bodies = Array.from({ length: 100 }, (_, i) => parseMessage(lines(['MESSAGE sip:lan@lab.test SIP/2.0']), Buffer.alloc(500, i)).body)
    bodies.forEach((body, i) => expect(body.every((byte) => byte === i)).toBe(true))
  })

  test('is the same however its bytes are read', () => {
    // A fold at the end sends the whole head to the careful reader; what stood above it must be read alike.
    const head = ['MESSAGE sip:lan@lab.test SIP/2.0', 'v: SIP/2.0/TCP a;branch=z9hG4bK1', 'FROM:<sip:mei@lab.test>;tag=1', 'X-Own:  a  b', 'X-Empty:',
      'l: 0', 'Call-id: c1', 'T: <sip:lan@lab.test>', 'vIA:SIP/2.0/TCP b;branch=z9hG4bK2']
    const [plain, careful] = [head, [...head, 'Subject: x', ' y']].map((each) => [...parseMessage(lines(each), noBody).headers.entries()])
    expect(careful!.slice(0, -1)).toEqual(plain)
  })

  test('has folded values in one line', () => {
    const { headers } = parseMessage(lines(['OPTIONS sip:lan@lab.test SIP/2.0', 'Subject:', '  one', '\ttwo  ', 'To: <sip:lan@lab.test>']), noBody)
    expect([...headers.entries()]).toEqual([['Subject', 'one two'], ['To', '<sip:lan@lab.test>']])
  })

  test('keeps Chinese in its headers', () => {
    const { headers } = parseMessage(lines(['OPTIONS sip:lan@lab.test SIP/2.0', 'Subject: 周末']), noBody)
    expect(headers.get('subject')).toBe('周末')
  })
})

describe('what is written', () => {
  test('says the length that the body has', () => {
    const headers = new Headers([['l', '99'], ['To', '<sip:lan@lab.test>']])
    expect(writeMessage({ kind: 'request', method: 'MESSAGE', uri: 'sip:lan@lab.test', headers, body: Buffer.from('你') }).toString()).toBe(
      'MESSAGE sip:lan@lab.test SIP/2.0\r\nContent-Length: 3\r\nTo: <sip:lan@lab.test>\r\n\r\n你')
  })

  test('cannot hold a line end in a header', () => {
    expect(() => new Headers().add('Subject', 'x\r\nEvil: 1')).toThrow(expect.objectContaining({ code: 'bad-argument' }))
    expect(() => new Headers().set('Evil: 1\r\nX', 'y')).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  })
})

describe('headers', () => {
  const headers = () => new Headers([['Via', 'a'], ['f', '<sip:mei@lab.test>'], ['VIA', 'b'], ['X-Own', '1']])

  test('are found by any spelling, short forms too', () => {
    expect(headers().get('v')).toBe('a')
    expect(headers().all('via')).toEqual(['a', 'b'])
    expect(headers().get('FROM')).toBe('<sip:mei@lab.test>')
    expect(headers().has('x-own')).toBe(true)
    expect(headers().get('To')).toBeUndefined()
  })

  test('are written with their long names, in their order', () => {
    expect([...headers().entries()].map(([name]) => name)).toEqual(['Via', 'From', 'Via', 'X-Own'])
  })

  test('are set where the first stood, and further ones go', () => {
    expect([...headers().set('via', 'c').entries()]).toEqual([['Via', 'c'], ['From', '<sip:mei@lab.test>'], ['X-Own', '1']])
    expect(headers().setFirst('via', 'c').all('Via')).toEqual(['c', 'b'])
    expect(headers().prepend('Via', 'z').all('Via')).toEqual(['z', 'a', 'b'])
    expect(headers().remove('v').has('Via')).toBe(false)
  })

  test('of a clone are its own', () => {
    const one = headers()
    one.clone().remove('Via')
    expect(one.all('Via')).toHaveLength(2)
  })
})
