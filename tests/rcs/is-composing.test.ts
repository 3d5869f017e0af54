import { describe, expect, it } from 'vitest'
import { composingUntil, readIsComposing, writeIsComposing } from '../../src-main/rcs/is-composing'
import type { IsComposing } from '../../src-main/rcs/is-composing'
import { capture, faultOf } from './captures'

const doc = (inside: string) => `<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing">${inside}</isComposing>`

describe('is-composing', () => {
  it('reads what Linphone writes', () => {
    expect(readIsComposing(capture('18-iscomposing-plain-relayed.sip').body)).toEqual({ state: 'active', refresh: 60 })
  })

  it('reads back what it writes', () => {
    const all: IsComposing[] = [
      { state: 'idle' },
      { state: 'active', contentType: 'text/plain', lastActive: Date.UTC(2024, 2, 5, 8, 12, 31), refresh: 60 },
    ]
    for (const one of all) expect(readIsComposing(writeIsComposing(one))).toEqual(one)
  })

  it('takes a state that it does not know for idle', () => {
    expect(readIsComposing(doc('<state>thinking</state><refresh>soon</refresh>'))).toEqual({ state: 'idle' })
  })

  it.each([doc(''), '<imdn xmlns="urn:ietf:params:xml:ns:imdn"/>', '<isComposing xmlns="urn:x"><state>idle</state></isComposing>', 'active'])(
    'refuses %s', (xml) => expect(faultOf(() => readIsComposing(xml))).toBe('malformed'))

  it('ends by itself after its refresh time, never before a minute or after ten', () => {
    expect(composingUntil({ state: 'active' }, 1_000)).toBe(121_000)
    expect(composingUntil({ state: 'active', refresh: 90 }, 0)).toBe(90_000)
    expect(composingUntil({ state: 'active', refresh: 1 }, 0)).toBe(60_000)
    expect(composingUntil({ state: 'active', refresh: 999_999 }, 0)).toBe(600_000)
    expect(composingUntil({ state: 'idle', refresh: 90 }, 5)).toBe(0)
  })
})
