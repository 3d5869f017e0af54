import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { findChromium, noChromium } from '../../fakes/chromium'
import { Torture } from './play'

// `npm run torture -- --rounds 1000 --seed 7` sets both; the tests have a hundred rounds and a seed of their own.
const rounds = Number(process.env['YANXIN_TORTURE_ROUNDS'] ?? 100)
const seed = Number(process.env['YANXIN_TORTURE_SEED'] ?? randomInt(2 ** 31))
const none = findChromium() ? '' : noChromium

describe(`torture${none && ` (without windows: ${none})`}`, () => {
  it(`${rounds} rounds of kill -9 under load: nothing lost, nothing twice, nothing out of order (seed ${seed})`, async () => {
    const report = await new Torture({ rounds, seed, windows: none ? 0 : 2, say: (line) => console.log(line) }).run()
    console.log(`${report.kept} messages were kept of ${report.attempted} that were said, in ${report.seconds} s; 0 lost, 0 twice, 0 out of order`)
    console.table(report.deaths)
    console.log(`the screens were looked at ${report.looks} times; memory in KB`, report.memory)
    expect(report.kept).toBeGreaterThan(rounds)
  }, (120 + rounds * 15) * 1_000)
})
