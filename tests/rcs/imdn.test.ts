import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { imdnMeans, readImdn, writeImdn } from '../../src-main/rcs/imdn'
import type { Imdn } from '../../src-main/rcs/imdn'
import { captureBytes, faultOf } from './captures'

const imdn = (inside: string) => `<imdn xmlns="urn:ietf:params:xml:ns:imdn">${inside}</imdn>`
const delivered = '<delivery-notification><status><delivered/></status></delivery-notification>'

describe('IMDN', () => {
  it('reads a delivered receipt of Linphone', () => {
    expect(readImdn(captureBytes('16-imdn-delivered-plain-relayed.body'))).toEqual({
      messageId: '8yPNlprnLx', datetime: Date.UTC(2026, 10, 22, 17, 53, 11), kind: 'delivery', status: 'delivered',
    })
  })

  it('reads optional URIs, foreign prefixes, comments, CDATA and entities', () => {
    const said = readImdn('\uFEFF<?xml version="1.0"?><!-- x --><i:imdn xmlns:i="urn:ietf:params:xml:ns:imdn">'
      + '<i:message-id><![CDATA[a<b]]>&amp;&#x4f60;</i:message-id><i:datetime>2024-03-05T16:12:31.500+08:00</i:datetime>'
      + '<i:recipient-uri>sip:b@x</i:recipient-uri><i:original-recipient-uri> sip:c@x </i:original-recipient-uri><i:subject>s</i:subject>'
      + '<i:display-notification><i:status><i:displayed/></i:status></i:display-notification></i:imdn>\n')
    expect(said).toEqual({
      messageId: 'a<b&你', datetime: Date.UTC(2024, 2, 5, 8, 12, 31, 500), recipientUri: 'sip:b@x', originalRecipientUri: 'sip:c@x',
      kind: 'display', status: 'displayed',
    })
  })

  it('lets an unreadable time be no reason to lose the receipt', () => {
    expect(readImdn(imdn(`<message-id>m</message-id><datetime>yesterday</datetime>${delivered}`)).datetime).toBeUndefined()
  })

  it.each([
    ['another vocabulary', '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>'],
    ['another namespace', '<imdn xmlns="urn:other"><message-id>m</message-id></imdn>'],
    ['no message-id', imdn(delivered)],
    ['an empty message-id', imdn(`<message-id> </message-id>${delivered}`)],
    ['an endless message-id', imdn(`<message-id>${'x'.repeat(256)}</message-id>${delivered}`)],
    ['no notification', imdn('<message-id>m</message-id>')],
    ['no status', imdn('<message-id>m</message-id><delivery-notification/>')],
    ['a status of another notification', imdn('<message-id>m</message-id><display-notification><status><delivered/></status></display-notification>')],
    ['text', 'delivered'],
    ['JSON', '{"imdn":1}'],
  ])('refuses %s', (_, xml) => expect(faultOf(() => readImdn(xml))).toBe('malformed'))

  it('knows what a receipt means for the message', () => {
    expect(imdnMeans({ kind: 'delivery', status: 'delivered' })).toBe('delivered')
    expect(imdnMeans({ kind: 'display', status: 'displayed' })).toBe('displayed')
    for (const status of ['failed', 'forbidden', 'error'] as const) expect(imdnMeans({ kind: 'delivery', status })).toBe('failed')
    expect(imdnMeans({ kind: 'display', status: 'forbidden' })).toBeUndefined()
    expect(imdnMeans({ kind: 'processing', status: 'stored' })).toBeUndefined()
  })

  it('reads back what it writes, for every status and any message-id', () => {
    const kinds = fc.constantFrom<Pick<Imdn, 'kind' | 'status'>>(
      { kind: 'delivery', status: 'delivered' }, { kind: 'delivery', status: 'failed' }, { kind: 'delivery', status: 'forbidden' },
      { kind: 'display', status: 'displayed' }, { kind: 'processing', status: 'stored' })
    const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).map((s) => s.trim())
      .filter((s) => s.length > 0 && s.length < 200 && !/[\u0000-\u001F\uFFFE\uFFFF]/.test(s))
    fc.assert(fc.property(kinds, words, words, fc.integer({ min: 0, max: 4e9 }), fc.integer({ min: 100, max: 699 }), (kind, messageId, why, s, code) => {
      const said: Imdn = { messageId, datetime: s * 1000, recipientUri: `sip:${why}`, ...kind, reason: { code, text: why } }
      expect(readImdn(writeImdn(said))).toEqual(said)
    }))
  })

  it('writes a receipt about an id that XML cannot carry, instead of stopping', () => {
    expect(readImdn(writeImdn({ messageId: 'a\u0001\uD800\uFFFE', datetime: 0, kind: 'delivery', status: 'failed' })).messageId).toBe('a\uFFFD\uFFFD\uFFFD')
  })

  it('throws only faults, whatever comes', () => {
    const pieces = ['<', '>', '/', 'imdn', '<imdn>', '</imdn>', '<status>', '</status>', '<!', '<!--', '-->', '<![CDATA[', ']]>', '&', ';', '"', '=', ' ', 'a', '&#0;', '<?', '?>', 'xmlns', ':', '__proto__', '<__proto__/>']
    fc.assert(fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (all) => void faultOf(() => readImdn(all.join('')))), { numRuns: 3000 })
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (body) => void faultOf(() => readImdn(body))))
  })
})
