import { expect, test } from 'vitest'
import { addressTyped } from '../../../src-renderer/groups/typed'

test.each([
  ['lan', 'sip:lan@home.test'], ['+86 138 0013-8000', 'sip:+8613800138000@home.test'], ['１３８００１３８０００', 'sip:13800138000@home.test'], ['10086', 'sip:10086@home.test'],
  ['mei@Office.Example', 'sip:mei@office.example'], ['sip:mei@office.example', 'sip:mei@office.example'], ['tel:+86-138-0013-8000', 'tel:+8613800138000'],
])('%s is %s', (text, address) => expect(addressTyped(text, 'home.test')).toBe(address))

test.each(['', 'a', '林美', 'two words', 'mei@', '@home', 'tel:mei', 'a@b@c', 'mei@home;code=1'])(
  '%s is no address yet', (text) => expect(addressTyped(text, 'home.test')).toBeUndefined(),
)
