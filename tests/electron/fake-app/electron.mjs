// The few calls of Electron that desktop.js makes, in plain Node. It tells the test over IPC what happens and plays what it asks.
import { EventEmitter } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'

const tell = (message) => process.send(message)
const paths = {}

export const app = Object.assign(new EventEmitter(), {
  isPackaged: false,
  enableSandbox() {},
  setPath(name, path) { paths[name] = path },
  requestSingleInstanceLock: () => true,
  whenReady: async () => {},
  getPreferredSystemLanguages: () => ['zh-CN'],
  getLocale: () => 'zh-CN',
  setBadgeCount: (count) => tell({ badge: count }),
  exit: (code) => process.exit(code),
  quit() {
    let kept = false
    app.emit('before-quit', { preventDefault: () => { kept = true } })
    if (!kept) process.exit(0)
  },
})
export const powerMonitor = new EventEmitter()
export const shell = { openExternal: async (url) => tell({ external: url }) }
export const protocol = { registerSchemesAsPrivileged() {} }
export const ipcMain = new EventEmitter()
export const Menu = { buildFromTemplate: (template) => template, setApplicationMenu() {} }
export const nativeImage = { createFromPath: (path) => ({ resize: () => path }) }
export const safeStorage = {
  isEncryptionAvailable: () => true, getSelectedStorageBackend: () => 'kwallet6',
  encryptString: (text) => Buffer.from(text), decryptString: (bytes) => bytes.toString(),
}
export const session = {
  defaultSession: {
    protocol: { handle() {} }, webRequest: { onBeforeRequest() {} }, on() {},
    setPermissionRequestHandler() {}, setPermissionCheckHandler() {}, setDevicePermissionHandler() {},
  },
}

const windows = []
export class BrowserWindow extends EventEmitter {
  webContents = Object.assign(new EventEmitter(), { setWindowOpenHandler() {}, reload() {} })
  constructor() { super(); windows.push(this) }
  async loadURL(url) { this.url = url; tell({ window: url }); this.emit('ready-to-show') }
  show() { tell({ shown: this.url }) }
  focus() {}
  isMinimized() { return false }
}

export class Tray extends EventEmitter {
  constructor(icon) { super(); tell({ tray: icon }) }
  setContextMenu() {}
  setToolTip() {}
}

export class Notification extends EventEmitter {
  static isSupported = () => true
  static last
  constructor(options) { super(); this.options = options; Notification.last = this }
  show() { tell({ notification: this.options }) }
  close() {}
}

const asMain = (port) => Object.assign(new EventEmitter(), {
  postMessage: (message) => port.postMessage(message),
  start() {
    port.on('message', (data) => this.emit('message', { data }))
    port.on('close', () => this.emit('close'))
  },
  close: () => port.close(),
})
export class MessageChannelMain {
  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = asMain(port1)
    this.port2 = port2
  }
}

export const utilityProcess = {
  fork(script, argv) {
    const worker = new Worker(script, { argv })
    const child = Object.assign(new EventEmitter(), {
      postMessage: (message) => worker.postMessage(message), kill: () => void worker.terminate(),
    })
    worker.on('message', (message) => child.emit('message', message))
    worker.on('exit', (code) => child.emit('exit', code))
    return child
  },
}

/** Pages by their URL: a page asks for its port, and calls go over it. */
const pages = {}
const plays = {
  connect(url) {
    ipcMain.emit('yanxin:connect', {
      senderFrame: {
        url, parent: null,
        postMessage(_name, _message, [port]) {
          pages[url] = port
          port.on('message', (frame) => { for (const message of frame) tell({ page: url, message }) })
        },
      },
    })
  },
  call: ({ url, id, name, args }) => pages[url].postMessage([{ t: 'q', i: id, m: name, a: args }]),
  quit: () => app.quit(),
  'second-instance': () => app.emit('second-instance'),
  resume: () => powerMonitor.emit('resume'),
  click: () => Notification.last.emit('click'),
  close: (url) => windows.find((window) => window.url === url).emit('closed'),
}
process.on('message', ([play, ...args]) => plays[play](...args))
// Electron goes on while it has nothing to do.
setInterval(() => {}, 60_000)
