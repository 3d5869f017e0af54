import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { readFileTransfer, readResumeInfo } from '../../src-main/rcs/file-transfer'
import { answerChallenge } from '../../src-main/sip/digest'
import { Exposition } from './play/exposition'
import { header, Phone, until } from './play/phone'
import { canMeasure, memoryOf, peakWhile } from './play/memory'
import { command, RelayProcess, withFolder } from './play/process'

// Files through a relay in a process of its own, by a client that is nothing of ours but the digest.

const domain = 'office.test'
const certificates = resolve(import.meta.dirname, '../fixtures/sip/tls')
const running: RelayProcess[] = []
afterEach(async () => {
  for (const relay of running.splice(0)) {
    relay.signal('SIGKILL')
    await relay.ended
  }
})

async function serve(data: string, at: string, ...flags: string[]): Promise<{ relay: RelayProcess; url: string; pid: number }> {
  command(['user', 'add', `mei@${domain}`, '--data', data], 'mei secret\n')
  const relay = await RelayProcess.start(['--domain', domain, '--data', data, '--sip', 'tcp:127.0.0.1:0', '--files', at, ...flags])
  running.push(relay)
  return { relay, url: relay.uris[1]!, pid: relay.pid }
}

/** Reads an answer whole, or only so that it is counted. */
async function textOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}

const open = (url: string, options: RequestOptions) =>
  url.startsWith('https:') ? requestHttps(url, { ...options, ca: readFileSync(join(certificates, 'cert.pem')), checkServerIdentity: () => undefined } as RequestOptions) : requestHttp(url, options)

async function credentials(url: string, method: string): Promise<string> {
  const asking = open(url, { method })
  asking.end()
  const [response] = await once(asking, 'response') as [IncomingMessage]
  response.resume()
  const { pathname, search } = new URL(url)
  // Several headers of that name are joined by Node.
  const challenges = response.headers['www-authenticate']!.split(/,\s*(?=Digest )/)
  return answerChallenge({ challenges, username: 'mei', password: 'mei secret', method, uri: pathname + search, cnonce: 'c', nc: 1 })!.value
}

async function ask(url: string): Promise<string> {
  const asking = open(url, { headers: { Authorization: await credentials(url, 'GET') } })
  asking.end()
  const [response] = await once(asking, 'response') as [IncomingMessage]
  expect(response.statusCode).toBe(200)
  return textOf(response)
}

const before = (tid: string, name: string) => Buffer.from(
  `--b1\r\nContent-Disposition: form-data; name="tid"\r\n\r\n${tid}\r\n--b1\r\nContent-Disposition: form-data; name="File"; filename="${name}"\r\n\r\n`)
const after = Buffer.from('\r\n--b1--\r\n')

