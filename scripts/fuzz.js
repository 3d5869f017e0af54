// `npm run fuzz -- [--seconds N] [--target NAME] [--seed N]`: what strangers send, mutated; what is new goes into tests/fuzz/corpus.
import './setup/oldest.js'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { modules } from './setup/paths.js'
import { prepare } from './setup/prepare.js'
import { run } from './setup/run.js'
import { main } from './setup/say.js'

await main(async () => {
  const { values } = parseArgs({ options: { seconds: { type: 'string' }, target: { type: 'string' }, seed: { type: 'string' } } })
  const { node, env } = await prepare()
  const all = {
    ...env, YANXIN_TESTS: 'fuzz',
    ...(values.seconds && { FUZZ_SECONDS: values.seconds }), ...(values.target && { FUZZ_TARGET: values.target }), ...(values.seed && { FUZZ_SEED: values.seed }),
  }
  return run(node, [join(modules, 'vitest/vitest.mjs'), 'run', '--silent=false'], { env: all })
})
