import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { startTrial } from '../../src-main/trial'
import { openInlineDatabase, temporaryFolder } from '../fakes/database'

it('the relay inside the app keeps files on loopback, at the same port after a restart, so that links stay good', async () => {
  const folder = temporaryFolder()
  const ports: number[] = []
  for (let i = 0; i < 2; i++) {
    const trial = await startTrial({
      folder, openLedger: (file) => openInlineDatabase(file), userAgent: 'Yanxin', clock: systemClock, ids: randomIds, random: Math.random, log: silentLog,
    })
    try {
      const port = Number(readFileSync(join(folder, 'files', 'port'), 'utf8'))
      ports.push(port)
      expect((await fetch(`http://127.0.0.1:${port}/ft`, { method: 'POST' })).status).toBe(401)
    } finally {
      await trial.stop()
    }
  }
  expect(ports[1]).toBe(ports[0])
})
