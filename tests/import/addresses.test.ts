import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRecipient } from '../../src-main/client/address'
import { isReadOnly } from '../../src-main/contract/kept-address'
import { addressKey, conversationOf, groupOf, homeOf, isSelf } from '../../src-main/import/addresses'
import { callingCodeOf, fullNumber } from '../../src-main/import/numbers'

describe('a number in full', () => {
  it.each([
    ['86', '13800138000', '+8613800138000'], ['86', '+8613800138000', '+8613800138000'], ['86', '+86 138-0013-8000', '+8613800138000'],
    ['86', '008613800138000', '+8613800138000'], ['86', '8613800138000', '+8613800138000'], ['86', '１３８００１３８０００', '+8613800138000'],
    ['86', '010 6512 3456', '+861065123456'], ['86', '0571-87654321', '+8657187654321'], ['86', '+86 010 65123456', '+861065123456'],
    ['86', '10086', '10086'], ['86', '+8610086', '10086'], ['86', '95588', '95588'], ['86', '+8695588', '95588'], ['86', '12306', '12306'],
    ['86', '106575251234567', '106575251234567'], ['86', '+86106575251234567', '106575251234567'], ['86', '65123456', '65123456'],
    ['86', '4008123123', '4008123123'], ['86', '+14155552671', '+14155552671'], ['86', '*100#', '*100#'],
    ['1', '(415) 555-2671', '+14155552671'], ['1', '1 415 555 2671', '+14155552671'], ['1', '262966', '262966'], ['1', '13800138000', '13800138000'],
    ['44', '07911 123456', '+447911123456'], ['49', '0151 23456789', '+4915123456789'], ['39', '0612345678', '+390612345678'],
    ['7', '8 912 345 67 89', '+79123456789'], ['852', '91234567', '+85291234567'],
    ['86', 'ICBC', undefined], ['86', 'mei@example.org', undefined], ['86', '', undefined], ['86', '+', undefined],
  ])('in +%s %j is %j', (home, written, full) => expect(fullNumber(written, home)).toBe(full))

  it.each([['+8613800138000', '86'], ['+14155552671', '1'], ['+85291234567', '852'], ['+447911123456', '44'], ['13800138000', undefined]])(
    'the calling code of %s is %s', (number, code) => expect(callingCodeOf(number)).toBe(code))
})

describe('the conversation', () => {
  const home = homeOf('sip:lan@office.example')

  it('is the one that the number in full opens by hand', () =>
    expect(conversationOf('138 0013 8000', home)).toBe(readRecipient('+8613800138000', home.account)))

  it('takes the country of the account’s own number', () => {
    expect(conversationOf('415 555 2671', homeOf('sip:+14155550000@ims.example'))).toBe('sip:+14155552671@ims.example')
    expect(isSelf('4155550000', homeOf('sip:+14155550000@ims.example'))).toBe(true)
    expect(isSelf('insert-address-token', home)).toBe(true)
    expect(isSelf('13800138000', home)).toBe(false)
  })

  it.each([['ICBC', 'sip:ICBC@kept.invalid'], ['中国移动', 'sip:%E4%B8%AD%E5%9B%BD%E7%A7%BB%E5%8A%A8@kept.invalid'], ['mei@example.org', 'sip:mei%40example.org@kept.invalid'],
    ['', 'sip:unknown@kept.invalid'], ['*100#', 'sip:*100%23@kept.invalid'], ['a <b>"\r\n', 'sip:a%20%3Cb%3E%22@kept.invalid']])(
    'of %j can only be read', (written, address) => {
      expect(conversationOf(written, home)).toBe(address)
      expect(isReadOnly(address)).toBe(true)
    })

  it('is an address that a window may name, whatever was written', () => fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (written) => {
    const address = conversationOf(written, home)
    expect(address).toMatch(/^sip:[^\s<>@]+@[^\s<>@]+$/)
    expect(address.length).toBeLessThan(512)
  })))

  it('of a group does not depend on the order', () => {
    expect(groupOf(['sip:a@x', 'sip:b@x'])).toBe(groupOf(['sip:b@x', 'sip:a@x', 'sip:b@x']))
    expect(groupOf(['sip:a@x', 'sip:b@x'])).not.toBe(groupOf(['sip:a@x', 'sip:c@x']))
  })
})

it('the key of an address is the same for every spelling', () => {
  expect(new Set(['+86 138-0013-8000', '13800138000', '008613800138000'].map(addressKey)).size).toBe(1)
  expect(addressKey('ICBC')).toBe(addressKey('icbc '))
  expect(addressKey('10086')).not.toBe(addressKey('10010'))
})
