import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SECOND, systemClock } from '../../../src-main/base/clock'
import { Fault } from '../../../src-main/base/faults'
import { randomIds } from '../../../src-main/base/ids'
import { download, type Sink } from '../../../src-main/network/transfer/download'
import { Http } from '../../../src-main/network/transfer/http'
import { upload, type UploadAsk } from '../../../src-main/network/transfer/upload'
import { HandClock } from '../../fakes/clock'
import { ContentServer, type ContentServerOptions } from '../../fakes/content-server'
import { until } from '../../scenarios/clients/cast'

const login = { username: 'mei', password: 'plum blossom' }
const bytes = randomBytes(1_500_000)
let server: ContentServer
let http: Http

const opens = async (options: ContentServerOptions = { login }): Promise<void> => {
  server = await new ContentServer(options).opens()
}
const makeHttp = (clock = systemClock): Http =>
  new Http({ ...login, account: 'sip:mei@office.example', userAgent: 'Yanxin/test', clock, ids: randomIds })

beforeEach(() => { http = makeHttp() })
afterEach(async () => {
  http.close()
  await server.closes()
})

const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', (thrown: unknown) => Fault.from(thrown).code)

const asking = (change: Partial<UploadAsk> = {}): UploadAsk => ({
  server: server.uri, tid: '0b6c1d6e-0f4b-4b57-9a62-3c2d0a1f9b11', isAgain: false, now: Date.UTC(2026, 0, 1), dialect: 'gsma', boundary: 'b1', signal: new AbortController().signal, progress: () => undefined,
  file: {
    name: 'a "b".bin', contentType: 'application/octet-stream', size: bytes.length,
    async *pieces(from) { for (let at = from; at < bytes.length; at += 65_536) yield await Promise.resolve(bytes.subarray(at, at + 65_536)) },
  },
  ...change,
})
const laid = (url: string): Buffer => server.files.get(new URL(url).pathname)!.bytes

describe('a file goes up', () => {
  it('with its thumbnail, to who asks for the password first', async () => {
    await opens()
    const thumbnail = { name: 't.jpg', contentType: 'image/jpeg', size: 3, async *pieces() { yield await Promise.resolve(Buffer.from('abc')) } }
    const progress: number[] = []
    const { file, dialect } = await upload(http, asking({ thumbnail, progress: (done) => progress.push(done) }))
    expect(dialect).toBe('gsma')
    expect(laid(file.url).equals(bytes)).toBe(true)
    expect(laid(file.thumbnail!.url).toString()).toBe('abc')
    expect(progress.at(-1)).toBe(bytes.length)
    expect(server.asked).toEqual(['POST /ft', 'POST /ft', 'POST /ft'])
  })

  it('goes on where it broke off: what the server has is not sent again', async () => {
    await opens()
    server.cutUploadAfter = 700_000
    expect(await codeOf(upload(http, asking()))).toBe('connection-lost')
    const { file } = await upload(http, asking({ isAgain: true }))
    expect(laid(file.url).equals(bytes)).toBe(true)
    const form = server.counts.up - bytes.length
    expect(form).toBeGreaterThan(0)
    expect(form).toBeLessThan(1_000)
    expect(server.asked.filter((line) => line.startsWith('PUT'))).toHaveLength(1)
  })

  it('is not sent again when it is there whole and only the answer was lost', async () => {
    await opens()
    await upload(http, asking())
    const before = server.counts.up
    const { file } = await upload(http, asking({ isAgain: true }))
    expect(laid(file.url).equals(bytes)).toBe(true)
    expect(server.counts.up).toBe(before)
  })

  it('begins anew when the link to what is there has run out', async () => {
    await opens()
    await upload(http, asking())
    const before = server.counts.up
    await upload(http, asking({ isAgain: true, now: Date.UTC(2099, 0, 1) }))
    expect(server.counts.up - before).toBeGreaterThanOrEqual(bytes.length)
  })

  it('begins anew at a server that knows nothing of it', async () => {
    await opens()
    const { file } = await upload(http, asking({ isAgain: true }))
    expect(laid(file.url).equals(bytes)).toBe(true)
  })

  it("goes in Linphone's way to a server that takes the first part for the file", async () => {
    await opens({ dialect: 'linphone' })
    const { file, dialect } = await upload(http, asking())
    expect(dialect).toBe('linphone')
    expect(laid(file.url).equals(bytes)).toBe(true)
    const before = server.asked.length
    await upload(http, asking({ dialect }))
    expect(server.asked.slice(before)).toEqual(['POST /ft', 'POST /ft'])
  })

  it.each([
    [413, 'file-too-large'], [415, 'bad-type'], [403, 'refused'], [507, 'quota-reached'], [500, 'busy'], [401, 'wrong-password'],
  ])('answered %i is %s', async (status, code) => {
    await opens({})
    server.answers = { status }
    expect(await codeOf(upload(http, asking()))).toBe(code)
  })

  it('waits as long as the server says', async () => {
    await opens({})
    server.answers = { status: 503, headers: { 'Retry-After': '7' } }
    await expect(upload(http, asking())).rejects.toMatchObject({ code: 'busy', detail: { after: 7 * SECOND } })
  })

  it('beside another that begins at the same moment: both are asked for the password, and both give it', async () => {
    await opens()
    const both = await Promise.all(['0b6c1d6e-0f4b-4b57-9a62-3c2d0a1f9b12', '0b6c1d6e-0f4b-4b57-9a62-3c2d0a1f9b13'].map((tid) => upload(http, asking({ tid }))))
    for (const { file } of both) expect(laid(file.url).equals(bytes)).toBe(true)
  })

  it('shows a wrong password no more than once to each of its questions', async () => {
    await opens({ login: { ...login, password: 'another' } })
    expect(await codeOf(upload(http, asking()))).toBe('wrong-password')
    expect(server.asked.length).toBeLessThanOrEqual(2)
  })
})

