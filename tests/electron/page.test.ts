import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { isOurPage, registerScheme, servePage } from '../../src-main/hosts/electron/page'
import { electron, FakeContents, session } from './fake'

vi.mock('electron', async () => (await import('./fake')).electron)

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'yanxin-electron-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<title>Yanxin</title>')
  writeFileSync(join(folder, 'assets/main.js'), 'export {}')
  writeFileSync(join(folder, '..', 'outside.js'), 'outside')
  servePage(folder)
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

  it('may copy text and nothing else', () => {
    const asked = (permission: string, url = 'app://yanxin/') => {
      const contents = new FakeContents()
      contents.getURL = () => url
      let granted: boolean | undefined
      session.request!(contents, permission, (answer) => { granted = answer })
      expect(session.check!(contents, permission, url)).toBe(granted)
      return granted
    }
    expect(asked('clipboard-sanitized-write')).toBe(true)
    expect(asked('clipboard-sanitized-write', 'https://evil.example')).toBe(false)
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'fullscreen', 'openExternal']) expect(asked(permission)).toBe(false)
    expect(session.device!()).toBe(false)
    const event = { preventDefault: vi.fn() }
    session.events.emit('will-download', event)
    expect(event.preventDefault).toHaveBeenCalled()
  })
})
