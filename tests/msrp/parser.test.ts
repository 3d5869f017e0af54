import { describe, expect, test } from 'vitest'
import { parseHead, readByteRange, readStatus } from '../../src-main/msrp/parser'
import { holdsEndLine, writeByteRange, writeMessage } from '../../src-main/msrp/write'

const head = (...lines: string[]): Buffer => Buffer.from(lines.map((line) => `${line}\r\n`).join(''))
const to = 'To-Path: msrp://r.test:1/x;tcp msrp://a.test:1/b;tcp'
const from = 'From-Path: msrp://c.test:1/d;tcp'

describe('a head', () => {
  test('of a request', () => {
    const message = parseHead(head('MSRP ab12 SEND', to, from, 'Message-ID: 1', 'byte-range:1-3/3', 'Content-Type: text/plain'))
    expect(message).toMatchObject({
      kind: 'request', tid: 'ab12', method: 'SEND', toPath: ['msrp://r.test:1/x;tcp', 'msrp://a.test:1/b;tcp'], fromPath: ['msrp://c.test:1/d;tcp'],
    })
    expect(message.fields.get('BYTE-RANGE')).toBe('1-3/3')
    expect(message.fields.get('To-Path')).toBeUndefined()
    expect([...message.fields].map(([name]) => name)).toEqual(['Message-ID', 'byte-range', 'Content-Type'])
  })

  test('of a response, with and without a comment', () => {
    expect(parseHead(head('MSRP ab12 481 No such session', to, from))).toMatchObject({ kind: 'response', status: 481, reason: 'No such session' })
    expect(parseHead(head('MSRP ab12 200', to, from))).toMatchObject({ kind: 'response', status: 200, reason: '' })
  })

  test('may have its paths in any place', () => {
    expect(parseHead(head('MSRP ab12 AUTH', 'Expires: 60', from, to))).toMatchObject({ method: 'AUTH', fromPath: ['msrp://c.test:1/d;tcp'] })
  })

  test.each([
    ['without a To-Path', ['MSRP ab12 SEND', from]],
    ['without a From-Path', ['MSRP ab12 SEND', to]],
    ['with an empty path', ['MSRP ab12 SEND', 'To-Path: ', from]],
    ['with a path of hundreds', ['MSRP ab12 SEND', `To-Path: ${'msrp://a;tcp '.repeat(100)}`, from]],
    ['with a method in lower case', ['MSRP ab12 send', to, from]],
    ['with more than a method', ['MSRP ab12 SEND x', to, from]],
    ['with a zero in a path', ['MSRP ab12 SEND', 'To-Path: msrp://a\0;tcp', from]],
    ['with a control character in a header', ['MSRP ab12 SEND', to, from, 'Message-ID: a\x01']],
    ['with a bare CR in a header', ['MSRP ab12 SEND', to, from, 'Message-ID: a\rb']],
    ['with a line without a colon', ['MSRP ab12 SEND', to, from, 'hello']],
    ['with a name of two words', ['MSRP ab12 SEND', to, from, 'a b: c']],
  ])('%s is malformed', (_what, lines) => {
    expect(() => parseHead(head(...lines))).toThrowError(expect.objectContaining({ code: 'malformed' }) as Error)
  })

  test('that is no UTF-8 is malformed', () => {
    expect(() => parseHead(Buffer.concat([head('MSRP ab12 SEND', to, from), Buffer.from([0x41, 0x3a, 0xff, 0x0d, 0x0a])]))).toThrow('UTF-8')
  })
})

describe('a Byte-Range', () => {
  test.each([
    ['1-3/3', { start: 1, end: 3, total: 3 }], ['1-*/*', { start: 1, end: undefined, total: undefined }], ['4-*/9', { start: 4, end: undefined, total: 9 }],
    ['1-0/0', { start: 1, end: 0, total: 0 }], ['10-9/9', { start: 10, end: 9, total: 9 }],
  ])('%s', (text, range) => {
    expect(readByteRange(text)).toEqual(range)
    expect(writeByteRange(range)).toBe(text)
  })

  test('that is not there is all of the message', () => {
    expect(readByteRange(undefined)).toEqual({ start: 1, end: undefined, total: undefined })
  })

  test.each(['0-3/3', '1-4/3', '5-3/9', '5-6/3', '1-2', '-1-2/3', '1-2/3x', `1-${'9'.repeat(30)}/*`, '*-1/1', ''])('%s is malformed', (text) => {
    expect(() => readByteRange(text)).toThrowError(expect.objectContaining({ code: 'malformed' }) as Error)
  })
})

test('a Status', () => {
  expect(readStatus('000 200 OK')).toEqual({ namespace: 0, status: 200, text: 'OK' })
  expect(readStatus('000 413')).toEqual({ namespace: 0, status: 413, text: '' })
  for (const bad of [undefined, '', '200 OK', '0 200 OK', '000 20 OK']) expect(() => readStatus(bad)).toThrow()
})

describe('what is written', () => {
  const paths = { toPath: ['msrp://a.test:1/b;tcp'], fromPath: ['msrp://c.test:1/d;tcp'] }
  const text = (pieces: Uint8Array[]): string => Buffer.concat(pieces).toString()

  test('is a head, a body and its end-line', () => {
    expect(text(writeMessage({ tid: 'ab12', start: 'SEND', ...paths, fields: [['Message-ID', '1'], ['Content-Type', 'text/plain']], body: Buffer.from('hi'), flag: '+' }))).toBe(
      'MSRP ab12 SEND\r\nTo-Path: msrp://a.test:1/b;tcp\r\nFrom-Path: msrp://c.test:1/d;tcp\r\nMessage-ID: 1\r\nContent-Type: text/plain\r\n\r\nhi\r\n-------ab12+\r\n')
    expect(text(writeMessage({ tid: 'ab12', start: '200 OK', ...paths }))).toBe(
      'MSRP ab12 200 OK\r\nTo-Path: msrp://a.test:1/b;tcp\r\nFrom-Path: msrp://c.test:1/d;tcp\r\n-------ab12$\r\n')
  })

  test('never breaks out of its line', () => {
    for (const value of ['a\r\nEvil: b', 'a\nb', 'a\r', '\r\n', 'a\0']) {
      expect(() => writeMessage({ tid: 'ab12', start: 'SEND', ...paths, fields: [['Message-ID', value]] })).toThrowError(expect.objectContaining({ code: 'bad-argument' }) as Error)
    }
  })

  test('has an id whose end-line is not in the body', () => {
    expect(holdsEndLine(Buffer.from('x-------ab12$'), 'ab12')).toBe(true)
    expect(holdsEndLine(Buffer.from('x------ab12$'), 'ab12')).toBe(false)
  })
})
