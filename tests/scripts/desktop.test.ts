import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { out, root } from '../fakes/build'

interface Told {
  window?: string
  shown?: string
  tray?: string
  badge?: number
  external?: string
  notification?: { title: string; body: string }
  page?: string
  message?: { t: 's' | 'q'; i?: string; r?: unknown; e?: unknown; m?: string; a?: unknown[] }
}

const running = new Set<ChildProcess>()
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  await expect.poll(() => running.size).toBe(0)
})

const page = 'app://yanxin/'
const store = 'app://yanxin/?store'

/** The built desktop.js in plain Node over a fake of Electron's few calls, with a true database and a true trial relay. */
function desktop(...flags: string[]) {
  const child = fork(join(out, 'main/desktop.js'), ['.', ...flags], {
    // Electron's own arguments: its program, the folder of the app, the flags.
    execArgv: ['--import', join(root, 'tests/electron/fake-app/hooks.mjs')], cwd: root, stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  running.add(child)
  const told: Told[] = []
  let text = ''
  let said = ''
  child.on('message', (message) => told.push(message as Told))
  child.stdout!.on('data', (bytes: Buffer) => { text += bytes.toString() })
  child.stderr!.on('data', (bytes: Buffer) => { said += bytes.toString() })
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => { running.delete(child); resolve(code) }))
  let calls = 0
  return {
    told, ended, said: () => said,
    play: (...play: unknown[]) => child.send(play),
    ready: () => expect.poll(() => text || said, { timeout: 30_000 }).toBe(`Yanxin ready: ${page}\n`),
    async call(name: string, ...args: unknown[]): Promise<NonNullable<Told['message']>> {
      const id = `call-${++calls}`
      child.send(['call', { url: page, id, name, args }])
      await expect.poll(() => told.some(({ message }) => message?.i === id), { timeout: 10_000 }).toBe(true)
      return told.find(({ message }) => message?.i === id)!.message!
    },
  }
}

const folder = () => mkdtempSync(join(tmpdir(), 'yanxin-desktop-'))

describe('the app in Electron, over a fake of the few calls that it makes', () => {
  it('opens its window and the hidden page, signs in with --demo and answers its page', async () => {
    const app = desktop('--demo', '--data', folder())
    await app.ready()
    expect(app.told.flatMap(({ window }) => window ?? [])).toEqual([store, page])
    expect(app.told.flatMap(({ shown }) => shown ?? [])).toContain(page)
    expect(app.told.find(({ tray }) => tray)?.tray).toBe(join(root, 'resources/icon.png'))
    app.play('connect', page)
    expect((await app.call('state')).r).toMatchObject({ host: 'electron', account: { isLocalTrial: true } })
    expect((await app.call('openExternal', 'javascript:alert(1)')).e).toMatchObject({ code: 'not-allowed' })
    expect((await app.call('openExternal', 'https://example.com/')).e).toBeUndefined()
    expect(app.told.find(({ external }) => external)?.external).toBe('https://example.com/')
    app.play('resume')
    app.play('quit')
    expect(await app.ended).toBe(0)
  })

  it('notifies of what arrives while nobody looks; a click opens the window and the conversation', async () => {
    const app = desktop('--demo', '--data', folder())
    await app.ready()
    await expect.poll(() => app.told.find(({ notification }) => notification)?.notification?.title, { timeout: 10_000 }).toBeTruthy()
    await expect.poll(() => app.told.findLast(({ badge }) => badge !== undefined)?.badge).toBe(1)
    app.play('close', page)
    app.play('click')
    await expect.poll(() => app.told.filter(({ window }) => window === page).length).toBe(2)
    app.play('connect', store)
    app.play('connect', page)
    await expect.poll(() => app.told.filter(({ message }) => message?.m === 'show').map(({ page: at }) => at)).toEqual([page])
  })

  it('brings its window to the front when it is started again', async () => {
    const app = desktop('--no-open', '--data', folder())
    await app.ready()
    expect(app.told.filter(({ window }) => window === page)).toEqual([])
    app.play('second-instance')
    await expect.poll(() => app.told.filter(({ shown }) => shown === page).length).toBe(1)
  })

  it('names the holder of its data folder and ends with 3; an unwritable one ends with 1', async () => {
    const data = folder()
    const first = desktop('--no-open', '--data', data)
    await first.ready()
    const second = desktop('--no-open', '--data', data)
    expect(await second.ended).toBe(3)
    expect(second.said()).toMatch(/^The data folder .* is in use by Yanxin \(process \d+, since .*\)\.\n$/)
    const file = join(folder(), 'a-file')
    writeFileSync(file, '')
    const third = desktop('--no-open', '--data', join(file, 'data'))
    expect(await third.ended).toBe(1)
    expect(third.said()).toMatch(/^The data folder .* cannot be written: .*\n$/)
  })
})
