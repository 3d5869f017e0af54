import { describe, expect, it } from 'vitest'
import { firstOf, hostPort, inGroups, whoFault } from '../../src-renderer/share/words'

describe('words of a shared relay', () => {
  it('a fingerprint in groups of four', () => expect(inGroups('3fa9c07b'.repeat(8))).toBe(Array(8).fill('3FA9 C07B').join(' ')))
  it('an address with its port, IPv6 in brackets', () => expect([hostPort('192.168.1.5', 5_061), hostPort('fd00::2', 5_061)]).toEqual(['192.168.1.5:5061', '[fd00::2]:5061']))
  it('offers the own network first, never a public address while there is another', () => {
    const [open, near, own] = [{ host: '8.8.4.4', network: 'a', reach: 'public' }, { host: '10.0.0.2', network: 'b', reach: 'near' }, { host: '127.0.0.1', network: 'lo', reach: 'this-computer' }] as const
    expect(firstOf([open, near, own])).toBe('10.0.0.2')
    expect(firstOf([own])).toBe('127.0.0.1')
    expect(firstOf([open, own])).toBe('127.0.0.1')
    expect(firstOf([])).toBe('')
  })
  it('what stands wrong with a name', () => {
    expect(whoFault({ code: 'bad-argument', detail: { field: 'known' } })).toBe('known')
    expect(whoFault({ code: 'bad-argument', detail: { field: 'who' } })).toBe('foreign')
    expect(whoFault({ code: 'bad-argument', detail: { field: 'to' } })).toBe('badWho')
    expect(whoFault({ code: 'busy' })).toBeUndefined()
  })
})
