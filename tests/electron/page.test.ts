import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { KeptFiles } from '../../src-main/content/kept-files'
import { contentDoor } from '../../src-main/hosts/content-door'
import { isOurPage, registerScheme, servePage } from '../../src-main/hosts/electron/page'
import { electron, FakeContents, session } from './fake'

vi.mock('electron', async () => (await import('./fake')).electron)

const content = '/content/thesecretofthissession0000000000/'

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'yanxin-electron-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<title>Yanxin</title>')
  writeFileSync(join(folder, 'assets/main.js'), 'export {}')
  writeFileSync(join(folder, '..', 'outside.js'), 'outside')
  const files = new KeptFiles({ folder: join(folder, 'content'), ids: randomIds })
  const door = contentDoor({ content, files: () => files, tile: async () => undefined, clock: systemClock, log: silentLog })
  servePage({ folder, content: { path: content, door } })
})

const get = (url: string, method = 'GET') => session.serve!(new Request(url, { method }))

describe('the page in Electron', () => {
  it('has a scheme of its own, secure and standard, that bypasses no policy', () => {
    registerScheme()
    const [[schemes]] = electron.protocol.registerSchemesAsPrivileged.mock.calls as [[{ scheme: string; privileges: Record<string, boolean> }[]]]
    expect(schemes.map(({ scheme }) => scheme)).toEqual(['app'])
    expect(schemes[0]!.privileges).toMatchObject({ standard: true, secure: true })
    expect(schemes[0]!.privileges).not.toHaveProperty('bypassCSP')
  })

  it.each([['app://yanxin/', true], ['app://yanxin/?store', true], ['app://yanxin.evil/', false], ['app://evil/', false],
    ['https://yanxin/', false], ['file:///etc/passwd', false], ['about:blank', false], ['rubbish', false]])('%s is ours: %s', (url, ours) => {
    expect(isOurPage(url)).toBe(ours)
  })

  it('is served with a strict policy, and nothing outside its folder is', async () => {
    const page = await get('app://yanxin/?store')
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('Yanxin')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    expect((await get('app://yanxin/assets/main.js')).headers.get('content-type')).toMatch(/^text\/javascript/)
    for (const url of ['app://yanxin/..%2foutside.js', 'app://evil/', 'app://yanxin/none.js']) expect((await get(url)).status).toBe(404)
    expect((await get('app://yanxin/', 'POST')).status).toBe(404)
  })

  it.each([['app://yanxin/assets/main.js', false], ['blob:app://yanxin/1', false], ['data:image/png,x', false],
    ['https://example.com/', true], ['http://127.0.0.1/', true], ['ws://example.com/', true], ['file:///etc/passwd', true], ['blob:https://evil/1', true],
  ])('loading %s is kept from happening: %s', (url, cancel) => {
    let answered: unknown
    session.before!({ url }, (answer) => { answered = answer })
    expect(answered).toEqual({ cancel })
  })

  it('may copy text, record sound and ask where it is, and nothing else', () => {
    const asked = (permission: string, url = 'app://yanxin/', mediaType?: string) => {
      const contents = new FakeContents()
      contents.getURL = () => url
      let granted: boolean | undefined
      session.request!(contents, permission, (answer) => { granted = answer }, { ...(mediaType && { mediaTypes: [mediaType] }) })
      expect(session.check!(contents, permission, url, { ...(mediaType && { mediaType }) })).toBe(granted)
      return granted
    }
    for (const permission of ['clipboard-sanitized-write', 'geolocation']) {
      expect(asked(permission)).toBe(true)
      expect(asked(permission, 'https://evil.example')).toBe(false)
    }
    expect(asked('media', 'app://yanxin/', 'audio')).toBe(true)
    expect(asked('media', 'app://yanxin/', 'video')).toBe(false)
    expect(asked('media', 'https://evil.example', 'audio')).toBe(false)
    for (const permission of ['media', 'notifications', 'clipboard-read', 'fullscreen', 'openExternal']) expect(asked(permission)).toBe(false)
    expect(session.device!()).toBe(false)
  })

  it.each([
    [`app://yanxin${content}aa?save`, true], ['blob:app://yanxin/1', true], ['app://yanxin/assets/main.js', false], [`app://evil${content}aa`, false], ['https://example.com/a', false], ['data:text/html,x', false], ['blob:https://evil/1', false],
  ])('what is downloaded from %s is let go: %s', (url, isLet) => {
    const event = { preventDefault: vi.fn() }
    session.events.emit('will-download', event, { getURL: () => url })
    expect(event.preventDefault.mock.calls.length === 0).toBe(isLet)
  })

  it('keeps files and plays parts of them', async () => {
    const put = (body: Buffer, headers = {}) => session.serve!(new Request(`app://yanxin${content}`, { method: 'PUT', body: new Uint8Array(body), headers }))
    const film = Buffer.concat([Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0isommp42', 'latin1'), Buffer.alloc(600_000, 7)])
    const { hash, size } = (await (await put(film)).json()) as { hash: string; size: number }
    expect(size).toBe(film.length)
    const part = await session.serve!(new Request(`app://yanxin${content}${hash}`, { headers: { range: 'bytes=100-' } }))
    expect(part.status).toBe(206)
    expect(part.headers.get('content-type')).toBe('video/mp4')
    expect(Buffer.from(await part.arrayBuffer()).equals(film.subarray(100))).toBe(true)
    expect((await put(film, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await get(`app://evil${content}${hash}`)).status).toBe(404)
    expect((await get(`app://yanxin/content/wrong/${hash}`)).status).toBe(404)
  })
})
