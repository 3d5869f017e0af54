import { expect, test } from 'vitest'
import { addressInWords, domainOf } from '../../../src-renderer/ui/address'

test.each([
  ['tel:+8613800138000', '+86 138 0013 8000'], ['tel:13800138000', '138 0013 8000'], ['tel:+14155550123', '+1 41 5555 0123'], ['tel:10086', '10086'],
  ['sip:mei@yan.example', 'mei'], ['sip:mei@other.example', 'mei@other.example'], ['sip:mei@YAN.example', 'mei'], ['sip:%E7%BE%8E@yan.example', '美'], ['sip:+8613800138000@ims.example', '+86 138 0013 8000'], ['odd', 'odd'],
])('%s → %s', (address, words) => expect(addressInWords(address, 'yan.example')).toBe(words))

test('a number has no domain', () => {
  expect(domainOf('sip:mei@Yan.example')).toBe('yan.example')
  expect(domainOf('tel:+86138')).toBeUndefined()
})
