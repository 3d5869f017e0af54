import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { silentLog } from '../../../src-main/base/log'
import { ORIGIN_REFUSED, startLoopback, TOKEN_REFUSED, type Loopback } from '../../../src-main/hosts/browser/loopback'
import { PROTOCOL_ERROR, type BridgeChannel } from '../../../src-main/hosts/serve-bridge'

const token = 'thetokenthatletsapagein'
let loopback: Loopback
let windows: BridgeChannel[]
let origin: string

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yanxin-page-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Yanxin</title>')
  writeFileSync(join(folder, 'assets/main-abc.js'), 'export {}')
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(folder, '..', 'outside.js'), 'outside')
  windows = []
  loopback = await startLoopback({ folder, ports: [0], token, log: silentLog, content: async () => undefined, onWindow: (window) => void windows.push(window) })
  origin = `http://127.0.0.1:${loopback.port}`
})
afterEach(() => loopback.stop())

interface Answer { status: number; headers: Record<string, unknown>; text: string }

/** A request with a path and headers as they are, which fetch would tidy. */
const ask = (path: string, options: { host?: string; method?: string } = {}) => new Promise<Answer>((resolve, reject) => {
  const headers = { host: options.host ?? `127.0.0.1:${loopback.port}` }
  request({ host: '127.0.0.1', port: loopback.port, path, method: options.method ?? 'GET', headers }, (response) => {
    let text = ''
    response.on('data', (bytes: Buffer) => { text += bytes.toString() })
    response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
  }).once('error', reject).end()
})

const dial = (options: { origin?: string; protocols?: string[]; host?: string; path?: string } = {}) => {
  const url = `ws://127.0.0.1:${loopback.port}${options.path ?? '/bridge'}`
  const headers = { ...(options.host && { host: options.host }) }
  const socket = new WebSocket(url, options.protocols ?? ['yanxin', token], { origin: options.origin ?? origin, headers })
  const ended = new Promise<number>((resolve) => {
    socket.on('close', resolve)
    socket.on('error', () => resolve(-1))
  })
  return { socket, ended, opened: new Promise<void>((resolve) => socket.on('open', () => resolve())) }
}

describe('the page on loopback', () => {
  it('is served with its type and a strict policy', async () => {
    const { status, headers, text } = await ask('/')
    expect(status).toBe(200)
    expect(text).toContain('<title>Yanxin</title>')
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['cache-control']).toBe('no-cache')
    expect((await ask('/assets/main-abc.js')).headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'max-age=31536000, immutable',
    })
  })

  it.each(['/../outside.js', '/%2e%2e/outside.js', '/..%2foutside.js', '/assets/../../outside.js', '/secret.txt', '/.sources', '/none.js', '/%00.js', '/%ff', '/..%5coutside.js'])(
    'does not serve %s', async (path) => {
      expect((await ask(path)).status).toBe(404)
    })

  it('answers to its address only, whatever name points here', async () => {
    expect((await ask('/', { host: 'evil.example' })).status).toBe(421)
    expect((await ask('/', { host: `evil.example:${loopback.port}` })).status).toBe(421)
    const other = await ask('/', { host: `localhost:${loopback.port}` })
    expect(other).toMatchObject({ status: 308, headers: { location: `${origin}/` } })
  })

  it('takes no other method', async () => {
    expect((await ask('/', { method: 'POST' })).status).toBe(405)
  })

  it('listens on 127.0.0.1 alone', async () => {
    const taken = await new Promise<boolean>((resolve) => {
      const server = createServer().once('error', () => resolve(true))
      server.listen(loopback.port, '127.0.0.2', () => server.close(() => resolve(false)))
    })
    expect(taken).toBe(false)
  })

  it('opens a window once by a ticket that holds no token', async () => {
    const url = new URL(loopback.ticketUrl())
    expect(url.href).not.toContain(token)
    const first = await ask(url.pathname + url.search)
    expect(first).toMatchObject({ status: 303, headers: { location: `/#${token}` } })
    expect((await ask(url.pathname + url.search)).status).toBe(403)
    expect((await ask('/open?')).status).toBe(403)
  })
})

describe('the bridge on loopback', () => {
  it('lets in who has the token and carries frames both ways', async () => {
    const { socket, opened } = dial()
    await opened
    await expect.poll(() => windows.length).toBe(1)
    const frames: unknown[] = []
    windows[0]!.onFrame((frame) => frames.push(frame))
    socket.send('[1,2]')
    socket.send('no json')
    await expect.poll(() => frames).toEqual([[1, 2], undefined])
    const answer = new Promise<string>((resolve) => socket.on('message', (data: Buffer) => resolve(data.toString())))
    windows[0]!.post([{ t: 's' }])
    expect(await answer).toBe('[{"t":"s"}]')
    expect(socket.protocol).toBe('yanxin')
  })

  it('says that the token is wrong, so that the page can ask for the new link', async () => {
    expect(await dial({ protocols: ['yanxin', 'another'] }).ended).toBe(TOKEN_REFUSED)
    expect(await dial({ protocols: ['yanxin'] }).ended).toBe(PROTOCOL_ERROR)
    expect(windows).toHaveLength(0)
  })

  it.each(['http://evil.example', 'null', 'http://localhost:1', 'https://127.0.0.1'])('refuses a page of %s', async (from) => {
    expect(await dial({ origin: from }).ended).toBe(ORIGIN_REFUSED)
    expect(windows).toHaveLength(0)
  })

  it('refuses another host and another path before the handshake', async () => {
    expect(await dial({ host: 'evil.example' }).ended).toBe(-1)
    expect(await dial({ path: '/other' }).ended).toBe(-1)
  })

  it('ends a window that sends too much', async () => {
    const { socket, opened, ended } = dial()
    await opened
    socket.send('x'.repeat(2 * 1024 * 1024))
    expect(await ended).toBe(1009)
  })

  it('tells the windows when the app ends', async () => {
    const { opened, ended } = dial()
    await opened
    await loopback.stop()
    expect(await ended).toBe(1001)
  })
})

describe('the port', () => {
  it('that is taken is a fault when it was asked for, and the next one is tried otherwise', async () => {
    const taken = loopback.port
    const options = { folder: tmpdir(), token, log: silentLog, content: async () => undefined, onWindow: () => {} }
    await expect(startLoopback({ ...options, ports: [taken] })).rejects.toMatchObject({ code: 'port-taken', detail: { port: taken } })
    const other = await startLoopback({ ...options, ports: [taken, 0] })
    expect(other.port).not.toBe(taken)
    await other.stop()
    const free = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => free.once('listening', resolve))
    expect((free.address() as AddressInfo).port).toBeGreaterThan(0)
    free.close()
  })
})
