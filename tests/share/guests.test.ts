import { describe, expect, it } from 'vitest'
import { listenableAddresses } from '../../src-main/share/addresses'
import { memberAddress } from '../../src-main/share/member'
import { Refusals } from '../../src-main/share/refusals'
import { HandClock } from '../fakes/clock'

describe('who is put on the list', () => {
  it.each([
    ['mei', 'sip:mei@office.internal'], ['+86 139 0000 0001', 'sip:+8613900000001@office.internal'], ['１３９-0000-0001', 'sip:13900000001@office.internal'],
    ['tel:+8613900000001', 'sip:+8613900000001@office.internal'], ['mei@office.internal', 'sip:mei@office.internal'],
  ])('%s is %s', (text, address) => expect(memberAddress(text, 'office.internal')).toBe(address))

  it.each(['mei@elsewhere.example', '', 'a b', '陈', 'tel:x'])('%j is nobody here', (text) => {
    expect(() => memberAddress(text, 'office.internal')).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  })
})

describe('who was turned away', () => {
  it('is counted, newest first, and no crowd of strangers fills the memory', () => {
    const clock = new HandClock()
    const refusals = new Refusals(clock)
    for (let n = 0; n < 30; n++) refusals.note(`user${n}`, '192.0.2.9')
    refusals.note('lan', '192.0.2.7')
    refusals.note('lan', '192.0.2.7')
    const all = refusals.all((user) => user === 'lan')
    expect(all).toHaveLength(20)
    expect(all[0]).toEqual({ user: 'lan', host: '192.0.2.7', at: clock.now(), times: 2, isListed: true })
    expect(all[1]).toMatchObject({ user: 'user29', isListed: false })
    refusals.note(`\u202e${'x'.repeat(100)}\n`, '192.0.2.7')
    expect(refusals.all(() => false)[0]!.user).toBe('x'.repeat(64))
  })
})

describe('the addresses to choose from', () => {
  it('are the near ones first; what means nothing to others is left out', () => {
    const v4 = (address: string, internal = false) => ({ address, family: 'IPv4' as const, internal, netmask: '', mac: '', cidr: null })
    const v6 = (address: string) => ({ address, family: 'IPv6' as const, internal: false, netmask: '', mac: '', cidr: null, scopeid: 0 })
    expect(listenableAddresses({ lo: [v4('127.0.0.1', true)], eth0: [v6('fe80::1'), v6('fd00::2'), v4('8.8.4.4')], wlan0: [v4('192.168.1.5')] })).toEqual([
      { host: '192.168.1.5', network: 'wlan0', reach: 'near' }, { host: 'fd00::2', network: 'eth0', reach: 'near' },
      { host: '8.8.4.4', network: 'eth0', reach: 'public' }, { host: '127.0.0.1', network: 'lo', reach: 'this-computer' },
    ])
  })
})
