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
  const script = (file: string, log: string) => `
    import { alone } from ${JSON.stringify(join(root, 'scripts/setup/lock.js'))}
    import { appendFileSync } from 'node:fs'
    await alone(async () => {
      appendFileSync(${JSON.stringify(log)}, 'in ')
      await new Promise((resolve) => setTimeout(resolve, 300))
      appendFileSync(${JSON.stringify(log)}, 'out ')
    }, ${JSON.stringify(file)})`
  const start = (text: string) => new Promise<{ code: number | null; said: string }>((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (bytes: Buffer) => { said += bytes.toString() })
    child.once('close', (code) => resolve({ code, said }))
  })

  it('take turns, the second saying for whom it waits', async () => {
    const dir = folder()
    const [file, log] = [join(dir, 'lock'), join(dir, 'log')]
    const ends = await Promise.all([1, 2, 3].map(() => start(script(file, log))))
    expect(readFileSync(log, 'utf8')).toBe('in out in out in out ')
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(ends.filter(({ said }) => /Another command \(process \d+\) is setting up/.test(said)).length).toBeGreaterThan(0)
    expect(existsSync(file)).toBe(false)
  })

  it('do not wait for one that was killed', async () => {
    const dir = folder()
    const [file, log] = [join(dir, 'lock'), join(dir, 'log')]
    const gone = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => gone.once('close', resolve))
    writeFileSync(file, String(gone.pid))
    await Promise.all([start(script(file, log)), start(script(file, log))])
    expect(readFileSync(log, 'utf8')).toBe('in out in out ')
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
