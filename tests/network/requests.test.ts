import { expect, it } from 'vitest'
import { conversationId } from '../../src-main/network/requests'

// RFC 9562 5.5, of SHA-1 over `urn:yanxin:conversation` and both addresses, a line each.
it('a conversation has the same name on both sides, in every version of this program', () => {
  expect(conversationId('sip:mei@example.org', 'sip:lan@example.org')).toBe('4c5d1707-9bdc-5ae0-b19e-2145b8734e32')
  expect(conversationId('sip:lan@example.org', 'sip:mei@example.org')).toBe('4c5d1707-9bdc-5ae0-b19e-2145b8734e32')
})
