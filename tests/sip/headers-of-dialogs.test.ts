import { describe, expect, test } from 'vitest'
import { isSameEvent, readEvent, writeEvent } from '../../src-main/sip/event'
import { Headers } from '../../src-main/sip/headers'
import { contactOf } from '../../src-main/sip/name-address'
import { readReasons, writeReason } from '../../src-main/sip/reason'
import { readReferTo, wantsNotify, writeReferTo } from '../../src-main/sip/refer'
import { readSubscriptionState, writeSubscriptionState } from '../../src-main/sip/subscription-state'

const malformed = expect.objectContaining({ code: 'malformed' })

describe('Reason', () => {
  const read = (...values: string[]) => readReasons(new Headers(values.map((value) => ['Reason', value])))

  test.each([
    ['SIP ;cause=200 ;text="Call completed elsewhere"', [{ protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' }]],
    ['Q.850;cause=16;text="Terminated", sip;cause=600', [{ protocol: 'Q.850', cause: 16, text: 'Terminated' }, { protocol: 'SIP', cause: 600 }]],
    ['SIP', [{ protocol: 'SIP' }]],
  ])('%s', (value, reasons) => expect(read(value)).toEqual(reasons))

  test('in several lines, and none', () => {
    expect(read('SIP;cause=410', 'X;text=a')).toEqual([{ protocol: 'SIP', cause: 410 }, { protocol: 'X', text: 'a' }])
    expect(read()).toEqual([])
  })

  test.each(['', ';cause=1', 'SIP;cause=-1', 'SIP;cause=9999999999', 'SIP;cause', 'SIP;text="', 'S IP', 'SIP;'])('not: %s', (value) => expect(() => read(value)).toThrow(malformed))

  test('is written as it is read', () => {
    expect(writeReason({ cause: 410, text: 'Gone' })).toBe('SIP;cause=410;text="Gone"')
    const reason = { protocol: 'Q.850', cause: 1, text: 'say "no"; or, \\ 不' }
    expect(read(writeReason(reason))).toEqual([reason])
    expect(writeReason({})).toBe('SIP')
  })
})

describe('Event', () => {
  test.each([['conference', { type: 'conference' }], ['refer ;id=93809823', { type: 'refer', id: '93809823' }], ['presence.winfo;x=y', { type: 'presence.winfo' }]])('%s', (value, event) => {
    expect(readEvent(value)).toEqual(event)
  })

  test.each(['', ';id=1', 'a b', 'a;id=', 'conference, refer'])('not: %s', (value) => expect(() => readEvent(value)).toThrow(malformed))

  test('is the same with the same id only', () => {
    expect(isSameEvent(readEvent('refer;id=1'), readEvent(writeEvent({ type: 'refer', id: '1' })))).toBe(true)
    for (const other of ['refer', 'refer;id=2', 'conference;id=1']) expect(isSameEvent(readEvent('refer;id=1'), readEvent(other))).toBe(false)
  })
})

describe('Subscription-State', () => {
  test.each([
    ['active;expires=600', { state: 'active', expires: 600 }],
    ['Pending', { state: 'pending' }],
    ['terminated;reason=Deactivated;retry-after=5', { state: 'terminated', reason: 'deactivated', retryAfter: 5 }],
    // RFC 6665 4.1.3
    ['waiting;x=1', { state: 'active' }],
  ])('%s', (value, state) => expect(readSubscriptionState(value)).toEqual(state))

  test.each(['', ';expires=1', 'active;expires=x', 'active;expires=4294967296', 'terminated;retry-after=-1', 'a b'])('not: %s', (value) => {
    expect(() => readSubscriptionState(value)).toThrow(malformed)
  })

  test('is written as it is read', () => {
    for (const state of [{ state: 'active', expires: 0 }, { state: 'terminated', reason: 'giveup', retryAfter: 60 }] as const) {
      expect(readSubscriptionState(writeSubscriptionState(state))).toEqual(state)
    }
  })
})

describe('Refer-To', () => {
  const read = (text: string) => {
    const { params, ...rest } = readReferTo(text)
    return { ...rest, params: Object.fromEntries(params) }
  }

  test.each([
    ['<sip:lan@lab.test>', { uri: 'sip:lan@lab.test', method: 'INVITE', params: {} }],
    ['<sip:lan@lab.test;METHOD=bye;transport=tcp?Reason=a>;text;admin=1', { uri: 'sip:lan@lab.test;transport=tcp?Reason=a', method: 'BYE', params: { text: '', admin: '1' } }],
    ['sip:lan@lab.test', { uri: 'sip:lan@lab.test', method: 'INVITE', params: {} }],
    ['<cid:l1@example.com>', { uri: 'cid:l1@example.com', method: 'INVITE', params: {} }],
    ['<tel:+8613800000004>', { uri: 'tel:+8613800000004', method: 'INVITE', params: {} }],
    // What stands in the headers of a URI is none of its parameters.
    ['<sip:lan@lab.test?Subject=a;method=BYE>', { uri: 'sip:lan@lab.test?Subject=a;method=BYE', method: 'INVITE', params: {} }],
  ])('%s', (text, to) => expect(read(text)).toEqual(to))

  test.each(['', '<>', 'lan', '<sip:lan@lab.test', '<sip:lan@lab.test;method=>', '<sip:lan@lab.test;method=a b>', '<sip:a@b>, <sip:c@d>'])('not: %s', (text) => {
    expect(() => readReferTo(text)).toThrow(malformed)
  })

  test('is written as it is read', () => {
    expect(writeReferTo({ uri: 'sip:lan@lab.test', method: 'BYE' })).toBe('<sip:lan@lab.test;method=BYE>')
    expect(writeReferTo({ uri: 'sip:lan@lab.test?A=b', method: 'BYE' })).toBe('<sip:lan@lab.test;method=BYE?A=b>')
    expect(writeReferTo({ uri: 'sip:lan@lab.test', params: [['text', ''], ['admin', '1']] })).toBe('<sip:lan@lab.test>;text;admin=1')
    expect(read(writeReferTo({ uri: 'sip:lan@lab.test;a=b', method: 'BYE' }))).toEqual({ uri: 'sip:lan@lab.test;a=b', method: 'BYE', params: {} })
  })

  test('Refer-Sub: a NOTIFY is wanted but where it is declined', () => {
    expect([undefined, 'true', 'false', ' FALSE;x=y', 'falsehood'].map((value) => wantsNotify(new Headers(value === undefined ? [] : [['Refer-Sub', value]]))))
      .toEqual([true, true, false, false, true])
  })
})

test('the one Contact', () => {
  expect(contactOf(new Headers([['Contact', '<sip:conf@lab.test>;isfocus']])).params.has('isfocus')).toBe(true)
  for (const contacts of [[], ['*'], ['<sip:a@b>, <sip:c@d>'], ['<sip:a@b>', '<sip:c@d>']]) {
    expect(() => contactOf(new Headers(contacts.map((value) => ['Contact', value]))), String(contacts)).toThrow(malformed)
  }
})
