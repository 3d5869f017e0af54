import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { root } from '../fakes/build'

interface Started {
  child: ChildProcess
  out(): string
  said(): string
  ended: Promise<number | null>
}

const running = new Set<ChildProcess>()
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  await expect.poll(() => running.size).toBe(0)
})

function start(args: string[], env: NodeJS.ProcessEnv = {}, cwd = root): Started {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...rest } = process.env
  return watch(spawn(process.execPath, args, { cwd, env: { ...rest, ...env }, stdio: ['ignore', 'pipe', 'pipe'] }))
}

function watch(child: ChildProcess): Started {
  let out = ''
  let said = ''
  running.add(child)
  child.stdout!.on('data', (bytes: Buffer) => { out += bytes.toString() })
  child.stderr!.on('data', (bytes: Buffer) => { said += bytes.toString() })
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => { running.delete(child); resolve(code) }))
  return { child, out: () => out, said: () => said, ended }
}

const folder = () => mkdtempSync(join(tmpdir(), 'yanxin-command-'))
const app = (...flags: string[]) => start(['scripts/start.js', ...flags])
const readyLine = /^Yanxin ready: http:\/\/127\.0\.0\.1:(\d+)\/#([0-9a-z]{32})$/m
const isReady = async (started: Started): Promise<{ port: number; token: string }> => {
  await expect.poll(() => readyLine.test(started.out()) || started.child.exitCode !== null, { timeout: 60_000 }).toBe(true)
  const found = readyLine.exec(started.out())
  if (!found) throw new Error(`it ended: ${started.said()}`)
  return { port: Number(found[1]), token: found[2]! }
}
const oneSentence = (text: string) => text.trim().split('\n').at(-1)!

/** A clone in which nothing has been installed or built. */
function freshClone(): string {
  const clone = folder()
  for (const name of ['scripts', 'package.json', 'package-lock.json', '.npmrc']) cpSync(join(root, name), join(clone, name), { recursive: true })
  return clone
}

