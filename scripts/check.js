// `npm run check`: types, lint, import table. Both run, so that one failure does not hide another.
import './setup/oldest.js'
import { join } from 'node:path'
import { modules } from './setup/paths.js'
import { prepare } from './setup/prepare.js'
import { run } from './setup/run.js'
import { main, say } from './setup/say.js'

await main(async () => {
  const { node, env } = await prepare()
  say('Types (vue-tsc) …')
  const types = await run(node, [join(modules, 'vue-tsc/bin/vue-tsc.js'), '--noEmit'], { env })
  say('Lint and import table (eslint) …')
  const lint = await run(node, [join(modules, 'eslint/bin/eslint.js'), '--max-warnings', '0', ...process.argv.slice(2), '.'], { env })
  if (types === 0 && lint === 0) say('All is well.')
  return types || lint
})
