import { describe, expect, it } from 'vitest'
import { readAccount, readRecipient } from '../../src-main/client/address'

const own = 'sip:lan@office.example'

describe('readRecipient', () => {
  it.each([
    ['mei', 'sip:mei@office.example'],
    ['Mei', 'sip:Mei@office.example'],
    [' +86 138-0000-0001 ', 'sip:+8613800000001@office.example'],
    ['＋８６１３８０００００００１', 'sip:+8613800000001@office.example'],
    ['10086', 'sip:10086@office.example'],
    ['mei@Other.Example', 'sip:mei@other.example'],
    ['sip:mei@other.example:5060;transport=tcp', 'sip:mei@other.example'],
    ['sips:mei@other.example', 'sip:mei@other.example'],
    ['sip:+8613800000001@other.example;user=phone', 'sip:+8613800000001@other.example'],
    ['tel:+86-138-0000-0001', 'tel:+8613800000001'],
    ['tel:10086;phone-context=+86', 'tel:10086;phone-context=+86'],
    ['mei.li_2@other.example', 'sip:mei.li_2@other.example'],
  ])('%s is %s', (typed, address) => expect(readRecipient(typed, own)).toBe(address))

  it.each(['', '   ', 'two words', 'a@b@c d', '@other.example', 'mei@', 'mei@-x-', '小梅', 'http://example.com', 'mailto:mei@other.example',
    'tel:abc', 'mei<x>@other.example', 'mei@other.example\r\nX: y', 'a'.repeat(300)])('%j is no address', (typed) =>
    expect(() => readRecipient(typed, own)).toThrow(expect.objectContaining({ code: 'bad-argument', detail: { field: 'to' } })))
})

describe('readAccount', () => {
  it.each([
    ['mei@Office.Example', 'sip:mei@office.example'],
    ['sip:mei@office.example', 'sip:mei@office.example'],
    ['+8613800000001@ims.example', 'sip:+8613800000001@ims.example'],
    ['ｍｅｉ＠office.example', 'sip:mei@office.example'],
  ])('%s is %s', (typed, address) => expect(readAccount(typed)).toBe(address))

  it.each(['mei', '', 'tel:+861', 'mei@', 'mei:secret@office.example'])('%j is none', (typed) =>
    expect(() => readAccount(typed)).toThrow(expect.objectContaining({ code: 'bad-argument' })))
})
