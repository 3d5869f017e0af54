import { expect, test } from 'vitest'
import { findLinks } from '../../../src-renderer/ui/links'
import { invitationIn, invitationOf } from '../../../src-renderer/groups/invitation'

const link = 'sip:conf-a1b2@home.test;code=k7m2-q9x4'

test.each([link, 'conf-a1b2@home.test;code=k7m2-q9x4', `  ${link}\n`, `加入我们：${link}。谢谢`, link.replace(';', '；')])(
  'an invitation is found in %s', (text) => expect(invitationIn(text)).toBe(link),
)
test.each(['', 'sip:mei@home.test', 'sip:conf-a1b2@home.test', 'sip:conf-a1b2@home.test;code=', 'k7m2-q9x4'])(
  'there is none in %s', (text) => expect(invitationIn(text)).toBeUndefined(),
)
test('what is handed on is an invitation', () => expect(invitationIn(invitationOf('sip:conf-a1b2@home.test', 'k7m2-q9x4'))).toBe(link))
test('in a message it is one link', () => {
  expect(findLinks(`加入${link}，谢谢 mei@home.test`)).toEqual([
    { kind: 'text', text: '加入' }, { kind: 'link', text: link, href: link }, { kind: 'text', text: '，谢谢 ' }, { kind: 'link', text: 'mei@home.test', href: 'mailto:mei@home.test' },
  ])
})
