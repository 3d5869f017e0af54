import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPayload, writeComposing, writeReceipt, writeReceipts, writeText, writeTombstone } from '../../src-main/rcs/content'
import { defaultDispositions, makeCpim } from '../../src-main/rcs/cpim'
import type { Imdn } from '../../src-main/rcs/imdn'
import { bytes, capture, faultOf } from './captures'

const read = (name: string) => readPayload(capture(name))
const imdns = (name: string) => read(name).parts.map((part) => (part.kind === 'imdn' ? [part.imdn.messageId, part.imdn.status] : part.kind))

describe('payloads from real peers', () => {
  it('reads a plain text', () => {
    expect(read('14-message-text-relayed.sip').parts).toEqual([{ kind: 'text', text: expect.stringContaining('你好') }])
    expect(read('14-message-text-relayed.sip').cpim).toBeUndefined()
  })

  it('reads a text in CPIM', () => {
    const { cpim, parts } = read('21-message-cpim-relayed.sip')
    expect(cpim).toEqual({
      from: 'sip:alice@lab.test', to: 'sip:bob@lab.test', messageId: 'aUMaxmKFDmKx',
      dateTime: Date.UTC(2026, 10, 22, 17, 54, 49), dispositions: new Set(defaultDispositions),
    })
    expect(parts).toEqual([{ kind: 'text', text: 'Hello Bob in CPIM 你好 🎉' }])
  })

  it('reads receipts with and without CPIM, deflated or not', () => {
    expect(imdns('16-imdn-delivered-plain-relayed.sip')).toEqual([['8yPNlprnLx', 'delivered']])
    expect(imdns('17-imdn-displayed-plain-relayed.sip')).toEqual([[expect.any(String), 'displayed']])
    expect(imdns('22-imdn-delivered-cpim-digest.sip')).toEqual([['aUMaxmKFDmKx', 'delivered']])
    expect(imdns('23-imdn-displayed-cpim-relayed.sip')).toEqual([[expect.any(String), 'displayed']])
  })

  it('reads several receipts in one message', () => {
    expect(imdns('26-imdn-aggregated-multipart-digest.sip')).toEqual([
      ['5mQpLDR84yUw', 'delivered'], ['8aJbTZS8sfyK', 'delivered'], ['7vu5l3k9XT-b', 'delivered'],
    ])
    expect(imdns('67-group-imdn-multipart-fanout-relayed.sip')).toEqual([['KEl0N1eDDNgT', 'displayed'], ['GCRp~YBOCanR', 'displayed']])
  })

  it("reads Linphone's reason for a failure", () => {
    expect(read('43-imdn-error-415-digest.sip').parts).toEqual([{
      kind: 'imdn',
      imdn: {
        messageId: '5TgIxdbmLI', datetime: Date.UTC(2026, 10, 22, 18, 0, 52), kind: 'delivery', status: 'failed',
        reason: { code: 415, text: 'Incompatible media capabilities' },
      },
    }])
  })

  it('reads is-composing', () => {
    for (const name of ['18-iscomposing-plain-relayed.sip', '24-iscomposing-cpim-relayed.sip', '32-msilo-stored-iscomposing.sip']) {
      expect(read(name).parts).toEqual([{ kind: 'composing', composing: { state: 'active', refresh: 60 } }])
    }
  })

  it('reads a file', () => {
    for (const name of ['19-filetransfer-plain-digest.sip', '25-filetransfer-cpim-relayed.sip', '33-msilo-stored-filetransfer.sip']) {
      expect(read(name).parts).toMatchObject([{ kind: 'file', file: { name: 'photo.txt', size: 4053, contentType: 'text/plain' } }])
    }
  })

  it('reads a multipart of two texts', () => {
    expect(read('46-message-multipart-raw.sip').parts).toEqual([{ kind: 'text', text: 'part one' }, { kind: 'text', text: 'part two' }])
  })
})