class Memory implements Sink {
  bytes = Buffer.alloc(0)
  get size(): number { return this.bytes.length }
  write(more: Uint8Array): Promise<void> {
    this.bytes = Buffer.concat([this.bytes, more])
    return Promise.resolve()
  }
  clear(): Promise<void> {
    this.bytes = Buffer.alloc(0)
    return Promise.resolve()
  }
}

describe('a file comes down', () => {
  let sink: Memory
  let version: string | undefined
  beforeEach(() => {
    sink = new Memory()
    version = undefined
  })
  const fetches = (url: string, change: Partial<Parameters<typeof download>[2]> = {}): Promise<void> => download(http, sink, {
    url, size: bytes.length, version, learnt: (next) => Promise.resolve(void (version = next)), own: undefined, now: Date.now(),
    signal: new AbortController().signal, progress: () => undefined, ...change,
  })

  it('whole, and on from where it broke off', async () => {
    await opens()
    server.cutDownloadAfter = 600_000
    const url = server.lay('a.bin', bytes)
    expect(await codeOf(fetches(url))).toBe('connection-lost')
    const had = sink.size
    await fetches(url)
    expect(sink.bytes.equals(bytes)).toBe(true)
    expect(server.asked.at(-1)).toMatch(`bytes=${had}-`)
    expect(server.counts.down).toBe(600_000 + bytes.length - had)
  })

  it('anew when another file lies there meanwhile', async () => {
    await opens()
    server.cutDownloadAfter = 600_000
    const url = server.lay('a.bin', randomBytes(bytes.length))
    await codeOf(fetches(url))
    server.files.get(new URL(url).pathname)!.bytes = bytes
    await fetches(url)
    expect(sink.bytes.equals(bytes)).toBe(true)
  })

  it('is damaged when the server has more or fewer bytes than were announced, and nothing of them is kept beyond that', async () => {
    await opens()
    const url = server.lay('a.bin', bytes)
    expect(await codeOf(fetches(url, { size: bytes.length - 1 }))).toBe('file-damaged')
    expect(await codeOf(fetches(url, { size: bytes.length + 1 }))).toBe('file-damaged')
    server.lies = 10
    expect(await codeOf(fetches(url))).toBe('file-damaged')
    expect(sink.size).toBeLessThanOrEqual(bytes.length)
  })

  it('is gone at 404, at 410, and at 403 behind a link that has run out', async () => {
    await opens()
    expect(await codeOf(fetches(`${server.origin}/ft/d/none`))).toBe('file-gone')
    server.answers = { status: 410 }
    expect(await codeOf(fetches(server.uri))).toBe('file-gone')
    server.answers = { status: 403 }
    expect(await codeOf(fetches(server.uri))).toBe('refused')
    expect(await codeOf(fetches(server.uri, { until: Date.now() - 1 }))).toBe('file-gone')
  })

  it('ends when the server stalls, by the clock', async () => {
    await opens()
    const clock = new HandClock()
    http = makeHttp(clock)
    server.stalls = true
    const ended = codeOf(fetches(server.lay('a.bin', bytes)))
    await until('the question', () => server.asked.length === 1)
    await clock.advance(31 * SECOND)
    expect(await ended).toBe('no-answer')
  })

  it('ends when it is told to', async () => {
    await opens()
    server.stalls = true
    const abort = new AbortController()
    const ended = codeOf(fetches(server.lay('a.bin', bytes), { signal: abort.signal }))
    await until('the question', () => server.asked.length === 1)
    abort.abort()
    expect(await ended).toBe('cancelled')
  })

  it('follows redirects over HTTP and to nothing else, and shows nobody else the password', async () => {
    await opens()
    const seen: (string | undefined)[] = []
    const to = { location: '' }
    const other = createServer(({ headers }, response) => {
      seen.push(headers.authorization)
      response.writeHead(to.location === '' ? 401 : 302, to.location === '' ? { 'WWW-Authenticate': 'Digest realm="r", nonce="n", qop="auth"' } : { Location: to.location }).end()
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/x`
    try {
      expect(await codeOf(fetches(url, { own: server.origin }))).toBe('wrong-password')
      to.location = server.lay('a.bin', bytes)
      await fetches(url)
      expect(createHash('sha256').update(sink.bytes).digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
      for (const place of ['file:///etc/passwd', 'ftp://127.0.0.1/', 'data:,a', 'http://me:secret@127.0.0.1/']) {
        to.location = place
        await sink.clear()
        expect(await codeOf(fetches(url))).toBe('refused')
      }
      to.location = url
      expect(await codeOf(fetches(url))).toBe('refused')
      expect(seen.every((value) => value === undefined)).toBe(true)
    } finally {
      other.close()
    }
  })

  it('finds nobody there', async () => {
    await opens()
    await server.closes()
    expect(await codeOf(fetches(server.uri))).toBe('cannot-connect')
    await server.opens()
  })
})
