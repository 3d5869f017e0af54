// `npm run test:electron`: the app in a real Electron, driven by Playwright's launcher, where the binary is.
import './setup/oldest.js'
import { join } from 'node:path'
import { findElectron } from './setup/electron.js'
import { modules } from './setup/paths.js'
import { prepare } from './setup/prepare.js'
import { run } from './setup/run.js'
import { main, say } from './setup/say.js'

await main(async () => {
  const { node, env } = await prepare({ build: true })
  const electron = await findElectron()
  if (!electron) {
    say('skipped, because the Electron binary is not here (`npm start` on a computer with a display fetches it)')
    return 0
  }
  const all = { ...env, YANXIN_TESTS: 'electron', YANXIN_PREPARED: '1', YANXIN_ELECTRON: electron }
  return run(node, [join(modules, 'vitest/vitest.mjs'), 'run', ...process.argv.slice(2)], { env: all })
})
