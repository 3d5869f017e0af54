import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Jobs } from '../../src-main/app/jobs'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { Indexing } from '../../src-main/client/indexing'
import type { ClientLedger } from '../../src-main/client/journal'
import { writeHistory } from '../bench/history'
import { openInlineDatabase, temporaryFolder } from '../fakes/database'

const COUNT = 1_500

const start = (ledger: Pick<ClientLedger, 'read' | 'commit'>) => {
  const jobs = new Jobs({ clock: systemClock, ids: randomIds })
  const indexing = new Indexing({ ledger, jobs, clock: systemClock, log: silentLog })
  indexing.start()
  return { jobs, indexing }
}
const ended = (jobs: Jobs) => expect.poll(() => jobs.list().map(({ at }) => at), { timeout: 20_000 })

it('builds an index that is not whole as a job, which may be cancelled and goes on at the next start', async () => {
  const file = join(temporaryFolder(), 'relay.sqlite')
  writeHistory(file, { count: COUNT, conversations: 5, largest: 500 })
  const ledger = await openInlineDatabase(file)
  const first = start({
    read: (verb, args) => ledger.read(verb, args),
    // The person cancels after a few steps.
    async commit(verb, args) {
      const done = await ledger.commit(verb, args)
      if ((done as { done: number }).done > 100) first.jobs.cancel(first.jobs.list()[0]!.id)
      return done
    },
  })
  await ended(first.jobs).toEqual(['cancelled'])
  await first.indexing.stop()
  const coverage = await ledger.read('search.coverage', null)
  expect(coverage!.done).toBeGreaterThan(100)
  expect(coverage!.done).toBeLessThan(COUNT)

  const second = start(ledger)
  await ended(second.jobs).toEqual(['done'])
  expect(second.jobs.list()[0]).toMatchObject({ kind: 'index', unit: 'messages', done: COUNT, total: COUNT })
  expect(await ledger.read('search.coverage', null)).toBeNull()
  await second.indexing.stop()

  // Where all is indexed there is nothing to show.
  const third = start(ledger)
  await third.indexing.stop()
  expect(third.jobs.list()).toEqual([])
  await ledger.close()
})

it('ends with its app, in the middle of its work', async () => {
  const file = join(temporaryFolder(), 'relay.sqlite')
  writeHistory(file, { count: COUNT, conversations: 5, largest: 500 })
  const ledger = await openInlineDatabase(file)
  const { jobs, indexing } = start(ledger)
  // At its first word: a moment later a fast machine is done.
  await new Promise((begun) => jobs.events.on('job', begun))
  await indexing.stop()
  await ledger.close()
  expect(jobs.list()[0]!.at).toBe('cancelled')
})
