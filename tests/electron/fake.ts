import { EventEmitter } from 'node:events'
import { vi } from 'vitest'

/** A fake of the few calls of Electron that hosts/electron makes: it remembers what it was told, and tests play the system. */
export class FakeContents extends EventEmitter {
  openHandler: ((details: { url: string }) => { action: string }) | undefined
  reloads = 0
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void { this.openHandler = handler }
  reload(): void { this.reloads++ }
  getURL(): string { return 'app://yanxin/' }
}

export class FakeWindow extends EventEmitter {
  static all: FakeWindow[] = []
  readonly webContents = new FakeContents()
  readonly calls: string[] = []
  url = ''
  minimized = false
  constructor(readonly options: { show?: boolean; webPreferences?: Record<string, unknown> } & Record<string, unknown>) {
    super()
    FakeWindow.all.push(this)
  }
  async loadURL(url: string): Promise<void> { this.url = url }
  show(): void { this.calls.push('show') }
  focus(): void { this.calls.push('focus') }
  restore(): void { this.calls.push('restore') }
  isMinimized(): boolean { return this.minimized }
}

export class FakeNotification extends EventEmitter {
  static all: FakeNotification[] = []
  static supported = true
  static isSupported = (): boolean => FakeNotification.supported
  isShown = false
  isClosed = false
  constructor(readonly options: { title: string; body: string }) {
    super()
    FakeNotification.all.push(this)
  }
  show(): void { this.isShown = true }
  close(): void {
    this.isClosed = true
    this.emit('close')
  }
}

export class FakePort extends EventEmitter {
  posted: unknown[] = []
  started = false
  closed = false
  postMessage(message: unknown): void { this.posted.push(message) }
  start(): void { this.started = true }
  close(): void { this.closed = true }
}

export class FakeTray extends EventEmitter {
  static all: FakeTray[] = []
  tip = ''
  menu: { label?: string; click?: () => void }[] = []
  constructor(readonly icon: unknown) {
    super()
    FakeTray.all.push(this)
  }
  setContextMenu(menu: FakeTray['menu']): void { this.menu = menu }
  setToolTip(text: string): void { this.tip = text }
}

type RequestHandler = (contents: FakeContents, permission: string, answer: (granted: boolean) => void, details: { mediaTypes?: string[] }) => void

export const session = {
  serve: undefined as ((request: Request) => Promise<Response>) | undefined,
  before: undefined as ((details: { url: string }, answer: (answer: { cancel: boolean }) => void) => void) | undefined,
  request: undefined as RequestHandler | undefined,
  check: undefined as ((contents: FakeContents | null, permission: string, origin: string, details: { mediaType?: string }) => boolean) | undefined,
  device: undefined as (() => boolean) | undefined,
  events: new EventEmitter(),
}

const children: (EventEmitter & { posted: unknown[]; killed: boolean; args: unknown[] })[] = []
export const utilityChildren = children

export const electron = {
  protocol: { registerSchemesAsPrivileged: vi.fn() },
  session: {
    defaultSession: {
      protocol: { handle: (_scheme: string, serve: typeof session.serve) => { session.serve = serve } },
      webRequest: { onBeforeRequest: (before: typeof session.before) => { session.before = before } },
      setPermissionRequestHandler: (handler: RequestHandler) => { session.request = handler },
      setPermissionCheckHandler: (handler: typeof session.check) => { session.check = handler },
      setDevicePermissionHandler: (handler: typeof session.device) => { session.device = handler },
      on: (name: string, listener: () => void) => session.events.on(name, listener),
    },
  },
  ipcMain: new EventEmitter(),
  BrowserWindow: FakeWindow,
  Notification: FakeNotification,
  Tray: FakeTray,
  Menu: { buildFromTemplate: (template: unknown) => template, setApplicationMenu: vi.fn() },
  nativeImage: { createFromPath: (path: string) => ({ resize: () => path }) },
  MessageChannelMain: class { port1 = new FakePort(); port2 = new FakePort() },
  safeStorage: {
    isEncryptionAvailable: vi.fn(() => true),
    getSelectedStorageBackend: vi.fn(() => 'gnome_libsecret'),
    encryptString: (text: string) => Buffer.from(`sealed(${text})`),
    decryptString: (sealed: Buffer) => /^sealed\((.*)\)$/s.exec(sealed.toString())![1]!,
  },
  utilityProcess: {
    fork(...args: unknown[]) {
      const child = Object.assign(new EventEmitter(), {
        posted: [] as unknown[], killed: false, args,
        postMessage(message: unknown) { child.posted.push(message) },
        kill() { child.killed = true },
      })
      children.push(child)
      return child
    },
  },
}
