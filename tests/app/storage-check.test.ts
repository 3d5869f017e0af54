import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Jobs } from '../../src-main/app/jobs'
import { StorageCheck } from '../../src-main/app/storage-check'
import { DAY, MINUTE } from '../../src-main/base/clock'
import type { Fault } from '../../src-main/base/faults'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import type { JobView } from '../../src-main/contract/jobs'
import { HandClock } from '../fakes/clock'
import { openInlineDatabase, openInlineKeeper, temporaryFolder } from '../fakes/database'
import { until } from '../scenarios/play/phone'

async function opened() {
  const folder = temporaryFolder()
  const file = join(folder, 'relay.sqlite')
  const ledger = await openInlineDatabase(file)
  await ledger.commit('journal.open', { conversation: 'sip:lan@play.test', now: 1 })
  const clock = new HandClock()
  const jobs = new Jobs({ clock, ids: randomIds })
  const told: JobView[] = []
  jobs.events.on('job', (job) => void told.push(job))
  const damage: Fault[] = []
  let keepers = 0
  const state = { n: 0 }
  const storage = new StorageCheck({
    folder, file, jobs, clock, log: silentLog, n: () => state.n, damaged: (fault) => void damage.push(fault),
    openKeeper: () => {
      keepers++
      return openInlineKeeper(file)
    },
  })
  storage.start()
  const damageIt = (): void => {
    const sqlite = new DatabaseSync(file)
    sqlite.exec('UPDATE conversations SET count = 7')
    sqlite.close()
  }
  return { folder, file, ledger, clock, jobs, told, damage, state, storage, damageIt, keepers: () => keepers }
}

test('asked for, it is a job that ends; what it found is known afterwards, also to the next start', async () => {
  const { file, folder, ledger, jobs, storage, damageIt } = await opened()
  expect(storage.last()).toBeNull()
  const id = storage.check()
  expect(storage.check()).toBe(id)
  await until('the end', () => jobs.list()[0]!.at !== 'running')
  expect(jobs.list()).toMatchObject([{ id, kind: 'check', at: 'done', unit: 'pages', detail: { file } }])
  expect(jobs.list()[0]!.done).toBe(jobs.list()[0]!.total)
  expect(storage.last()).toMatchObject({ problems: 0, file })

  damageIt()
  const second = storage.check()
  await until('the end', () => jobs.list().find((job) => job.id === second)!.at !== 'running')
  expect(jobs.list().find((job) => job.id === second)).toMatchObject({
    at: 'failed', fault: { code: 'storage-damaged', text: expect.stringContaining('places of the messages have gaps') as string, detail: { file, problems: 1 } },
  })
  expect(storage.last()).toMatchObject({ problems: 1 })
  await storage.stop()
  const next = new StorageCheck({
    folder, file, jobs, clock: new HandClock(), log: silentLog, n: () => 0, damaged: () => {}, openKeeper: () => openInlineKeeper(file),
  })
  expect(next.last()).toMatchObject({ problems: 1 })
  await ledger.close()
})

test('once a day when the journal rests it runs by itself, without a job; damage is told', async () => {
  const { ledger, clock, jobs, storage, state, damage, damageIt, keepers } = await opened()
  for (let i = 0; i < 24 * 60 + 60; i++) {
    state.n += 1_000
    await clock.advance(MINUTE)
  }
  expect(keepers(), 'never while it grows').toBe(0)
  await clock.advance(2 * MINUTE)
  await until('the check', async () => {
    await clock.advance(20)
    return storage.last()
  })
  expect(storage.last()).toMatchObject({ problems: 0 })
  damageIt()
  for (let i = 0; i < 26; i++) await clock.advance(DAY / 24)
  await until('the damage to be told', async () => {
    await clock.advance(20)
    return damage.length > 0
  })
  expect(damage[0]).toMatchObject({ code: 'storage-damaged' })
  expect(jobs.list()).toEqual([])
  await storage.stop()
  await ledger.close()
})
