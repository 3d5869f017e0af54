import { expect, it } from 'vitest'
import { fuzz, told } from './fuzz'
import { targetNames } from './targets'

// What was ever found is run again, and a little is tried that nobody tried before; `npm run fuzz` goes on from there.
it.each(targetNames)('%s: nothing but typed faults comes out of what strangers send', { timeout: 60_000 }, async (target) => {
  const { findings, runs } = await fuzz(target, { ms: 1_000, seed: Math.floor(Math.random() * 2 ** 32) })
  expect(findings.map(told)).toEqual([])
  expect(runs).toBeGreaterThan(0)
})