describe('npm start from a fresh clone', () => {
  it('without network says so, ends with 1 and leaves nothing half-made', async () => {
    const clone = freshClone()
    const gone = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => gone.once('listening', resolve))
    const { port } = gone.address() as AddressInfo
    await new Promise((resolve) => gone.close(resolve))
    const env = { npm_config_registry: `http://127.0.0.1:${port}/`, npm_config_cache: folder() }
    const started = start(['scripts/start.js', '--browser'], env, clone)
    expect(await started.ended).toBe(1)
    expect(started.said()).toContain('Fetching the dependencies')
    expect(oneSentence(started.said())).toMatch(/package registry cannot be reached \(ECONNREFUSED\).*nothing was changed\.$/)
    expect(existsSync(join(clone, 'node_modules'))).toBe(false)
    expect(readdirSync(join(clone, '.cache'))).toEqual([])
  })

  it('with a Node that will not do says which one is needed, and touches nothing', async () => {
    const clone = freshClone()
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.9.0' } });
      Object.defineProperty(process, 'platform', { value: 'freebsd' })`
    const fake = join(folder(), 'pretend.mjs')
    writeFileSync(fake, pretend)
    const started = start(['--import', fake, 'scripts/start.js'], {}, clone)
    expect(await started.ended).toBe(1)
    expect(started.said().trim()).toMatch(/^Yanxin needs Node\.js 22\.13 or newer; this is 20\.9\.0, .*nodejs\.org.*$/)
    expect(existsSync(join(clone, '.cache'))).toBe(false)
  })

  it('in a folder that cannot be written says so', async () => {
    const clone = freshClone()
    writeFileSync(join(clone, '.cache'), 'a file where the folder should be')
    const started = start(['scripts/start.js'], {}, clone)
    expect(await started.ended).toBe(1)
    expect(started.said().trim()).toMatch(/^Yanxin cannot write to its own folder: .*$/)
  })
})

describe('npm start', () => {
  it('names every flag when it is asked for help, and starts nothing', async () => {
    const started = app('--help')
    expect(await started.ended).toBe(0)
    const flags = readFileSync(join(root, 'src-main/command-line.ts'), 'utf8').match(/^ {2}'?[a-z-]+'?: \{ type: /gm)!.map((line) => line.match(/[a-z-]+/)![0])
    expect(flags.length).toBeGreaterThan(8)
    for (const flag of flags) expect(started.out()).toContain(`--${flag}`)
    expect(started.out()).not.toContain('ready')
  })

  it('prints the ready line, signs in with --demo, keeps port and token over a restart, and ends cleanly', async () => {
    const data = folder()
    const first = app('--browser', '--no-open', '--demo', '--data', data)
    const { port, token } = await isReady(first)
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
    expect(JSON.parse(readFileSync(join(data, 'account.json'), 'utf8'))).toMatchObject({ isLocalTrial: true })
    expect(statSync(join(data, 'token')).mode & 0o077).toBe(0)
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    const second = app('--browser', '--no-open', '--data', data)
    expect(await isReady(second)).toEqual({ port, token })
    second.child.kill('SIGINT')
    expect(await second.ended).toBe(0)
    const renewed = app('--no-open', '--new-token', '--data', data)
    expect((await isReady(renewed)).token).not.toBe(token)
  })

  it('names the holder of a data folder that is in use and ends with 3', async () => {
    const data = folder()
    const first = app('--browser', '--no-open', '--data', data)
    await isReady(first)
    const second = app('--browser', '--no-open', '--data', data)
    expect(await second.ended).toBe(3)
    expect(oneSentence(second.said())).toMatch(/^The data folder .* is in use by Yanxin in a browser \(process \d+, since .*\)\.$/)
    expect(second.out()).not.toContain('ready')
  })

  it('refuses a port that is taken, and makes nothing of it', async () => {
    const taken: Server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as AddressInfo
    const data = folder()
    const started = app('--browser', '--no-open', '--port', String(port), '--data', data)
    expect(await started.ended).toBe(1)
    expect(oneSentence(started.said())).toMatch(new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 cannot be used: .*EADDRINUSE`))
    expect(existsSync(join(data, 'port'))).toBe(false)
    taken.close()
  })

  it('takes another port when its own is taken and nobody asked for one', async () => {
    const data = folder()
    const taken: Server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const kept = (taken.address() as AddressInfo).port
    writeFileSync(join(data, 'port'), String(kept))
    const started = app('--browser', '--no-open', '--data', data)
    const { port } = await isReady(started)
    expect(port).not.toBe(kept)
    expect(started.said()).toContain(`Port ${kept}, which the window had until now, is taken; it is ${port} from now on`)
    expect(readFileSync(join(data, 'port'), 'utf8').trim()).toBe(String(port))
    taken.close()
  })

  it('says that a data folder cannot be written', async () => {
    const file = join(folder(), 'a-file')
    writeFileSync(file, '')
    const started = app('--browser', '--no-open', '--data', join(file, 'data'))
    expect(await started.ended).toBe(1)
    expect(oneSentence(started.said())).toMatch(/^The data folder .* cannot be written: .*\.$/)
  })

  it('refuses a flag that it does not know, and an account without its password', async () => {
    const unknown = app('--browser', '--colour')
    expect(await unknown.ended).toBe(2)
    expect(oneSentence(unknown.said())).toMatch(/'--colour'.*The flags are --browser/)
    const account = app('--browser', '--no-open', '--data', folder(), '--account', 'mei@example.com', '--relay', 'sip:127.0.0.1:1')
    expect(await account.ended).toBe(2)
    expect(oneSentence(account.said())).toContain('YANXIN_PASSWORD')
  })

  it('ends when the command that started it is killed', async () => {
    const data = folder()
    const first = app('--browser', '--no-open', '--data', data)
    const { port } = await isReady(first)
    first.child.kill('SIGKILL')
    await first.ended
    await expect.poll(() => fetch(`http://127.0.0.1:${port}/`).then(() => 'there', () => 'gone'), { timeout: 10_000 }).toBe('gone')
    await expect.poll(() => existsSync(join(data, 'lock.json')), { timeout: 10_000 }).toBe(false)
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)('ends when npm gets %s, which npm hands to its shell alone, and starts again at once', async (signal) => {
    const data = folder()
    const npm = () => {
      const child = spawn('npm', ['start', '--silent', '--', '--browser', '--no-open', '--data', data], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
      return watch(child)
    }
    const first = npm()
    await isReady(first)
    first.child.kill(signal)
    await first.ended
    const second = npm()
    await isReady(second)
    second.child.kill('SIGTERM')
    await second.ended
    await expect.poll(() => existsSync(join(data, 'lock.json')), { timeout: 10_000 }).toBe(false)
  })

  it('opens an app window in Chromium when there is a display, by a link without the token', async () => {
    const data = folder()
    const fake = join(folder(), 'chromium')
    const told = `${fake}.told`
    writeFileSync(fake, `#!/bin/sh\nprintf '%s\\n' "$@" > ${told}.new && mv ${told}.new ${told}\n`, { mode: 0o755 })
    mkdirSync(join(data, 'window'))
    const started = start(['scripts/start.js', '--browser', '--data', data], { DISPLAY: ':77', CHROME_PATH: fake })
    const { token } = await isReady(started)
    await expect.poll(() => existsSync(told)).toBe(true)
    const args = readFileSync(told, 'utf8')
    expect(args).toMatch(/^--app=http:\/\/127\.0\.0\.1:\d+\/open\?/m)
    expect(args).not.toContain(token)
    const url = /--app=(\S+)/.exec(args)![1]!
    const opened = await fetch(url, { redirect: 'manual' })
    expect(opened.headers.get('location')).toBe(`/#${token}`)
  })
})

describe('npm run relay', () => {
  it('ends when the command that started it is killed, and keeps its files to its owner', async () => {
    const data = folder()
    const flags = ['serve', '--domain', 'example.com', '--data', data, '--sip', 'tcp:127.0.0.1:0']
    const first = start(['scripts/relay.js', ...flags])
    await expect.poll(() => first.out() || (first.child.exitCode !== null && first.said()), { timeout: 60_000 }).toMatch(/^Relay ready: sip:127\.0\.0\.1:\d+/m)
    for (const name of readdirSync(data)) expect([name, statSync(join(data, name)).mode & 0o077]).toEqual([name, 0])
    first.child.kill('SIGKILL')
    await first.ended
    await expect.poll(() => existsSync(join(data, 'lock.json')), { timeout: 10_000 }).toBe(false)
    const second = start(['scripts/relay.js', ...flags])
    await expect.poll(() => second.out() || (second.child.exitCode !== null && second.said()), { timeout: 60_000 }).toMatch(/^Relay ready: /m)
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
  })
})
