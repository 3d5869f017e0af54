// `npm test`: everything a newcomer needs to believe in it. What stands after `--` goes to vitest.
import './setup/oldest.js'
import { join } from 'node:path'
import { findChromium } from './setup/chromium.js'
import { modules } from './setup/paths.js'
import { prepare } from './setup/prepare.js'
import { run } from './setup/run.js'
import { main } from './setup/say.js'

await main(async () => {
  const { node, env } = await prepare({ build: true, chromium: true })
  const chromium = findChromium()
  const all = { ...env, YANXIN_PREPARED: '1', ...(chromium && { CHROME_PATH: chromium }) }
  return run(node, [join(modules, 'vitest/vitest.mjs'), 'run', ...process.argv.slice(2)], { env: all })
})
