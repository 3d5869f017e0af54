import { BrowserWindow, type BrowserWindowConstructorOptions } from 'electron'
import type { Log } from '../../base/log'
import { harden, safePreferences } from './contents'
import { pageUrl, storeUrl } from './page'

export interface WindowsOptions {
  preload: string
  platform: string
  log: Log
}

/** Ours to draw, with the system's own buttons kept. */
const titleBar = (platform: string): BrowserWindowConstructorOptions =>
  platform === 'darwin'
    ? { titleBarStyle: 'hiddenInset' }
    : { titleBarStyle: 'hidden', titleBarOverlay: { height: 36, color: '#00000000' } }

/** The one window of the person, and the hidden page that keeps the store when it is closed. */
export class ElectronWindows {
  readonly #options: WindowsOptions
  #window: BrowserWindow | undefined
  #hidden: BrowserWindow | undefined

  constructor(options: WindowsOptions) {
    this.#options = options
  }

  /** Opens the window, or brings it to the front. */
  show(): void {
    if (this.#window) {
      if (this.#window.isMinimized()) this.#window.restore()
      this.#window.show()
      this.#window.focus()
      return
    }
    const { platform } = this.#options
    const window = this.#make({ width: 1280, height: 800, minWidth: 360, minHeight: 480, title: 'Yanxin', ...titleBar(platform) })
    this.#window = window
    window.once('ready-to-show', () => window.show())
    window.once('closed', () => { this.#window = undefined })
    void window.loadURL(pageUrl)
  }

  get isOpen(): boolean {
    return this.#window !== undefined
  }

  /** Opens the hidden page; a Web Lock sees to it that only one page writes the store. */
  keepStore(): void {
    if (this.#hidden) return
    this.#hidden = this.#make({ width: 1, height: 1, skipTaskbar: true, focusable: false }, { backgroundThrottling: false })
    this.#hidden.once('closed', () => { this.#hidden = undefined })
    void this.#hidden.loadURL(storeUrl)
  }

  #make(options: BrowserWindowConstructorOptions, preferences: { backgroundThrottling?: boolean } = {}): BrowserWindow {
    const { preload, log } = this.#options
    const window = new BrowserWindow({ show: false, ...options, webPreferences: { ...safePreferences(preload), ...preferences } })
    harden(window.webContents, log)
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit') return
      log.error({ reason }, 'a page died and is loaded again')
      window.webContents.reload()
    })
    return window
  }
}
