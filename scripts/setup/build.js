import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ourNode } from './node.js'
import { cache, modules, out, root } from './paths.js'
import { collect } from './run.js'
import { Stop, withProgress } from './say.js'

const sources = ['src-main', 'src-renderer', 'resources', 'electron.config.ts', 'tsconfig.json', 'package-lock.json', 'package.json']

/** @param {string} path relative to the clone @returns {Promise<string[]>} */
async function filesBelow(path) {
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch(() => undefined)
  if (!entries) return existsSync(join(root, path)) ? [path] : []
  const nested = await Promise.all(entries.map((e) => (e.isDirectory() ? filesBelow(`${path}/${e.name}`) : [`${path}/${e.name}`])))
  return nested.flat()
}

/** A hash over the names and contents of everything that goes into the build. */
export async function sourcesHash() {
  const hash = createHash('sha256')
  const files = (await Promise.all(sources.map(filesBelow))).flat().sort()
  for (const file of files) hash.update(`${file}\0`).update(await readFile(join(root, file))).update('\0')
  return hash.digest('hex')
}

export async function isBuilt() {
  return (await readFile(join(out, '.sources'), 'utf8').catch(() => '')) === (await sourcesHash())
}

/** Builds into a folder of its own and then puts that in place, so that `out` is whole or absent, never half-made. */
async function build() {
  const folder = join(cache, `build-${process.pid}`)
  try {
    const hash = await sourcesHash()
    const { code, text } = await collect(
      ourNode(), [join(modules, 'electron-vite/bin/electron-vite.js'), 'build', '-c', 'electron.config.ts', '--outDir', folder],
      { env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' } },
    )
    if (code !== 0) throw new Stop(`The build failed:\n${text.trim()}`)
    await writeFile(join(folder, '.sources'), hash)
    const old = join(cache, `old-${process.pid}`)
    if (existsSync(out)) await rename(out, old)
    await rename(folder, out)
    await rm(old, { recursive: true, force: true })
  } catch (thrown) {
    if (thrown instanceof Stop) throw thrown
    throw new Stop(`The build could not be put in place: ${/** @type {Error} */ (thrown).message}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
    await sweepConfig()
  }
}

/** electron-vite writes its configuration as a module beside itself, and leaves it there when it is killed. */
async function sweepConfig() {
  const left = (await readdir(root)).filter((name) => /^electron\.config\.ts\.\d+-\w+\.mjs$/.test(name))
  for (const name of left) await rm(join(root, name), { force: true })
}

/** Builds when a source has changed since the last time. Call it inside `alone`. */
export async function prepareBuild() {
  if (!(await isBuilt())) await withProgress('Building', build)
}
