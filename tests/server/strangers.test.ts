import { expect, test } from 'vitest'
import { networkOf, Strangers } from '../../src-main/server/strangers'
import type { Peer } from '../../src-main/server/peer'

const peer = (host: string, accounts = 0): Peer => ({ flow: { remote: { host } }, accounts: new Set(Array.from({ length: accounts }, (_, i) => i)) }) as unknown as Peer

test('above the limit the oldest on which nobody signed in has to go, of that host only', () => {
  const strangers = new Strangers(2)
  const [first, second, third, elsewhere] = [peer('192.0.2.1'), peer('192.0.2.1'), peer('192.0.2.1'), peer('192.0.2.2')]
  expect([first, second, elsewhere].map((each) => strangers.add(each))).toEqual([undefined, undefined, undefined])
  expect(strangers.add(third)).toBe(first)
  expect(strangers.closed).toBe(1)
  strangers.remove(second)
  expect(strangers.add(peer('192.0.2.1'))).toBeUndefined()
})

test('who has signed in is never closed, and does not count', () => {
  const strangers = new Strangers(1)
  for (let i = 0; i < 100; i++) expect(strangers.add(peer('192.0.2.1', 1))).toBeUndefined()
  const nobody = peer('192.0.2.1')
  expect(strangers.add(nobody)).toBeUndefined()
  expect(strangers.add(peer('192.0.2.1', 1))).toBe(nobody)
})

test('an IPv6 host is its /64', () => {
  const of = networkOf
  expect(of('2001:db8:1:2:3:4:5:6')).toBe(of('2001:0db8:1:2::9'))
  expect(of('2001:db8::1')).not.toBe(of('2001:db8:0:1::1'))
  expect(of('fe80::1%eth0')).toBe(of('fe80::2'))
  expect(of('192.0.2.1')).toBe('192.0.2.1')
})
