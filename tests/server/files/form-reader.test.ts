import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FormReader } from '../../../src-main/server/files/form-reader'

interface Part { headers: Record<string, string>; body: Buffer }

/** Everything that is told of a body that comes in these pieces. */
function read(boundary: string, pieces: readonly Buffer[]): { parts: Part[]; isComplete: boolean } {
  const reader = new FormReader(boundary)
  const parts: Part[] = []
  for (const piece of pieces) {
    for (const event of reader.push(piece)) {
      if (event.at === 'part') parts.push({ headers: Object.fromEntries(event.headers), body: Buffer.alloc(0) })
      if (event.at === 'bytes') parts.at(-1)!.body = Buffer.concat([parts.at(-1)!.body, event.bytes])
    }
  }
  return { parts, isComplete: reader.isComplete }
}

const part = (name: string, body: Buffer | string, more = '') =>
  Buffer.concat([Buffer.from(`--b1\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`), Buffer.from(body), Buffer.from('\r\n')])
// Bytes that look like the delimiter, and like its beginnings.
const tricky = Buffer.from('\r\n--b\r\n--\r\r\n\n--b1 \r\n-\r\n--b\r')
const form = Buffer.concat([part('tid', 'a-tid'), part('Thumbnail', ''), part('File', tricky, '; filename="a.jpg"'), Buffer.from('--b1--\r\nepilogue')])
const parts: Part[] = [
  { headers: { 'content-disposition': 'form-data; name="tid"' }, body: Buffer.from('a-tid') },
  { headers: { 'content-disposition': 'form-data; name="Thumbnail"' }, body: Buffer.from('') },
  { headers: { 'content-disposition': 'form-data; name="File"; filename="a.jpg"' }, body: tricky },
]

describe('a form', () => {
  it('is the same wherever it is cut in two', () => {
    for (let cut = 0; cut <= form.length; cut++) {
      expect([cut, read('b1', [form.subarray(0, cut), form.subarray(cut)])]).toEqual([cut, { parts, isComplete: true }])
    }
  })

  it('is the same byte for byte', () => expect(read('b1', Array.from(form, (byte) => Buffer.from([byte])))).toEqual({ parts, isComplete: true }))

  it('that breaks off has told all that is certainly of its file', () => {
    const start = form.indexOf(tricky)
    for (let cut = start; cut < form.length; cut++) {
      const { parts: [, , file], isComplete } = read('b1', [form.subarray(0, cut)])
      const came = Math.min(cut - start, tricky.length)
      expect(file!.body.equals(tricky.subarray(0, file!.body.length))).toBe(true)
      // At most the beginning of a delimiter waits.
      expect(came - file!.body.length).toBeLessThan('\r\n--b1'.length)
      if (cut >= start + tricky.length + 6) expect([file!.body.length, isComplete]).toEqual([tricky.length, cut >= form.indexOf('--b1--') + 6])
    }
  })

  it('of random bytes has lost nothing of them', () => {
    const body = randomBytes(300_000)
    const whole = Buffer.concat([part('File', body), Buffer.from('--b1--')])
    const pieces = []
    for (let at = 0; at < whole.length;) pieces.push(whole.subarray(at, at += 1 + Math.floor(Math.random() * 70_000)))
    expect(read('b1', pieces).parts[0]!.body.equals(body)).toBe(true)
  })

  it('is what Linphone sends', () => {
    const captured = readFileSync(resolve(import.meta.dirname, '../../fixtures/wire/http-3-post-multipart.http'))
    const end = captured.indexOf('\r\n\r\n')
    const boundary = /boundary=(\S+)/.exec(captured.toString('latin1', 0, end))![1]!
    const { parts: [file], isComplete } = read(boundary, [captured.subarray(end + 4)])
    expect(isComplete).toBe(true)
    expect(file!.headers).toEqual({ 'content-disposition': 'form-data;name="File";filename="photo.txt"', 'content-type': 'text/plain' })
    expect(file!.body.length).toBe(4053)
  })

  it('says where its file begins and how short its end may be', () => {
    const reader = new FormReader('b1')
    for (const event of reader.push(form.subarray(0, form.indexOf(tricky)))) expect(event.at).not.toBe('end')
    expect(reader.offset).toBe(form.indexOf(tricky))
    expect(reader.shortestEnd).toBe('\r\n--b1--'.length)
  })
})

describe('what is no form', () => {
  it.each<[string, string]>([
    ['something behind the boundary', '--b1 x\r\n\r\n'],
    ['a header without a colon', '--b1\r\nnonsense\r\n\r\n'],
    ['a head without an end', `--b1\r\nA: ${'x'.repeat(20_000)}`],
    ['a boundary line without an end', `--b1${' '.repeat(20_000)}`],
  ])('%s', (_name, text) => expect(() => read('b1', [Buffer.from(text)])).toThrow(expect.objectContaining({ code: expect.stringMatching(/malformed|too-large/) as string })))

  it('no boundary', () => expect(() => new FormReader('')).toThrow(expect.objectContaining({ code: 'malformed' })))
  it('a body without the boundary tells nothing and keeps nothing', () => {
    const reader = new FormReader('b1')
    expect([...reader.push(randomBytes(1_000_000))]).toEqual([])
    expect(reader.offset).toBeGreaterThan(999_990)
  })
})
