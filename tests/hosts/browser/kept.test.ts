import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { randomIds } from '../../../src-main/base/ids'
import { keepPort, keptPort, portsToTry } from '../../../src-main/hosts/browser/port'
import { isSameToken, openToken } from '../../../src-main/hosts/browser/token'
import { hasDisplay, windowCommand } from '../../../src-main/hosts/browser/window'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'yanxin-kept-')) })

describe('the token', () => {
  it('is the same after a restart, in a file for its owner alone', () => {
    const token = openToken(folder, randomIds)
    expect(token).toMatch(/^[0-9a-z]{32}$/)
    expect(statSync(join(folder, 'token')).mode & 0o777).toBe(0o600)
    chmodSync(join(folder, 'token'), 0o644)
    expect(openToken(folder, randomIds)).toBe(token)
    expect(statSync(join(folder, 'token')).mode & 0o777).toBe(0o600)
  })

  it('is another one when it is renewed, or when the file was cut short', () => {
    const token = openToken(folder, randomIds)
    const renewed = openToken(folder, randomIds, true)
    expect(renewed).not.toBe(token)
    expect(openToken(folder, randomIds)).toBe(renewed)
    writeFileSync(join(folder, 'token'), 'short')
    expect(openToken(folder, randomIds)).toHaveLength(32)
    expect(readFileSync(join(folder, 'token'), 'utf8')).not.toBe('short')
  })

  it('is compared whole', () => {
    expect(isSameToken('abc', 'abc')).toBe(true)
    expect(isSameToken('abc', 'abd')).toBe(false)
    expect(isSameToken('abc', 'abcd')).toBe(false)
  })
})

describe('the port', () => {
  it('is kept in the data folder, because IndexedDB hangs on it', () => {
    expect(keptPort(folder)).toBeUndefined()
    keepPort(folder, 23_456)
    expect(keptPort(folder)).toBe(23_456)
    writeFileSync(join(folder, 'port'), 'rubbish')
    expect(keptPort(folder)).toBeUndefined()
  })

  it('is the kept one first, another only if nobody asked for it', () => {
    expect(portsToTry(4711, 23_456, () => 0.5)).toEqual([4711])
    expect(portsToTry(undefined, 23_456, () => 0.5)[0]).toBe(23_456)
    expect(portsToTry(undefined, undefined, () => 0)).toEqual([...Array<number>(8).fill(21_000), 0])
  })
})

describe('the window', () => {
  const options = { url: 'http://127.0.0.1:1/open?x', profile: '/data/window', platform: 'linux', isRoot: false }

  it('is an app window of Chromium with a profile of its own', () => {
    const command = windowCommand({ ...options, chromium: '/usr/bin/chromium' })
    expect(command).toContain('--app=http://127.0.0.1:1/open?x')
    expect(command).toContain('--user-data-dir=/data/window')
    expect(command).not.toContain('--no-sandbox')
    expect(windowCommand({ ...options, chromium: '/usr/bin/chromium', isRoot: true })).toContain('--no-sandbox')
    expect(windowCommand({ ...options, chromium: '/snap/bin/chromium' }).join(' ')).not.toContain('user-data-dir')
  })

  it('is left to the system where there is no Chromium', () => {
    expect(windowCommand({ ...options, chromium: undefined })).toEqual(['xdg-open', options.url])
    expect(windowCommand({ ...options, chromium: undefined, platform: 'darwin' })).toEqual(['open', options.url])
  })

  it('needs a display', () => {
    expect(hasDisplay('linux', {})).toBe(false)
    expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true)
    expect(hasDisplay('win32', {})).toBe(true)
  })
})
