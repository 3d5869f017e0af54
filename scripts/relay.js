// `npm run relay -- …`: a relay alone, and the commands for its accounts; design.md, *Commands*.
import './setup/oldest.js'
import { join } from 'node:path'
import { out } from './setup/paths.js'
import { relayFlags } from './setup/relay-flags.js'
import { prepare } from './setup/prepare.js'
import { run } from './setup/run.js'
import { main } from './setup/say.js'

await main(async () => {
  const { node, env } = await prepare({ build: true })
  return run(node, [...relayFlags, join(out, 'main/headless.js'), ...process.argv.slice(2)], { env, ipc: true })
})
