import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bundle, databaseScript, openTestDatabase, temporaryFolder } from '../../fakes/database'

/** Runs the child until it has acknowledged `atLeast` messages, kills it in the middle, and answers what it acknowledged. */
async function killedAfter(atLeast: number, child: string, args: readonly string[]): Promise<string[]> {
  const acknowledged = join(temporaryFolder(), 'acknowledged')
  const output = openSync(acknowledged, 'w')
  const running = spawn(process.execPath, [child, ...args], { stdio: ['ignore', output, 'inherit'] })
  const ended = new Promise((resolve) => running.on('exit', (_code, signal) => resolve(signal)))
  const lines = () => readFileSync(acknowledged, 'utf8').split('\n').slice(0, -1)
  await expect.poll(() => lines().length, { timeout: 30_000, interval: 5 }).toBeGreaterThan(atLeast)
  running.kill('SIGKILL')
  expect(await ended).toBe('SIGKILL')
  closeSync(output)
  return lines()
}

it('what was acknowledged is there after kill -9, in order and once, again and again', { timeout: 60_000 }, async () => {
  const [child, script] = await Promise.all([bundle('tests/relay/ledger/kill.child.ts'), databaseScript()])
  const file = join(temporaryFolder(), 'killed.db')
  const acknowledged: string[] = []
  for (const [round, atLeast] of [300, 1_000, 50].entries()) {
    acknowledged.push(...await killedAfter(atLeast, child, [file, script, String(round * 1_000_000)]))
    const ledger = await openTestDatabase({ file })
    for (const lane of ['x', 'y']) {
      const ids = (await ledger.read('queue.next', { lane, after: 0, limit: 1_000_000 })).map(({ id }) => id)
      const kept = new Set(ids)
      expect(kept.size).toBe(ids.length)
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([])
      // Unacknowledged ones may be there too: in order all the same.
      const numbers = ids.map((id) => Number(id.slice(1)))
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    }
    await ledger.close()
  }
  expect(acknowledged.length).toBeGreaterThan(1_350)
})
