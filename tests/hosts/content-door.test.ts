import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MINUTE } from '../../src-main/base/clock'
import { Fault } from '../../src-main/base/faults'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { KeptFiles } from '../../src-main/content/kept-files'
import { contentDoor, type ContentDoor, type DoorRequest } from '../../src-main/hosts/content-door'
import { HandClock } from '../fakes/clock'

const origin = 'http://127.0.0.1:1'
const content = '/content/thesecretpathofthisverysession00/'
let folder: string
let files: KeptFiles
let clock: HandClock
let door: ContentDoor
let isSignedIn: boolean
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yanxin-door-'))
  files = new KeptFiles({ folder, ids: randomIds })
  clock = new HandClock()
  isSignedIn = true
  door = contentDoor({
    content, clock, log: silentLog,
    files() {
      if (!isSignedIn) throw new Fault('signed-out')
      return files
    },
    tile: async (z, x, y) => (z === 3 && x === 1 && y === 7 ? { type: 'image/png', bytes: Buffer.from('tile') } : undefined),
  })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

interface Ask { method?: string; headers?: Record<string, string>; body?: Uint8Array | AsyncIterable<Uint8Array>; query?: string; base?: string }
async function ask(rest: string, { method = 'GET', headers = {}, body = Buffer.alloc(0), query = '', base = content }: Ask = {}) {
  const request: DoorRequest = {
    method, path: base + rest, query, header: (name) => headers[name], body: body instanceof Uint8Array ? Readable.from(body.length ? [body] : []) : body,
  }
  const answer = await door(request, origin)
  if (!answer) return undefined
  const bytes = answer.body instanceof Readable ? await buffer(answer.body) : Buffer.from(answer.body ?? '')
  return { ...answer, bytes, json: () => JSON.parse(bytes.toString()) as Record<string, unknown> }
}
const put = (body: Ask['body'], more: Ask = {}) => ask('', { method: 'PUT', body: body!, ...more })
const left = () => readdir(join(folder, 'new')).catch(() => [])
const png = (width: number, height: number) => {
  const bytes = Buffer.alloc(64)
  bytes.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1')
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes
}

