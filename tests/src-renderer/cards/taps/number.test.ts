import { describe, expect, test } from 'vitest'
import { allowedUrl } from '../../../../src-main/base/allow-list'
import { dialable, isOfNumber, smsLink, telLink } from '../../../../src-renderer/cards/taps/number'

describe('a number of a bot', () => {
  test('is dialled without what only makes it easy to read', () => {
    expect(dialable('+86 (138) 0013-8000')).toBe('+8613800138000')
    expect(dialable('９５５８８')).toBe('95588')
  })
  test.each(['*#06#', '**21*+8610#', '', '1', '+', 'sip:a@b', '138;phone-context=x', '12,34', '1'.repeat(21)])('%s is none', (number) => expect(dialable(number)).toBeUndefined())

  test('links with it are ones that may leave', () => {
    expect(allowedUrl(telLink('+8613800138000'))).toBe('tel:+8613800138000')
    expect(allowedUrl(smsLink('10086', 'a&b=c #1\n余额?'))).toBe('sms:10086?body=a%26b%3Dc%20%231%0A%E4%BD%99%E9%A2%9D%3F')
  })
  test('is known by the addresses that carry it', () => {
    for (const address of ['tel:+8613800138000', 'sip:+8613800138000@yan.example', 'sip:+8613800138000;x=1@yan.example']) expect(isOfNumber(address, '+8613800138000')).toBe(true)
    for (const address of ['tel:+8613800138001', 'sip:mei@yan.example', 'nothing']) expect(isOfNumber(address, '+8613800138000')).toBe(false)
  })
})
