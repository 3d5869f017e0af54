import { expect, test } from 'vitest'
import { readObject } from '../../../src-main/server/gateway/json'

const of = (text: string) => readObject(Buffer.from(text))

test('what is null is not said', () => expect(of('{"a":null,"b":[{"c":null,"d":1}]}')).toEqual({ b: [{ d: 1 }] }))
test.each(['[]', '1', 'null', '"x"'])('%s is no object', (text) => expect(() => of(text)).toThrow('JSON object'))
test('brackets within a text are text', () => expect(of(JSON.stringify({ a: '['.repeat(100) + '\\"' }))).toBeTruthy())
test('too deep, too many, too long, cut, not UTF-8', () => {
  expect(() => of(`${'{"a":'.repeat(30)}1${'}'.repeat(30)}`)).toThrow('deep')
  expect(() => of(`{"a":[${'1,'.repeat(30_000)}1]}`)).toThrow('values')
  expect(() => of(`{"a":"${'x'.repeat(300_000)}"}`)).toThrow('bytes')
  expect(() => of('{"a":')).toThrow('not JSON')
  expect(() => readObject(Uint8Array.of(0x7b, 0xff, 0x7d))).toThrow('UTF-8')
})
