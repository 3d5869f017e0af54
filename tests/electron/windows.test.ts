import { beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLog } from '../../src-main/base/log'
import { setMenu } from '../../src-main/hosts/electron/menu'
import { notifications } from '../../src-main/hosts/electron/notifications'
import { makeTray } from '../../src-main/hosts/electron/tray'
import { ElectronWindows } from '../../src-main/hosts/electron/windows'
import { electron, FakeNotification, FakeTray, FakeWindow } from './fake'

vi.mock('electron', async () => (await import('./fake')).electron)

const make = () => new ElectronWindows({ preload: '/out/preload/preload.cjs', platform: 'linux', log: silentLog })
beforeEach(() => {
  FakeWindow.all = []
  FakeNotification.all = []
  FakeNotification.supported = true
})

describe('the window', () => {
  it('is sandboxed by every setting of the checklist', () => {
    make().show()
    expect(FakeWindow.all[0]!.options.webPreferences).toEqual({
      preload: '/out/preload/preload.cjs', sandbox: true, contextIsolation: true, nodeIntegration: false, nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false, webSecurity: true, allowRunningInsecureContent: false, experimentalFeatures: false,
      webviewTag: false, navigateOnDragDrop: false, spellcheck: false,
    })
  })

  it('goes nowhere, opens nothing, holds no webview', () => {
    make().show()
    const { webContents } = FakeWindow.all[0]!
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      const away = { url: 'https://evil.example/', preventDefault: vi.fn() }
      webContents.emit(name, away)
      expect(away.preventDefault).toHaveBeenCalledOnce()
      const here = { url: 'app://yanxin/', preventDefault: vi.fn() }
      webContents.emit(name, here)
      expect(here.preventDefault).not.toHaveBeenCalled()
    }
    const webview = { preventDefault: vi.fn() }
    webContents.emit('will-attach-webview', webview)
    expect(webview.preventDefault).toHaveBeenCalledOnce()
    expect(webContents.openHandler!({ url: 'app://yanxin/' })).toEqual({ action: 'deny' })
  })

  it('shows when it is painted, comes to the front when asked again, and is made anew after it was closed', () => {
    const windows = make()
    windows.show()
    const [window] = FakeWindow.all
    expect(window!.options.show).toBe(false)
    expect(window!.url).toBe('app://yanxin/')
    expect(window!.calls).toEqual([])
    window!.emit('ready-to-show')
    window!.minimized = true
    windows.show()
    expect(window!.calls).toEqual(['show', 'restore', 'show', 'focus'])
    expect(FakeWindow.all).toHaveLength(1)
    window!.emit('closed')
    expect(windows.isOpen).toBe(false)
    windows.show()
    expect(FakeWindow.all).toHaveLength(2)
  })

  it('is loaded again when its process dies', () => {
    make().show()
    const { webContents } = FakeWindow.all[0]!
    webContents.emit('render-process-gone', {}, { reason: 'clean-exit' })
    expect(webContents.reloads).toBe(0)
    webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    expect(webContents.reloads).toBe(1)
  })
})

describe('the hidden page', () => {
  it('keeps the store at full speed and is never shown', () => {
    const windows = make()
    windows.keepStore()
    windows.keepStore()
    expect(FakeWindow.all).toHaveLength(1)
    const [hidden] = FakeWindow.all
    expect(hidden!.url).toBe('app://yanxin/?store')
    expect(hidden!.options).toMatchObject({ show: false, skipTaskbar: true, webPreferences: { backgroundThrottling: false, sandbox: true } })
    hidden!.emit('ready-to-show')
    expect(hidden!.calls).toEqual([])
    expect(windows.isOpen).toBe(false)
  })
})

describe('notifications', () => {
  const notice = { conversation: 'sip:lan@example.com', title: 'Lan', body: 'Home yet?' }

  it('open their conversation when they are clicked', () => {
    const clicked: string[] = []
    notifications((conversation) => clicked.push(conversation))(notice)
    const [shown] = FakeNotification.all
    expect(shown).toMatchObject({ isShown: true, options: { title: 'Lan', body: 'Home yet?' } })
    shown!.emit('click')
    expect(clicked).toEqual(['sip:lan@example.com'])
  })

  it('take the place of the older one of the same conversation only', () => {
    const notify = notifications(() => {})
    notify(notice)
    notify({ ...notice, conversation: 'sip:mei@example.com' })
    notify({ ...notice, body: 'Hello?' })
    expect(FakeNotification.all.map(({ isClosed }) => isClosed)).toEqual([true, false, false])
  })

  it('are left out where the system has none', () => {
    FakeNotification.supported = false
    notifications(() => {})(notice)
    expect(FakeNotification.all).toEqual([])
  })
})

describe('the tray', () => {
  it('opens and quits in the language of the app, and counts what is unread', () => {
    const called: string[] = []
    const tray = makeTray({ icon: '/icon.png', language: 'zh', open: () => called.push('open'), quit: () => called.push('quit') })
    const [fake] = FakeTray.all
    expect(fake!.menu.map(({ label }) => label)).toEqual(['打开雁信', undefined, '退出'])
    fake!.emit('click')
    for (const { click } of fake!.menu) click?.()
    expect(called).toEqual(['open', 'open', 'quit'])
    tray.unread(3)
    expect(fake!.tip).toBe('雁信：3 条未读')
    tray.unread(0)
    expect(fake!.tip).toBe('Yanxin')
  })
})

describe('the menu', () => {
  it('is there on macOS, where copy and paste hang on it', () => {
    setMenu('darwin')
    expect(electron.Menu.setApplicationMenu).toHaveBeenLastCalledWith([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }])
    setMenu('linux')
    expect(electron.Menu.setApplicationMenu).toHaveBeenLastCalledWith(null)
  })
})