describe('a file', () => {
  it('is kept and read again, in whole and in ranges', async () => {
    const bytes = randomBytes(900_000)
    const hash = createHash('sha256').update(bytes).digest('hex')
    expect((await put(bytes))!.json()).toEqual({ hash, size: 900_000 })
    const whole = await ask(hash)
    expect(whole).toMatchObject({ status: 200, headers: { 'Content-Length': '900000', ETag: `"${hash}"`, 'Accept-Ranges': 'bytes' } })
    expect(whole!.bytes.equals(bytes)).toBe(true)
    const part = await ask(hash, { headers: { range: 'bytes=100-299999' } })
    expect(part).toMatchObject({ status: 206, headers: { 'Content-Range': 'bytes 100-299999/900000', 'Content-Length': '299900' } })
    expect(part!.bytes.equals(bytes.subarray(100, 300_000))).toBe(true)
    expect(await ask(hash, { headers: { range: 'bytes=1-2', 'if-range': '"other"' } })).toMatchObject({ status: 200 })
    expect(await ask(hash, { headers: { range: 'bytes=900000-' } })).toMatchObject({ status: 416, headers: { 'Content-Range': 'bytes */900000' } })
    expect(await ask(hash, { headers: { 'if-none-match': `"${hash}"` } })).toMatchObject({ status: 304 })
    expect((await ask(hash, { method: 'HEAD' }))!.bytes).toHaveLength(0)
  })

  it('in pieces is one file, and each piece has to follow', async () => {
    const bytes = randomBytes(3_000_000)
    const query = 'upload=anupload1'
    const piece = (from: number, to: number, total = bytes.length) => put(bytes.subarray(from, to), { query, headers: { 'content-range': `bytes ${from}-${to - 1}/${total}` } })
    expect((await piece(0, 1_000_000))!.json()).toEqual({ at: 1_000_000 })
    expect(await piece(2_000_000, 3_000_000)).toMatchObject({ status: 400 })
    expect((await piece(1_000_000, 2_000_000))!.json()).toEqual({ at: 2_000_000 })
    expect((await piece(2_000_000, 3_000_000))!.json()).toEqual({ hash: createHash('sha256').update(bytes).digest('hex'), size: 3_000_000 })
    expect(await left()).toEqual([])
    for (const range of ['bytes 0-9/5', 'bytes 9-0/20', 'rubbish', 'bytes 0-1/*']) expect(await put(Buffer.from('ab'), { query, headers: { 'content-range': range } })).toMatchObject({ status: 400 })
  })

  it('whose window went away leaves nothing', async () => {
    const first = () => put(randomBytes(1_000_000), { query: 'upload=anupload2', headers: { 'content-range': 'bytes 0-999999/3000000' } })
    await first()
    expect(await left()).toHaveLength(1)
    await ask('', { method: 'DELETE', query: 'upload=anupload2' })
    expect(await left()).toEqual([])
    await first()
    await clock.advance(11 * MINUTE)
    await expect.poll(left).toEqual([])
    async function* cut() {
      yield randomBytes(1_000_000)
      await Promise.reject(new Error('aborted'))
    }
    expect((await put(cut()))!.json()).toMatchObject({ code: 'closed' })
    expect(await left()).toEqual([])
  })

  it('is written no faster than the disk takes it', async () => {
    let isWriting = false
    let asked = 0
    files.newFile = () => ({
      size: 0,
      async write() {
        isWriting = true
        await new Promise((resolve) => setImmediate(resolve))
        isWriting = false
      },
      finish: async () => ({ hash: 'x', size: 1 }), discard: async () => {},
    }) as never
    async function* body() {
      for (; asked < 5; asked++) {
        expect(isWriting).toBe(false)
        yield Buffer.from('x')
      }
    }
    await put(body())
    expect(asked).toBe(5)
  })

  it('that is empty, too large, or has no room is a fault as data, and leaves nothing', async () => {
    expect((await put(Buffer.alloc(0)))!.json()).toMatchObject({ code: 'file-empty' })
    const large = await put(Buffer.from('x'), { query: 'upload=anupload3', headers: { 'content-range': `bytes 0-0/${4 * 1024 ** 3 + 1}` } })
    expect(large).toMatchObject({ status: 413 })
    expect(large!.json()).toMatchObject({ code: 'file-too-large', detail: { limit: 4 * 1024 ** 3 } })
    expect((await put(randomBytes(10), { query: 'upload=anupload4', headers: { 'content-range': 'bytes 0-3/100' } }))!.json()).toMatchObject({ code: 'bad-argument' })
    const { newFile } = files
    files.newFile = () => Object.assign(newFile.call(files), { write: () => Promise.reject(new Fault('disk-full')) })
    const full = await put(randomBytes(10))
    expect(full).toMatchObject({ status: 507, headers: { 'Content-Type': 'application/json; charset=utf-8' } })
    expect(full!.json()).toMatchObject({ code: 'disk-full' })
    expect(await left()).toEqual([])
    isSignedIn = false
    expect((await put(randomBytes(10)))!.json()).toMatchObject({ code: 'signed-out' })
  })
})

