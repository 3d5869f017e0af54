import { existsSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ourNode } from './node.js'
import { cache, modules } from './paths.js'
import { collect } from './run.js'
import { say, withProgress } from './say.js'

const folder = join(modules, 'electron')
const failed = join(cache, 'electron-failed')
const HOUR = 3_600_000

/** Electron's program, if it is here. @returns {Promise<string | undefined>} */
export async function findElectron() {
  const path = await readFile(join(folder, 'path.txt'), 'utf8').catch(() => '')
  const file = path && join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), path)
  return file && existsSync(file) ? file : undefined
}

/** Why Electron cannot show a window here, if it cannot. */
export function noElectronBecause(env = process.env, platform = process.platform, uid = process.getuid?.()) {
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display'
  if (platform === 'linux' && uid === 0) return 'Electron does not run sandboxed as root'
  return undefined
}

/** Fetches Electron's program; a failed try is not repeated for an hour. @returns {Promise<string | undefined>} */
export async function fetchElectron() {
  const present = await findElectron()
  if (present || process.env.ELECTRON_SKIP_BINARY_DOWNLOAD) return present
  const last = await stat(failed).catch(() => undefined)
  if (last && Date.now() - last.mtimeMs < HOUR) return undefined
  const { code, text } = await withProgress('Fetching Electron (once, about 120 MB)', () =>
    collect(ourNode(), [join(folder, 'install.js')], { timeout: 15 * 60_000 }))
  if (code === 0) return findElectron()
  say(`  Electron could not be fetched: ${text.trim().split('\n')[0]}`)
  await writeFile(failed, text)
  return undefined
}
