// `npm run torture -- [--rounds N] [--seed N]`: people write to each other while relay, programs and pages are killed, again and
// again; ends with 0 when nothing was lost, shown twice or out of order. A seed that failed is printed, its folder kept.
import './setup/oldest.js'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findChromium } from './setup/chromium.js'
import { modules } from './setup/paths.js'
import { prepare } from './setup/prepare.js'
import { run } from './setup/run.js'
import { main, Stop } from './setup/say.js'

/** @param {string} name @param {string | undefined} text @param {number} fallback @param {number} least */
function number(name, text, fallback, least) {
  const value = text === undefined ? fallback : Number(text)
  if (!Number.isInteger(value) || value < least) throw new Stop(`--${name} takes a whole number from ${least} on, not ${text}.`)
  return String(value)
}

await main(async () => {
  const { values } = parseArgs({ options: { rounds: { type: 'string' }, seed: { type: 'string' } } })
  const rounds = number('rounds', values.rounds, 100, 1)
  const seed = number('seed', values.seed, Math.floor(Math.random() * 2 ** 31), 0)
  const { node, env } = await prepare({ build: true, chromium: true })
  const chromium = findChromium()
  const all = {
    ...env, YANXIN_PREPARED: '1', YANXIN_TORTURE_ROUNDS: rounds, YANXIN_TORTURE_SEED: seed, ...(chromium && { CHROME_PATH: chromium }),
  }
  return run(node, [join(modules, 'vitest/vitest.mjs'), 'run', '--silent=false', 'tests/scenarios/torture'], { env: all })
})
