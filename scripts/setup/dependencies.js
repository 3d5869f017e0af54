import { createHash } from 'node:crypto'
import { spawn } from 'node:child_process'
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join, sep } from 'node:path'
import { broughtNode, isNewEnough, plainPath, withPath } from './node.js'
import { cache, modules, root } from './paths.js'
import { collect } from './run.js'
import { Stop, withProgress } from './say.js'

const stamp = join(modules, '.yanxin-lock')

const lockHash = async () => createHash('sha256').update(await readFile(join(root, 'package-lock.json'))).digest('hex')

/** @param {string} file @returns {Promise<Record<string, { version?: string, optional?: boolean }>>} */
async function packagesOf(file) {
  return JSON.parse(await readFile(file, 'utf8')).packages ?? {}
}

/** Whether somebody's own `npm install` has already put there what the lockfile says. */
async function isInstalledOtherwise() {
  try {
    const wanted = await packagesOf(join(root, 'package-lock.json'))
    const present = await packagesOf(join(modules, '.package-lock.json'))
    const same = Object.entries(wanted).every(
      ([path, entry]) => path === '' || (entry.optional && !present[path]) || present[path]?.version === entry.version,
    )
    return same && (isNewEnough(process.versions.node) || broughtNode() !== undefined)
  } catch {
    return false
  }
}

/** Whether node_modules holds what the lockfile says. */
export async function isInstalled() {
  const kept = await readFile(stamp, 'utf8').catch(() => '')
  if (kept === (await lockHash())) return true
  if (!(await isInstalledOtherwise())) return false
  await writeFile(stamp, await lockHash())
  return true
}

/** What npm said, as one sentence. @param {string} text */
export function explainNpm(text) {
  const code = /code (E[A-Z_]+)/.exec(text)?.[1] ?? ''
  if (/^E(NOTFOUND|CONNREFUSED|CONNRESET|AI_AGAIN|TIMEDOUT|NETUNREACH|HOSTUNREACH|SOCKETTIMEDOUT)$/.test(code) || /network/i.test(code)) {
    return `Yanxin has to fetch its dependencies once, and the package registry cannot be reached (${code}). ` +
      'Check the network or the npm registry and proxy settings, then run the command again; nothing was changed.'
  }
  if (code === 'ENOSPC') return 'The disk is full, so the dependencies could not be put in place; nothing was changed.'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `Yanxin cannot write to its own folder (${code}), so the dependencies could not be put in place.`
  }
  const first = text.split('\n').find((line) => /^npm (error|ERR!) \S/.test(line) && !/(error|ERR!) code /.test(line)) ?? ''
  return `npm could not install the dependencies${code && ` (${code})`}: ${first.replace(/^npm (error|ERR!) /, '') || text.slice(-300)}`
}

/**
 * Installs into a folder of its own and then puts that in the place of node_modules, so that an install that breaks off
 * leaves everything as it was.
 */
async function install() {
  const folder = join(cache, `install-${process.pid}`)
  try {
    await mkdir(folder, { recursive: true })
    for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
      if (existsSync(join(root, name))) await copyFile(join(root, name), join(folder, name))
    }
    // The clone's own .npmrc and the person's are read; nothing of ours needs an install script.
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1', '--fetch-retry-mintimeout=2000']
    const { code, text } = await collect('npm', args, {
      cwd: folder, env: withPath(plainPath()), shell: process.platform === 'win32',
    })
    if (code === 127) throw new Stop('npm cannot be found; it comes with Node.js from nodejs.org.')
    if (code !== 0) throw new Stop(explainNpm(text))
    const fresh = join(folder, 'node_modules')
    await writeFile(join(fresh, '.yanxin-lock'), await lockHash())
    const old = join(cache, `old-${process.pid}`)
    if (existsSync(modules)) await rename(modules, old)
    await rename(fresh, modules)
    await rm(old, { recursive: true, force: true })
  } catch (thrown) {
    if (thrown instanceof Stop) throw thrown
    throw new Stop(`The dependencies could not be put in place: ${/** @type {Error} */ (thrown).message}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Removes what an earlier set-up that was killed has left. */
async function sweep() {
  const left = (await readdir(cache).catch(() => [])).filter((name) => /^(install|old|build)-\d+$/.test(name))
  for (const name of left) await rm(join(cache, name), { recursive: true, force: true })
}

/**
 * True when this process runs from the node_modules that is about to be replaced, which Windows would not allow;
 * the caller then starts again with the Node of the system.
 */
const runsFromModules = () => process.execPath.startsWith(modules + sep)

/** Installs the dependencies when the lockfile has changed since the last time. Call it inside `alone`. */
export async function prepareDependencies() {
  if (await isInstalled()) return
  await sweep()
  if (process.platform === 'win32' && runsFromModules()) await again()
  const why = existsSync(modules) ? 'The dependencies have changed; fetching them' : 'Fetching the dependencies (once, about 400 packages)'
  await withProgress(why, install)
}

/** Runs the same command with the system's Node and ends with its exit code. @returns {Promise<never>} */
async function again() {
  const child = spawn('node', process.argv.slice(1), { stdio: 'inherit', env: { ...withPath(plainPath()), YANXIN_SETUP_HELD: '1' } })
  process.exit(await new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1))))
}
