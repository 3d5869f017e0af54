import { afterAll, expect, it } from 'vitest'
import { fuzz, keep, told, type Fuzzed } from './fuzz'
import { targetNames, type TargetName } from './targets'

// `npm run fuzz -- --seconds N --target NAME --seed N` (scripts/fuzz.js hands them on).
const { FUZZ_SECONDS = '30', FUZZ_TARGET, FUZZ_SEED } = process.env
const seed = FUZZ_SEED ? Number(FUZZ_SEED) : Math.floor(Math.random() * 2 ** 32)
const chosen = targetNames.filter((name) => !FUZZ_TARGET || name === FUZZ_TARGET)
const table: Fuzzed[] = []

it('has such a target', () => expect(chosen as readonly TargetName[]).not.toEqual([]))

it.each(chosen)('%s', { timeout: Number(FUZZ_SECONDS) * 1_000 + 60_000 }, async (target) => {
  const fuzzed = await fuzz(target, { ms: Number(FUZZ_SECONDS) * 1_000, seed, isGuided: true })
  table.push(fuzzed)
  keep(fuzzed)
  expect(fuzzed.findings.map((finding) => `seed ${seed}: ${told(finding)}`)).toEqual([])
})

afterAll(() => {
  const rows = table.map(({ target, runs, perSecond, blocks, added, findings }) =>
    `${target.padEnd(12)} ${String(runs).padStart(9)} runs ${perSecond.toFixed(0).padStart(6)}/s ${String(blocks).padStart(6)} blocks ${String(added.length).padStart(5)} new ${findings.length} broken`)
  process.stdout.write(`\nseed ${seed}\n${rows.join('\n')}\n`)
})
