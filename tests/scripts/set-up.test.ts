import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { findChromium } from '../../scripts/setup/chromium.js'
import { explainNpm } from '../../scripts/setup/dependencies.js'
import { noElectronBecause } from '../../scripts/setup/electron.js'
import { checkNode, isNewEnough, plainPath, withPath } from '../../scripts/setup/node.js'
import { root } from '../fakes/build'

const folder = () => mkdtempSync(join(tmpdir(), 'yanxin-set-up-'))

describe('the right Node', () => {
  it.each([['22.13.0', true], ['24.21.0', true], ['22.12.9', false], ['20.20.2', false], ['18.0.0', false]])('%s: %s', (version, good) => {
    expect(isNewEnough(version)).toBe(good)
  })

  it('is fetched where the lockfile has one, and asked for in a sentence elsewhere', () => {
    expect(() => checkNode('20.20.2', 'linux', 'x64')).not.toThrow()
    expect(() => checkNode('22.13.1', 'darwin', 'arm64')).not.toThrow()
    expect(() => checkNode('20.20.2', 'darwin', 'arm64')).toThrow(/^Yanxin needs Node.js 22\.13 or newer; this is 20\.20\.2.*nodejs\.org/)
  })

  it('is not looked for in node_modules/.bin when npm installs', () => {
    const path = ['/clone/node_modules/.bin', '/usr/bin', '/clone/node_modules/.bin/', '/bin'].join(delimiter)
    expect(plainPath(path)).toBe(['/usr/bin', '/bin'].join(delimiter))
    expect(withPath('/bin').PATH).toBe('/bin')
  })
})

describe('what npm said', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'ECONNRESET'])('%s: the network is not there', (code) => {
    expect(explainNpm(`npm error code ${code}\nnpm error errno ${code}`)).toMatch(/registry cannot be reached .*nothing was changed\.$/)
  })
  it('is told apart from a full disk, a folder that cannot be written, and the rest', () => {
    expect(explainNpm('npm error code ENOSPC')).toMatch(/disk is full/)
    expect(explainNpm('npm error code EACCES')).toMatch(/cannot write/)
    expect(explainNpm('npm error code EINTEGRITY\nnpm error sha512 differs')).toMatch(/\(EINTEGRITY\): sha512 differs/)
  })
})

describe('two set-ups at once', () => {
  /** Holds the lock until the file `go` is there. */
  const script = (dir: string) => `
    import { alone } from ${JSON.stringify(join(root, 'scripts/setup/lock.js'))}
    import { appendFileSync, existsSync } from 'node:fs'
    await alone(async () => {
      appendFileSync(${JSON.stringify(join(dir, 'log'))}, 'in ')
      while (!existsSync(${JSON.stringify(join(dir, 'go'))})) await new Promise((resolve) => setTimeout(resolve, 20))
      appendFileSync(${JSON.stringify(join(dir, 'log'))}, 'out ')
    }, ${JSON.stringify(join(dir, 'lock'))})`
  const start = (dir: string) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script(dir)], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (bytes: Buffer) => { said += bytes.toString() })
    return { said: () => said, ended: new Promise<number | null>((resolve) => child.once('close', resolve)) }
  }
  const log = (dir: string) => readFileSync(join(dir, 'log'), 'utf8')

  it('take turns, those who wait saying for whom', async () => {
    const dir = folder()
    const all = [start(dir), start(dir), start(dir)]
    const waiting = () => all.filter(({ said }) => /^Another command \(process \d+\) is setting up; waiting for it/.test(said()))
    await expect.poll(() => waiting().length, { timeout: 15_000 }).toBe(2)
    expect(log(dir)).toBe('in ')
    writeFileSync(join(dir, 'go'), '')
    expect(await Promise.all(all.map(({ ended }) => ended))).toEqual([0, 0, 0])
    expect(log(dir)).toBe('in out in out in out ')
    expect(existsSync(join(dir, 'lock'))).toBe(false)
  })

  it('do not wait for one that was killed', async () => {
    const dir = folder()
    const gone = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => gone.once('close', resolve))
    writeFileSync(join(dir, 'lock'), String(gone.pid))
    writeFileSync(join(dir, 'go'), '')
    await Promise.all([start(dir).ended, start(dir).ended])
    expect(log(dir)).toBe('in out in out ')
  })
})

describe('Chromium', () => {
  const before = process.env['CHROME_PATH']
  afterEach(() => {
    if (before === undefined) delete process.env['CHROME_PATH']
    else process.env['CHROME_PATH'] = before
  })

  it('is the one that CHROME_PATH names, or none if that is not there', () => {
    const file = join(folder(), 'chrome')
    mkdirSync(file)
    process.env['CHROME_PATH'] = file
    expect(findChromium()).toBe(file)
    process.env['CHROME_PATH'] = `${file}-none`
    expect(findChromium()).toBeUndefined()
  })
})

describe('Electron', () => {
  it('is not tried where it cannot show a window', () => {
    expect(noElectronBecause({}, 'linux', 1000)).toBe('there is no display')
    expect(noElectronBecause({ DISPLAY: ':0' }, 'linux', 0)).toMatch(/root/)
    expect(noElectronBecause({ DISPLAY: ':0' }, 'linux', 1000)).toBeUndefined()
    expect(noElectronBecause({}, 'darwin', 501)).toBeUndefined()
  })
})
