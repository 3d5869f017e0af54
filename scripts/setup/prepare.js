import { alone } from './lock.js'
import { prepareBuild } from './build.js'
import { prepareChromium } from './chromium.js'
import { prepareDependencies } from './dependencies.js'
import { checkNode, ourNode, plainPath, withPath } from './node.js'
import { delimiter, dirname, join } from 'node:path'
import { modules } from './paths.js'

/**
 * Everything that a command needs, from a fresh clone on: Node, dependencies and, if asked for, the build and Chromium.
 * @param {{ build?: boolean, chromium?: boolean }} [needs]
 * @returns {Promise<{ node: string, env: NodeJS.ProcessEnv }>} the Node to go on with, and an environment where it comes first
 */
export async function prepare({ build = false, chromium = false } = {}) {
  checkNode()
  const work = async () => {
    await prepareDependencies()
    if (build) await prepareBuild()
    if (chromium) await prepareChromium()
  }
  // Started again by ourselves, while the first one holds the lock for us.
  await (process.env.YANXIN_SETUP_HELD ? work() : alone(work))
  const node = ourNode()
  return { node, env: withPath([dirname(node), join(modules, '.bin'), plainPath()].join(delimiter)) }
}
