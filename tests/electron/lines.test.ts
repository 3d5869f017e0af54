import { beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLog } from '../../src-main/base/log'
import { CONNECT, PORT, serveWindows } from '../../src-main/hosts/electron/connect'
import { spawnDatabaseProcess } from '../../src-main/hosts/electron/database-process'
import { sealedVault, type SecretFiles } from '../../src-main/hosts/electron/vault'
import type { BridgeChannel } from '../../src-main/hosts/serve-bridge'
import { electron, utilityChildren, type FakePort } from './fake'

vi.mock('electron', async () => (await import('./fake')).electron)

describe('the line to a page', () => {
  let joined: { channel: BridgeChannel; url: string }[]
  beforeEach(() => {
    electron.ipcMain.removeAllListeners()
    joined = []
    serveWindows((channel, url) => joined.push({ channel, url }), silentLog)
  })
  const frame = (url: string, parent: unknown = null) => ({ url, parent, postMessage: vi.fn() })
  const ask = (senderFrame: unknown) => electron.ipcMain.emit(CONNECT, { senderFrame })

  it('is a port of its own for every page of ours that asks', () => {
    const [page, store] = [frame('app://yanxin/'), frame('app://yanxin/?store')]
    ask(page)
    ask(store)
    ask(page)
    expect(joined.map(({ url }) => url)).toEqual(['app://yanxin/', 'app://yanxin/?store', 'app://yanxin/'])
    expect(page.postMessage).toHaveBeenCalledTimes(2)
    expect(page.postMessage.mock.calls[0]!.slice(0, 2)).toEqual([PORT, null])
  })

  it.each([['a stranger', frame('https://evil.example/')], ['a frame within our page', frame('app://yanxin/', frame('app://yanxin/'))],
    ['a page that has gone', null]])('is refused to %s', (_, sender) => {
    ask(sender)
    expect(joined).toEqual([])
  })

  it('carries frames both ways until the page is gone', () => {
    const page = frame('app://yanxin/')
    const ports: FakePort[] = []
    const { MessageChannelMain } = electron
    electron.MessageChannelMain = class extends MessageChannelMain { constructor() { super(); ports.push(this.port1) } }
    ask(page)
    electron.MessageChannelMain = MessageChannelMain
    const { channel } = joined[0]!
    const [port] = ports
    expect(port!.started).toBe(true)
    const heard: unknown[] = []
    channel.onFrame((message) => heard.push(message))
    port!.emit('message', { data: [{ t: 'q' }] })
    channel.post([1])
    channel.onClose(() => heard.push('closed'))
    port!.emit('close')
    channel.close()
    expect(heard).toEqual([[{ t: 'q' }], 'closed'])
    expect(port).toMatchObject({ posted: [[1]], closed: true })
  })
})

describe('the preload script', () => {
  it('only passes the port on', async () => {
    const posted: unknown[] = []
    const exposed: Record<string, unknown> = {}
    let receive: (event: { ports: unknown[] }) => void = () => {}
    const sent: string[] = []
    vi.doMock('electron', () => ({
      contextBridge: { exposeInMainWorld: (name: string, value: unknown) => { exposed[name] = value } },
      ipcRenderer: { on: (_: string, listener: typeof receive) => { receive = listener }, send: (name: string) => sent.push(name) },
    }))
    vi.stubGlobal('window', { postMessage: (...args: unknown[]) => posted.push(args) })
    vi.stubGlobal('location', { origin: 'app://yanxin' })
    await import('../../src-main/hosts/electron/preload')
    expect(Object.keys(exposed)).toEqual(['yanxin'])
    const door = exposed['yanxin'] as { connect(): unknown }
    expect(Object.keys(door)).toEqual(['connect'])
    door.connect()
    expect(sent).toEqual([CONNECT])
    receive({ ports: ['the port'] })
    expect(posted).toEqual([[PORT, 'app://yanxin', ['the port']]])
    vi.unstubAllGlobals()
    vi.doUnmock('electron')
  })
})

describe('the vault', () => {
  const memory = () => {
    const kept = new Map<string, string>()
    const files: SecretFiles = {
      read: async (name) => kept.get(name),
      write: async (name, secret) => void kept.set(name, secret),
      remove: async (name) => void kept.delete(name),
    }
    return { kept, vault: sealedVault(files) }
  }
  beforeEach(() => {
    electron.safeStorage.isEncryptionAvailable.mockReturnValue(true)
    electron.safeStorage.getSelectedStorageBackend.mockReturnValue('gnome_libsecret')
  })

  it('keeps a secret sealed and gives it back', async () => {
    const { kept, vault } = memory()
    await vault.write('password', '密码 secret')
    expect([...kept.keys()]).toEqual(['password.sealed'])
    expect([...kept.values()].join()).not.toContain('secret')
    expect(await vault.read('password')).toBe('密码 secret')
    await vault.remove('password')
    expect(kept.size).toBe(0)
    expect(await vault.read('password')).toBeUndefined()
  })

  it('seals what the browser host left', async () => {
    const { kept, vault } = memory()
    kept.set('password', 'secret')
    expect(await vault.read('password')).toBe('secret')
    expect([...kept.keys()]).toEqual(['password.sealed'])
    expect(await vault.read('password')).toBe('secret')
  })

  it('does not pretend where there is no keychain', async () => {
    electron.safeStorage.isEncryptionAvailable.mockReturnValue(false)
    const { kept, vault } = memory()
    await vault.write('password', 'secret')
    expect([...kept]).toEqual([['password', 'secret']])
    expect(await vault.read('password')).toBe('secret')
  })

  it.runIf(process.platform === 'linux')('does not take the password that everybody knows for a keychain', async () => {
    electron.safeStorage.getSelectedStorageBackend.mockReturnValue('basic_text')
    const { kept, vault } = memory()
    await vault.write('password', 'secret')
    expect([...kept.keys()]).toEqual(['password'])
  })
})

describe('the database process', () => {
  it('is a port as the ledger knows it', () => {
    const port = spawnDatabaseProcess('/out/main/database.js', '/data/relay.sqlite')
    const child = utilityChildren.at(-1)!
    expect(child.args.slice(0, 2)).toEqual(['/out/main/database.js', ['/data/relay.sqlite']])
    const heard: unknown[] = []
    port.onMessage((message) => heard.push(message))
    port.onClosed((reason) => heard.push(reason))
    child.emit('message', { kind: 'opened' })
    port.post({ kind: 'close' })
    child.emit('exit', 9)
    port.end()
    expect(heard).toEqual([{ kind: 'opened' }, 'exit code 9'])
    expect(child).toMatchObject({ posted: [{ kind: 'close' }], killed: true })
  })
})
