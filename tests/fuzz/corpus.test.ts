import { expect, it } from 'vitest'
import { fuzz, told } from './fuzz'
import { targetNames } from './targets'

// What was ever found is run again, and the same inputs are made of it each time: what fails here fails again, on any machine,
// and a change is never blamed for what chance finds in another one's reader. What nobody tried before is for `npm run fuzz`.
const seed = 20_260_503
const most = 1_024

it.each(targetNames)('%s: nothing but typed faults comes out of what strangers send', { timeout: 180_000 }, async (target) => {
  const { findings, runs } = await fuzz(target, { seed, most })
  const [first] = findings.sort((a, b) => a.input.length - b.input.length)
  // Thrown in one line: what an assertion shows of a long value is its beginning.
  if (first) throw new Error(`${target}, seed ${seed}, ${findings.length} found: ${told(first)}`)
  expect(runs).toBeGreaterThan(most)
})
