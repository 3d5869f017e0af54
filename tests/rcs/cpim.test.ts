import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultDispositions, dispositions, makeCpim, peekCpim, readCpim, writeCpim } from '../../src-main/rcs/cpim'
import { inflateBounded } from '../../src-main/rcs/deflate'
import { bytes, capture, captureBytes, faultOf, text } from './captures'

const lines = (...all: string[]) => bytes(all.join('\r\n'))
const head = ['From: <sip:a@x>', 'To: <sip:b@x>']

describe('CPIM from real peers', () => {
  it('reads what Linphone writes', () => {
    const cpim = readCpim(capture('20-message-cpim-digest.sip').body)
    expect(cpim).toMatchObject({
      from: 'sip:alice@lab.test', to: 'sip:bob@lab.test', messageId: 'aUMaxmKFDmKx',
      dateTime: Date.UTC(2026, 10, 22, 17, 54, 49), contentType: 'text/plain',
    })
    expect([...cpim.dispositions]).toEqual(defaultDispositions)
    expect(text(cpim.body)).toBe('Hello Bob in CPIM 你好 🎉')
  })

  it.each([
    '20-message-cpim-digest.sip', '21-message-cpim-relayed.sip', '25-filetransfer-cpim-relayed.sip', '45-message-cpim-raw.sip',
    '63-group-message-digest.sip', '64-group-message-fanout-relayed.sip', '67-group-imdn-multipart-fanout-relayed.sip',
  ])('writes %s byte for byte as it was read', (name) => {
    const { body } = capture(name)
    expect(text(writeCpim(readCpim(body)))).toBe(text(body))
  })

  it.each(['22-imdn-delivered-cpim-digest', '23-imdn-displayed-cpim-relayed', '26-imdn-aggregated-multipart-digest', '43-imdn-error-415-digest'])(
    'writes %s byte for byte behind its deflate', (name) => {
      const plain = inflateBounded(capture(`${name}.sip`).body)
      expect(text(plain)).toBe(text(captureBytes(`${name}.body`)))
      expect(text(writeCpim(readCpim(plain)))).toBe(text(plain))
    })

  it('makes the very bytes of a Linphone text', () => {
    const { body } = capture('20-message-cpim-digest.sip')
    const { from, to, dateTime, messageId, dispositions, contentType, body: inner } = readCpim(body)
    const made = makeCpim({ from, to, dateTime: dateTime!, messageId: messageId!, dispositions, contentType, body: inner })
    expect(text(made)).toBe(text(body))
  })

  it('refuses what Kamailio prefixed', () => {
    expect(faultOf(() => readCpim(capture('34-msilo-default-broken-cpim.sip').body))).toBe('malformed')
  })
})