describe('what a file may be', () => {
  const keep = async (bytes: Uint8Array) => (await put(bytes))!.json()['hash'] as string

  it.each([
    ['<!doctype html><script>1</script>', undefined], ['<svg xmlns="http://www.w3.org/2000/svg" onload="1"/>', undefined], ['%PDF-1.7', undefined], ['#!AMR\n', 'audio/amr'],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', undefined], ['MZ', undefined], ['<?xml version="1.0"?><html/>', undefined], ['\xff\xfe<\0s\0', undefined],
    ['\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf', 'image/avif'], ['\0\0\0\x18ftypmp42\0\0\0\0isommp42', 'video/mp4'], ['\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm', 'video/webm'],
    ['\x1a\x45\xdf\xa3\x9fB\x82\x88matroska', undefined], ['OggS\0\x02', 'audio/ogg'], ['ID3\x04', 'audio/mpeg'], ['\xff\xfb\x90\0', 'audio/mpeg'], ['\xff\xf1\x50\x80', 'audio/aac'],
    ['\0\0\0\x18ftypM4A \0\0\0\0M4A mp42', 'audio/mp4'], ['RIFF\0\0\0\0WAVEfmt ', 'audio/wav'], ['fLaC', 'audio/flac'],
  ])('%j is told to be %s', async (text, type) => {
    const answer = await ask(await keep(Buffer.from(text, 'latin1')))
    expect(answer!.headers).toMatchObject({
      'Content-Type': type ?? 'application/octet-stream', 'Content-Disposition': type ? 'inline' : 'attachment', 'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': expect.stringContaining('sandbox') as string, 'Cross-Origin-Resource-Policy': 'same-origin',
    })
  })

  it('to be saved it is bytes, whatever it is', async () => {
    const hash = await keep(png(10, 10))
    expect((await ask(hash, { query: 'save' }))!.headers).toMatchObject({ 'Content-Type': 'application/octet-stream', 'Content-Disposition': 'attachment' })
  })

  it('to be drawn it is a picture that fits into memory', async () => {
    const asPicture = async (bytes: Uint8Array) => (await ask(await keep(bytes), { query: 'picture' }))!.status
    expect(await asPicture(png(8_000, 6_000))).toBe(200)
    expect(await asPicture(png(50_000, 50_000))).toBe(204)
    expect(await asPicture(png(50_000, 10))).toBe(204)
    expect(await asPicture(png(0, 10))).toBe(204)
    expect(await asPicture(Buffer.from('<svg/>'))).toBe(204)
    expect(await asPicture(Buffer.from('OggS'))).toBe(204)
  })
})

describe('who may ask', () => {
  it.each([
    ['/content/', 404], ['/content/another0secret0of0the0same0length0/', 404], [content.slice(0, -1), 404], [`/content/x/../${content.slice(9)}`, 404],
  ])('%s lets nobody in', async (base, status) => {
    const { hash } = (await put(randomBytes(10)))!.json()
    expect(await ask(String(hash), { base })).toMatchObject({ status })
    expect(await put(randomBytes(10), { base })).toMatchObject({ status })
    expect(await ask(String(hash), { base: '/other/' })).toBeUndefined()
  })

  it.each([{ origin: 'http://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }])('another page, %j, gets and changes nothing', async (headers) => {
    const { hash } = (await put(randomBytes(10), { headers: { origin } }))!.json()
    expect(await ask(String(hash), { headers: headers as never })).toMatchObject({ status: 403 })
    expect(await put(randomBytes(10), { headers: headers as never })).toMatchObject({ status: 403 })
    expect(await files.usage()).toMatchObject({ files: 1 })
  })

  it.each(['../relay.sqlite', '..%2frelay.sqlite', 'new/x', '', '0'.repeat(64), 'A'.repeat(64), `${'a'.repeat(64)}/x`, 'tile/3/1', 'tile/3/9/0', 'tile/-1/0/0', 'tile/3/1/../../x', 'tile/3/1/6'])('%j is nothing', async (rest) => {
    expect(await ask(rest)).toMatchObject({ status: 404 })
  })

  it('takes no other method', async () => {
    expect(await ask('0'.repeat(64), { method: 'POST' })).toMatchObject({ status: 405 })
    expect(await ask('', { method: 'DELETE' })).toMatchObject({ status: 405 })
  })
})

it('a tile of the map is handed on with its type', async () => {
  expect(await ask('tile/3/1/7')).toMatchObject({ status: 200, headers: { 'Content-Type': 'image/png' } })
})
