// `npm run package`: the app as an installer for this system, or with `-- --dir` as a folder. Electron is fetched by electron-builder.
import './setup/oldest.js'
import { join } from 'node:path'
import { modules } from './setup/paths.js'
import { prepare } from './setup/prepare.js'
import { run } from './setup/run.js'
import { main } from './setup/say.js'

await main(async () => {
  const { node, env } = await prepare({ build: true })
  return run(node, [join(modules, 'electron-builder/cli.js'), '--publish', 'never', ...process.argv.slice(2)], { env })
})