/** Begins to send a form whose file has `size` bytes. */
async function post(url: string, tid: string, size: number) {
  const head = before(tid, 'film.mp4')
  const posting = open(url, { method: 'POST', headers: {
    'Authorization': await credentials(url, 'POST'), 'Content-Type': 'multipart/form-data; boundary=b1', 'Content-Length': head.length + size + after.length,
  } })
  posting.on('error', () => undefined)
  posting.write(head)
  return posting
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test('REGISTER tells where files go, and how large they may be', async () => withFolder(async (data) => {
  const { relay, url } = await serve(data, '127.0.0.1:0')
  const phone = await new Phone({ user: 'mei', domain, password: 'mei secret', port: relay.port }).connect()
  expect(header(await phone.register(), 'Yanxin-Content-Server')).toBe(`<${url}>;max-size=${100 * 1024 * 1024}`)
  await phone.leaves()
}))

test('behind a proxy, it is the proxy’s address that is told', async () => withFolder(async (data) => {
  const { url } = await serve(data, '127.0.0.1:0', '--files-url', 'https://files.example/office/ft')
  expect(url).toBe('https://files.example/office/ft')
}))

describe('an upload in the middle of which the relay is killed', () => {
  test('goes on after the restart, and no byte that was kept is sent again', async () => withFolder(async (data) => {
    const file = randomBytes(8_000_000)
    const first = await serve(data, '127.0.0.1:0')
    const posting = await post(first.url, 'the-film', file.length)
    posting.write(file.subarray(0, 5_000_000))
    const partial = join(data, 'files/partial')
    await until('some of it to be kept', () => existsSync(partial) && readdirSync(partial).some((name) => statSync(join(partial, name)).size > 1_000_000))
    await first.relay.dies()
    posting.destroy()

    const { url } = await serve(data, new URL(first.url).host)
    const { range, url: rest } = readResumeInfo(await ask(`${url}?tid=the-film&get_upload_info`))
    const kept = range ? range.end + 1 : 0
    expect(kept).toBeLessThanOrEqual(5_000_000)
    const putting = open(rest, { method: 'PUT', headers: { 'Content-Range': `bytes ${kept}-${file.length - 1}/${file.length}`, 'Content-Length': file.length - kept } })
    putting.end(file.subarray(kept))
    const [response] = await once(putting, 'response') as [IncomingMessage]
    expect([response.statusCode, (await textOf(response)).includes('<file')]).toEqual([200, true])
    const told = readFileTransfer(await ask(`${url}?tid=the-film&get_download_info`))
    expect(told).toMatchObject({ name: 'film.mp4', size: file.length, hash: sha256(file) })
    const fetched = await fetch(told.url)
    expect(sha256(new Uint8Array(await fetched.arrayBuffer()))).toBe(sha256(file))
  }))

  test('five times, at random: every time it goes on where it was', async () => withFolder(async (data) => {
    const file = randomBytes(3_000_000)
    let { relay, url } = await serve(data, '127.0.0.1:0')
    const host = new URL(url).host
    const posting = await post(url, 'tid', file.length)
    posting.write(file.subarray(0, 100_000))
    await until('it to have begun', async () => (await ask(`${url}?tid=tid&get_upload_info`).catch(() => '')).includes('file-range'))
    let sent = 0
    for (let i = 0; i < 5; i++) {
      const { range, url: rest } = readResumeInfo(await ask(`${url}?tid=tid&get_upload_info`))
      const at = range ? range.end + 1 : 0
      expect(at).toBeGreaterThanOrEqual(sent)
      sent = at
      const putting = open(rest, { method: 'PUT', headers: { 'Content-Range': `bytes ${at}-${file.length - 1}/${file.length}`, 'Content-Length': file.length - at } })
      putting.on('error', () => undefined)
      await new Promise<void>((done) => void putting.write(file.subarray(at, at + Math.floor(Math.random() * 250_000)), () => done()))
      await relay.dies()
      putting.destroy()
      ;({ relay, url } = await serve(data, host))
    }
    const { range, url: rest } = readResumeInfo(await ask(`${url}?tid=tid&get_upload_info`))
    const at = range!.end + 1
    const putting = open(rest, { method: 'PUT', headers: { 'Content-Range': `bytes ${at}-${file.length - 1}/${file.length}`, 'Content-Length': file.length - at } })
    putting.end(file.subarray(at))
    const [response] = await once(putting, 'response') as [IncomingMessage]
    expect(readFileTransfer(await textOf(response)).hash).toBe(sha256(file))
  }), 90_000)
})

test('over HTTPS, with the certificate of the relay', async () => withFolder(async (data) => {
  const { url } = await serve(data, 'https:127.0.0.1:0', '--tls-cert', join(certificates, 'cert.pem'), '--tls-key', join(certificates, 'key.pem'))
  expect(url).toMatch(/^https:/)
  const posting = await post(url, 'tid', 5)
  posting.end(Buffer.concat([Buffer.from('hello'), after]))
  const [response] = await once(posting, 'response') as [IncomingMessage]
  const told = readFileTransfer(await textOf(response))
  const getting = open(told.url, {})
  getting.end()
  const [fetched] = await once(getting, 'response') as [IncomingMessage]
  expect(await textOf(fetched)).toBe('hello')
}))

test('a large file goes both ways in little memory, is counted, and shown by disk', async () => withFolder(async (data) => {
  const SIZE = 400 * 1024 * 1024
  const { relay, url, pid } = await serve(data, '127.0.0.1:0', '--file-limit', '1G', '--http', '127.0.0.1:0')
  const piece = randomBytes(1024 * 1024)
  let told: ReturnType<typeof readFileTransfer>
  const move = async (tid: string, size: number): Promise<void> => {
    const hash = createHash('sha256')
    const posting = await post(url, tid, size)
    for (let sent = 0; sent < size; sent += piece.length) {
      hash.update(piece)
      if (!posting.write(piece)) await once(posting, 'drain')
    }
    posting.end(after)
    const [response] = await once(posting, 'response') as [IncomingMessage]
    told = readFileTransfer(await textOf(response))
    expect(told).toMatchObject({ size, hash: hash.digest('hex') })
    const getting = open(told.url, {})
    getting.end()
    const [fetched] = await once(getting, 'response') as [IncomingMessage]
    const back = createHash('sha256')
    for await (const bytes of fetched) back.update(bytes as Buffer)
    expect(back.digest('hex')).toBe(told.hash)
  }
  // What a process needs to have done anything at all is not what a large file needs.
  await move('small', 8 * piece.length)
  const idle = canMeasure ? memoryOf(pid) : 0
  const large = (): Promise<void> => move('large', SIZE)
  const peak = canMeasure ? await peakWhile(pid, large) : await large().then(() => 0)
  // 50 MB above idle, in KB.
  expect(peak - idle).toBeLessThan(50 * 1024)
  const http = relay.uris[2]!
  await until('the download to be counted', async () => (await Exposition.read(http)).samples.some(({ name, value }) => name === 'yanxin_downloads_total' && value === 2))
  const of = async (name: string) => (await Exposition.read(http)).samples.find((sample) => sample.name === name)!.value
  expect([await of('yanxin_files'), await of('yanxin_files_bytes'), await of('yanxin_uploads_total')]).toEqual([2, SIZE + 8 * piece.length, 2])
  expect(command(['disk', '--data', data]).stdout).toMatch(/427\.8 MB {2}sip:mei@office\.test {2}2 files\n/)
}), 60_000)