describe('reading CPIM', () => {
  it('honours the prefix that NS declares', () => {
    const body = lines(...head, 'NS: i <urn:ietf:params:imdn>', 'i.Message-ID: m1', 'i.Disposition-Notification: display', '', '', '')
    expect(peekCpim(body)).toMatchObject({ messageId: 'm1', dispositions: new Set(['display']) })
  })

  it('does not take a foreign namespace for IMDN', () => {
    const body = lines(...head, 'NS: imdn <urn:other>', 'imdn.Message-ID: m1', '', '', '')
    expect(peekCpim(body).messageId).toBeUndefined()
  })

  it('honours a default namespace only below its NS line', () => {
    const body = lines(...head, 'Message-ID: no', 'NS: <urn:ietf:params:imdn>', 'Message-ID: yes', '', '', '')
    expect(peekCpim(body).messageId).toBe('yes')
  })

  it('takes an undeclared imdn prefix, names in any case, and disposition parameters', () => {
    const body = lines('FROM: <sip:a@x>', 'to:<sip:b@x>', 'Imdn.x: 1', 'imdn.message-id: m', 'imdn.Disposition-Notification: Display;a=b , unknown', '', '', '')
    expect(peekCpim(body)).toMatchObject({ messageId: 'm', dispositions: new Set(['display']) })
  })

  it('reads names of people', () => {
    const named = (from: string) => readCpim(lines(`From: ${from}`, 'To: <sip:b@x>', '', '', '')).fromName
    expect(named('李雷 <sip:a@x>')).toBe('李雷')
    expect(named('"A \\"B\\" <c>" <sip:a@x>')).toBe('A "B" <c>')
    expect(named('<sip:a@x>')).toBeUndefined()
    expect(readCpim(lines('From: sip:a@x', 'To: sip:b@x', '', '', '')).from).toBe('sip:a@x')
  })

  it('means text/plain when no type is said', () => {
    const body = lines(...head, '', '', 'hi')
    expect(readCpim(body).contentType).toBe('text/plain')
    expect(text(readCpim(body).body)).toBe('hi')
  })

  it('unfolds MIME headers', () => {
    const body = lines(...head, '', 'Content-Type: multipart/mixed;', '\tboundary=b', '', 'x')
    expect(readCpim(body).contentType).toBe('multipart/mixed; boundary=b')
    expect(peekCpim(body).contentType).toBe('multipart/mixed; boundary=b')
  })

  it('lets a length that counts characters cut nothing, drops line ends beyond it, and calls a missing rest a fault', () => {
    const of = (length: string, body: string) => readCpim(lines(...head, '', `Content-Length: ${length}`, '', body)).body
    expect(text(of('2', '你好'))).toBe('你好')
    expect(text(of('2', 'hi\r\n'))).toBe('hi')
    expect(faultOf(() => of('9', 'hi'))).toBe('malformed')
    expect(faultOf(() => of('-1', 'hi'))).toBe('malformed')
    expect(faultOf(() => of('1e1', 'hi'))).toBe('malformed')
  })

  it.each([
    ['a bare LF', bytes('From: <sip:a@x>\nTo: <sip:b@x>\n\nContent-Type: text/plain\n\nhi')],
    ['a bare LF among the MIME headers', lines(...head, '', 'Content-Type: text/plain\nX: y', '', 'hi')],
    ['a bare CR', lines(...head, 'Subject: a\rb', '', '', '')],
    ['no From', lines('To: <sip:b@x>', '', '', 'hi')],
    ['no To', lines('From: <sip:a@x>', '', '', 'hi')],
    ['an empty From', lines('From: <>', 'To: <sip:b@x>', '', '', 'hi')],
    ['an open bracket', lines('From: <sip:a@x', 'To: <sip:b@x>', '', '', 'hi')],
    ['no message headers', lines('', 'Content-Type: text/plain', '', 'hi')],
    ['no end of the message headers', lines(...head)],
    ['no end of the MIME headers', lines(...head, '', 'Content-Type: text/plain')],
    ['a line without a colon', lines(...head, 'hello', '', '', '')],
    ['a folded message header', lines(...head, ' folded: x', '', '', '')],
    ['an empty Message-ID', lines(...head, 'imdn.Message-ID: ', '', '', '')],
    ['an endless Message-ID', lines(...head, `imdn.Message-ID: ${'x'.repeat(256)}`, '', '', '')],
    ['NS without a URI', lines(...head, 'NS: imdn', '', '', '')],
    ['a control character', lines(...head, 'imdn.Message-ID: a\u0001b', '', '', '')],
    ['bytes that are no UTF-8', Uint8Array.of(...lines('Subject: '), 0xff, 0xfe, ...lines('', ...head, '', '', ''))],
    ['nothing', new Uint8Array(0)],
  ])('refuses %s, in both readers', (_, body) => {
    expect(faultOf(() => readCpim(body))).toBe('malformed')
    expect(faultOf(() => peekCpim(body))).toBe('malformed')
  })

  it('refuses a capture cut anywhere in its heads', () => {
    const { body } = capture('20-message-cpim-digest.sip')
    for (let length = 0; length < body.length; length++) expect(faultOf(() => readCpim(body.subarray(0, length)))).toBe('malformed')
    expect(faultOf(() => readCpim(body))).toBeUndefined()
  })
})

describe('CPIM, whatever comes', () => {
  const piece = fc.constantFrom('From: <sip:a@x>', 'To: <sip:b@x>', '\r\n', '\n', '\r', ':', 'NS: ', '<', '>', 'imdn.Message-ID: 1', ' ', 'x', '\u0000', '你')
  const almost = fc.array(piece, { maxLength: 30 }).map((pieces) => bytes(pieces.join('')))

  it('throws only faults, and peek knows what read knows', () => {
    fc.assert(fc.property(fc.oneof(almost, fc.uint8Array({ maxLength: 300 })), (body) => {
      const fault = faultOf(() => readCpim(body))
      if (fault !== undefined) return
      const { messageId, dispositions, dateTime, contentType } = readCpim(body)
      const peek = peekCpim(body)
      expect([peek.messageId, peek.dispositions, peek.dateTime, peek.contentType ?? 'text/plain'])
        .toEqual([messageId, dispositions, dateTime, contentType])
    }), { numRuns: 2000 })
  })

  it('reads back what it made', () => {
    const word = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }).map((s) => s.trim()).filter((s) => s.length > 0)
    fc.assert(fc.property(
      word, fc.subarray([...dispositions]), fc.integer({ min: 0, max: 4e9 }), fc.uint8Array(),
      (messageId, asked, seconds, body) => {
        const input = { from: 'sip:a@x', to: 'tel:+861', dateTime: seconds * 1000, messageId, dispositions: asked, contentType: 'a/b', body }
        const { from, to, dateTime, contentType, ...rest } = readCpim(makeCpim(input))
        expect({ from, to, dateTime, contentType }).toEqual({ from: 'sip:a@x', to: 'tel:+861', dateTime: seconds * 1000, contentType: 'a/b' })
        expect(rest.messageId).toBe(messageId)
        expect([...rest.dispositions]).toEqual(asked)
        expect(rest.body).toEqual(body)
      }))
  })

  it.each([
    { from: 'sip:a@x>\r\nX: y' }, { to: 'a b' }, { messageId: 'a\r\nTo: <sip:c@x>' }, { contentType: 'a/b\r\n\r\n' }, { dateTime: Number.NaN },
  ])('writes nothing that breaks out of its line: %j', (wrong) => {
    const input = { from: 'sip:a@x', to: 'sip:b@x', dateTime: 0, contentType: 'text/plain', body: bytes('hi') }
    expect(faultOf(() => makeCpim({ ...input, ...wrong }))).toBe('bad-argument')
  })
})
