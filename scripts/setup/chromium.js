import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { collect } from './run.js'
import { say, withProgress } from './say.js'

const commands = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable', 'microsoft-edge']
const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge']
const windows = ['Google/Chrome/Application/chrome.exe', 'Chromium/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe']

/** The newest Chromium that Playwright has downloaded, if one has been. @returns {string[]} */
function fromPlaywright() {
  const folder = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), '.cache/ms-playwright')
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => /^chromium-\d+$/.test(name)) : []
  return found.sort().reverse().flatMap((name) => ['chrome-linux/chrome', 'chrome-linux64/chrome'].map((file) => join(folder, name, file)))
}

/** @returns {string[]} */
function usualPlaces() {
  const { env } = process
  if (process.platform === 'darwin') {
    return ['/Applications', join(homedir(), 'Applications')].flatMap((f) => apps.map((app) => `${f}/${app}.app/Contents/MacOS/${app}`))
  }
  if (process.platform === 'win32') {
    const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter((f) => f !== undefined)
    return windows.flatMap((file) => folders.map((folder) => join(folder, file)))
  }
  const path = (env.PATH ?? '').split(delimiter)
  return [...commands.flatMap((name) => path.map((folder) => join(folder, name))), '/snap/bin/chromium', ...fromPlaywright()]
}

/** A Chromium, Chrome or Edge of this computer: `CHROME_PATH`, else the usual places. @returns {string | undefined} */
export function findChromium() {
  const chosen = process.env.CHROME_PATH
  if (chosen) return existsSync(chosen) ? chosen : undefined
  return usualPlaces().find((file) => existsSync(file))
}

/** Finds a Chromium for the tests, or, as root on Debian, installs one; without one its tests are skipped and say so. */
export async function prepareChromium() {
  if (findChromium()) return
  const isDebian = existsSync('/etc/debian_version') && process.getuid?.() === 0 && !process.env.CHROME_PATH
  if (isDebian) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await withProgress('Installing Chromium and fonts for the tests (apt-get)', async () => {
      await collect('apt-get', ['update', '-qq'], { env })
      const packages = ['chromium', 'fonts-noto-cjk', 'fonts-noto-color-emoji']
      const { code, text } = await collect('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env })
      if (code !== 0) say(`  apt-get could not: ${text.trim().split('\n').at(-1)}`)
    })
  }
  if (!findChromium()) {
    say('No Chromium, Chrome or Edge was found (CHROME_PATH names one): the tests that need one are skipped, and counted so.')
  }
}
