import { expect, test } from 'vitest'
import { MINUTE } from '../../src-main/base/clock'
import type { Contact } from '../../src-main/server/contacts'
import { readAsked } from '../../src-main/server/contacts'
import { Headers } from '../../src-main/sip/headers'

const asked = (...headers: [string, string][]) => readAsked(new Headers(headers))
const one = (...headers: [string, string][]): Contact => {
  const read = asked(...headers)
  if (read.kind !== 'change') throw new Error(read.kind)
  return read.contacts[0]!
}
const contact = (value: string): [string, string] => ['Contact', value]

test('without a Contact it is a question, with * and Expires 0 it ends everything', () => {
  expect(asked()).toEqual({ kind: 'query' })
  expect(asked(contact('*'), ['Expires', '0'])).toEqual({ kind: 'remove-all' })
  expect(() => asked(contact('*'), ['Expires', '60'])).toThrow('Contact *')
})

test('the Contact parameter goes before the header; nothing means ten minutes; an hour is the most', () => {
  const lasts = (...headers: [string, string][]) => one(...headers).expires / MINUTE
  expect(lasts(contact('<sip:a@h>;expires=120'), ['Expires', '600'])).toBe(2)
  expect(lasts(contact('<sip:a@h>'), ['Expires', '600'])).toBe(10)
  expect(lasts(contact('<sip:a@h>'))).toBe(10)
  expect(lasts(contact('<sip:a@h>;expires=999999'))).toBe(60)
  expect(lasts(contact('<sip:a@h>;expires=0'))).toBe(0)
})

test('less than a minute is 423', () => {
  expect(() => one(contact('<sip:a@h>;expires=59'))).toThrow(expect.objectContaining({ detail: { status: 423, minExpires: 60 } }))
})

test('the instance names the device; without one its program and place do, whatever the port', () => {
  expect(one(contact('<sip:a@h>;+sip.instance="<urn:uuid:ABC>"')).instance).toBe('urn:uuid:abc')
  const plain = (port: number) => one(contact(`<sip:a@h:${port}>`), ['User-Agent', 'x']).instance
  expect(plain(1)).toBe(plain(2))
  expect(one(contact('<sip:a@h>'), ['User-Agent', 'y']).instance).not.toBe(plain(1))
})

test('features are what begins with +, but for the instance', () => {
  const { features, params } = one(contact('<sip:a@h>;q=0.5;reg-id=1;+g.yanxin.window="32";+sip.instance="<urn:uuid:1>";expires=60'))
  expect(features).toBe(';+g.yanxin.window="32"')
  expect(params).toBe(';reg-id=1;+g.yanxin.window="32";+sip.instance="<urn:uuid:1>"')
})
