import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src-main/base/clock'
import { randomIds } from '../../../src-main/base/ids'
import { silentLog } from '../../../src-main/base/log'
import { KeptFiles } from '../../../src-main/content/kept-files'
import { startLoopback, type Loopback } from '../../../src-main/hosts/browser/loopback'
import { contentDoor } from '../../../src-main/hosts/content-door'
import { startChromium } from '../../e2e/yanxin'
import { findChromium, noChromium } from '../../fakes/chromium'

const content = '/content/thesecretofthissession0000000000/'
let folder: string
let loopback: Loopback
let origin: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yanxin-content-'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Yanxin</title><link rel="icon" href="data:,">')
  const files = new KeptFiles({ folder: join(folder, 'content'), ids: randomIds })
  const door = contentDoor({ content, files: () => files, tile: async () => undefined, clock: systemClock, log: silentLog })
  loopback = await startLoopback({ folder, ports: [0], token: 'x', content: door, log: silentLog, onWindow: () => {} })
  origin = `http://127.0.0.1:${loopback.port}`
})
afterEach(async () => {
  await loopback.stop()
  rmSync(folder, { recursive: true })
})

interface Answer { status: number; headers: Record<string, unknown>; bytes: Buffer }
const ask = (path: string, { method = 'GET', body, headers = {} }: { method?: string; body?: Uint8Array; headers?: Record<string, string> } = {}) => new Promise<Answer>((resolve, reject) => {
  request({ host: '127.0.0.1', port: loopback.port, path, method, headers: { host: `127.0.0.1:${loopback.port}`, ...headers } }, (response) => {
    const parts: Buffer[] = []
    response.on('data', (bytes: Buffer) => parts.push(bytes))
    response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, bytes: Buffer.concat(parts) }))
  }).once('error', reject).end(body)
})
const keep = async (body: Uint8Array) => (JSON.parse((await ask(content, { method: 'PUT', body, headers: { origin } })).bytes.toString()) as { hash: string }).hash

describe('files on loopback', () => {
  it('are kept, read, and read in part', async () => {
    const bytes = randomBytes(5_000_000)
    const hash = await keep(bytes)
    expect(hash).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect((await ask(content + hash)).bytes.equals(bytes)).toBe(true)
    const part = await ask(content + hash, { headers: { range: 'bytes=-1000' } })
    expect(part).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 4999000-4999999/5000000' } })
    expect(part.bytes.equals(bytes.subarray(-1_000))).toBe(true)
  })

  it('are for who names this address as its Host, knows the secret, and is our page', async () => {
    const hash = await keep(Buffer.from('hello'))
    expect((await ask(content + hash, { headers: { host: 'evil.example' } })).status).toBe(421)
    expect((await ask(content, { method: 'PUT', body: Buffer.from('x'), headers: { host: 'evil.example' } })).status).toBe(421)
    expect((await ask(content + hash, { headers: { host: `localhost:${loopback.port}` } })).headers['location']).toBe(`${origin}${content}${hash}`)
    expect((await ask(content + hash, { headers: { origin: 'http://evil.example' } })).status).toBe(403)
    expect((await ask(content, { method: 'PUT', body: Buffer.from('x'), headers: { origin: 'http://evil.example' } })).status).toBe(403)
    expect((await ask(content, { method: 'OPTIONS', headers: { origin: 'http://evil.example', 'access-control-request-method': 'PUT' } })).headers).not.toHaveProperty('access-control-allow-origin')
    expect((await ask(`/content/wrong/${hash}`)).status).toBe(404)
    for (const path of ['../index.html', '%2e%2e/index.html', `..%2f${hash}`, `${hash}/../../../index.html`]) expect((await ask(content + path)).status).toBe(404)
  })
})

describe.skipIf(!findChromium())(`a file opened as a page${findChromium() ? '' : `: ${noChromium}`}`, () => {
  let browser: Browser
  beforeAll(async () => { browser = await startChromium() })
  afterAll(() => browser.close())

  const script = '<script>fetch("/ran"); document.title = "ran"; try { localStorage.ran = 1 } catch {}</script>'
  it.each([
    ['HTML', `<!doctype html>${script}`], ['XHTML', `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">${script.replace('"/ran"', "'/ran'")}</html>`],
    ['SVG', `<svg xmlns="http://www.w3.org/2000/svg" onload="fetch('/ran')"><script>fetch('/ran')</script></svg>`],
    ['HTML that begins as a GIF', `GIF89a<!doctype html>${script}`], ['HTML that begins as an MP3', `ID3<!doctype html>${script}`], ['HTML that begins as sound in an Ogg', `OggS<html>${script}`],
  ])('%s runs no script', async (_, text) => {
    const hash = await keep(Buffer.from(text, 'latin1'))
    const context = await browser.newContext()
    const asked: string[] = []
    context.on('request', (one) => asked.push(new URL(one.url()).pathname))
    // A file that is only given away begins a download, which ends the navigation.
    for (const query of ['', '?picture', '?save']) await (await context.newPage()).goto(`${origin}${content}${hash}${query}`).catch(() => undefined)
    const page = await context.newPage()
    await page.goto(`${origin}/`)
    // A frame of it inside our page is no way either.
    await page.evaluate(async (url) => {
      const frame = Object.assign(document.createElement('iframe'), { src: url })
      const settled = new Promise((resolve) => frame.addEventListener('load', resolve))
      document.body.append(frame)
      await Promise.race([settled, fetch(url)])
    }, `${content}${hash}`)
    expect(await page.evaluate(() => localStorage.getItem('ran'))).toBeNull()
    expect(asked).not.toContain('/ran')
    await context.close()
  })

  it('and one that another origin embeds or uploads is refused', async () => {
    const hash = await keep(Buffer.from('GIF89a\x01\0\x01\0\x80\0\0\0\0\0\0\0\0!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;', 'latin1'))
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${origin}/`)
    const drawn = () => page.evaluate((url) => new Promise((resolve) => {
      const image = new Image()
      image.onload = () => resolve(true)
      image.onerror = () => resolve(false)
      image.src = url
    }), `${origin}${content}${hash}`)
    expect(await drawn()).toBe(true)
    await page.goto('data:text/html,<title>evil</title>')
    expect(await drawn()).toBe(false)
    expect(await page.evaluate((url) => fetch(url, { method: 'PUT', body: 'evil' }).then(() => true, () => false), `${origin}${content}`)).toBe(false)
    await context.close()
  })
})
