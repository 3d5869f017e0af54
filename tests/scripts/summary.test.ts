import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../fakes/build'

it('a run ends with a line for each failure and one that counts', () => {
  // Below the root, so that vitest is found.
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache/summary-'))
  try {
    writeFileSync(join(folder, 'some.test.js'), [
      "import { describe, it } from 'vitest'",
      "it('is well', () => {})",
      "it.skip('is left out', () => {})",
      "describe('a group', () => { it('fails', () => { throw new Error('why\\n  it ' + 'failed') }) })",
    ].join('\n'))
    writeFileSync(join(folder, 'broken.test.js'), "throw new Error('cannot be loaded')")
    writeFileSync(join(folder, 'vitest.config.js'), `export default { test: { reporters: ['default', ${JSON.stringify(join(root, 'scripts/setup/summary.js'))}] } }`)
    const { stdout, status } = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder], { encoding: 'utf8' })
    expect(status).toBe(1)
    const [count, ...failed] = stdout.trimEnd().split('\n').reverse()
    expect(count).toBe('1 passed, 2 failed, 1 skipped')
    expect(failed.slice(0, 2).sort()).toEqual([
      'failed: broken.test.js: cannot be loaded',
      'failed: some.test.js > a group > fails: why it failed',
    ])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