describe('unwrapping', () => {
  const cpim = (contentType: string, body: Uint8Array) => makeCpim({ from: 'sip:a@x', to: 'sip:b@x', dateTime: 0, contentType, body })

  it('reads other charsets and transfer encodings', () => {
    const text = (contentType: string, body: Uint8Array) => readPayload({ contentType, body }).parts
    expect(text('text/plain;charset=gb18030', Uint8Array.of(0xc4, 0xe3))).toEqual([{ kind: 'text', text: '你' }])
    expect(text('TEXT/Plain; charset="utf-8"', bytes('\uFEFF你'))).toEqual([{ kind: 'text', text: '你' }])
    const base64 = bytes('--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n5L2g\r\n--b--')
    expect(text('multipart/mixed;boundary=b', base64)).toEqual([{ kind: 'text', text: '你' }])
  })

  it('inflates inside CPIM, too', () => {
    const body = bytes('From: <sip:a@x>\r\nTo: <sip:b@x>\r\n\r\nContent-Type: text/plain\r\nContent-Encoding: deflate\r\n\r\n')
    const whole = Buffer.concat([body, deflateSync('hi')])
    expect(readPayload({ contentType: 'message/cpim', body: whole }).parts).toEqual([{ kind: 'text', text: 'hi' }])
  })

  it.each([
    ['text that is no UTF-8', { contentType: 'text/plain', body: Uint8Array.of(0xff, 0xfe, 0x41) }, 'malformed'],
    ['text of a charset nobody knows', { contentType: 'text/plain;charset=klingon', body: bytes('x') }, 'bad-encoding'],
    ['a receipt that is text', { contentType: 'message/imdn+xml', body: bytes('delivered') }, 'malformed'],
    ['a receipt that is typing', { contentType: 'message/imdn+xml', body: bytes('<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>idle</state></isComposing>') }, 'malformed'],
    ['typing that is a receipt', { contentType: 'application/im-iscomposing+xml', body: bytes('<imdn/>') }, 'malformed'],
    ['CPIM that is text', { contentType: 'message/cpim', body: bytes('hello') }, 'malformed'],
    ['CPIM with bare LF', { contentType: 'message/cpim', body: bytes('From: <sip:a@x>\nTo: <sip:b@x>\n\n\nhi') }, 'malformed'],
    ['a receipt in CPIM that is no receipt', { contentType: 'message/cpim', body: cpim('message/imdn+xml', bytes('hi')) }, 'malformed'],
    ['a tombstone that is no JSON', { contentType: 'application/vnd.yanxin.tombstone+json', body: bytes('{') }, 'malformed'],
    ['an encoding nobody knows', { contentType: 'text/plain', contentEncoding: 'br', body: bytes('x') }, 'bad-encoding'],
    ['deflate that is text', { contentType: 'text/plain', contentEncoding: 'deflate', body: bytes('hello') }, 'bad-encoding'],
    ['deflate that expands without end', { contentType: 'text/plain', contentEncoding: 'Deflate', body: deflateSync(Buffer.alloc(1 << 20)) }, 'too-large'],
    ['multipart without a boundary', { contentType: 'multipart/mixed', body: bytes('--b--') }, 'malformed'],
    ['multipart without parts', { contentType: 'multipart/mixed;boundary=b', body: bytes('--b--') }, 'malformed'],
    ['multipart without an end', { contentType: 'multipart/mixed;boundary=b', body: bytes('--b\r\n\r\nx') }, 'malformed'],
    ['a type that is none', { contentType: 'text', body: bytes('x') }, 'malformed'],
  ])('refuses %s', (_, input, code) => expect(faultOf(() => readPayload(input))).toBe(code))

  it('holds the limit that the caller sets', () => {
    const input = { contentType: 'text/plain', contentEncoding: 'deflate', body: deflateSync('hello') }
    expect(faultOf(() => readPayload({ ...input, limit: 4 }))).toBe('too-large')
    expect(faultOf(() => readPayload({ ...input, limit: 5 }))).toBeUndefined()
  })

  it('refuses CPIM in CPIM in CPIM without end', () => {
    let [contentType, body] = ['text/plain', bytes('hi')]
    for (let i = 0; i < 5; i++) [contentType, body] = ['message/cpim', cpim(contentType, body)]
    expect(faultOf(() => readPayload({ contentType, body }))).toBe('too-large')
  })

  it('counts the parts of all levels together', () => {
    const many = (type: string, body: string, count: number, boundary: string) =>
      `--${boundary}\r\nContent-Type: ${type}\r\n\r\n${body}\r\n`.repeat(count) + `--${boundary}--`
    const body = bytes(many('multipart/mixed;boundary=in', many('text/plain', 'x', 10, 'in'), 7, 'out'))
    expect(faultOf(() => readPayload({ contentType: 'multipart/mixed;boundary=out', body }))).toBe('too-large')
  })

  it('throws only faults, whatever comes as whatever', () => {
    const type = fc.constantFrom('text/plain', 'message/cpim', 'message/imdn+xml', 'application/im-iscomposing+xml', 'multipart/mixed;boundary=b', 'application/vnd.yanxin.tombstone+json', 'x', '', 'text/plain;charset=utf-16')
    const piece = fc.constantFrom('From: <sip:a@x>\r\n', 'To: <sip:b@x>\r\n', '\r\n', '--b', '--', 'Content-Type: multipart/mixed;boundary=b\r\n', 'Content-Transfer-Encoding: base64\r\n', '<imdn>', 'x')
    const body = fc.oneof(fc.uint8Array(), fc.array(piece, { maxLength: 25 }).map((all) => bytes(all.join(''))))
    const contentEncoding = fc.constantFrom(undefined, 'deflate', 'identity', 'x')
    fc.assert(fc.property(type, contentEncoding, body, (contentType, contentEncoding, body) =>
      void faultOf(() => readPayload({ contentType, contentEncoding, body }))), { numRuns: 2000 })
  })
})

describe('writing', () => {
  const frame = { from: 'sip:mei@yx.test', to: 'sip:lan@yx.test', sentAt: Date.UTC(2026, 0, 2, 3, 4, 5), id: 'm1' }
  const imdn = (messageId: string): Imdn => ({ messageId, datetime: 0, kind: 'display', status: 'displayed' })

  it('reads back every text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.boolean(), (text, bare) => {
      // A byte order mark at the front is no part of the text.
      fc.pre(!text.startsWith('\uFEFF'))
      const { cpim, parts } = readPayload(writeText({ ...frame, text, bare }))
      expect(parts).toEqual([{ kind: 'text', text }])
      expect(cpim?.messageId).toBe(bare ? undefined : 'm1')
      if (!bare) expect(cpim).toMatchObject({ from: frame.from, to: frame.to, dateTime: frame.sentAt, dispositions: new Set(defaultDispositions) })
    }))
  })

  it('asks only for what the sender wants to be told', () => {
    expect(readPayload(writeText({ ...frame, text: 'hi', dispositions: [] })).cpim!.dispositions.size).toBe(0)
  })

  it('writes receipts that ask for none themselves, single and together', () => {
    const one = readPayload(writeReceipt({ ...frame, imdn: imdn('a') }))
    expect([one.parts, one.cpim!.dispositions.size]).toEqual([[{ kind: 'imdn', imdn: imdn('a') }], 0])
    for (const bare of [true, false]) {
      const written = writeReceipts({ ...frame, bare, imdns: [imdn('a'), imdn('--yanxin'), imdn('c')] })
      expect(written.contentType).toMatch(bare ? /^multipart\/mixed;boundary=/ : /^message\/cpim$/)
      expect(readPayload(written).parts).toEqual(['a', '--yanxin', 'c'].map((id) => ({ kind: 'imdn', imdn: imdn(id) })))
    }
    expect(writeReceipts({ ...frame, bare: true, imdns: [imdn('a')] }).contentType).toBe('message/imdn+xml')
  })

  it('writes typing and tombstones', () => {
    const composing = { state: 'active', refresh: 60 } as const
    expect(readPayload(writeComposing({ ...frame, composing })).parts).toEqual([{ kind: 'composing', composing }])
    const tombstone = { messageId: 'm0', from: 'sip:lan@yx.test', sentAt: 5, reason: 'expired' } as const
    expect(readPayload(writeTombstone({ ...frame, tombstone })).parts).toEqual([{ kind: 'tombstone', tombstone }])
  })
})
