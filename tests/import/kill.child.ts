import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { Jobs } from '../../src-main/app/jobs'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { AccountFiles } from '../../src-main/client/files'
import { openDatabase } from '../../src-main/ledger-thread'

// Goes on with the imports of a folder and writes a line for each step of progress, until it is done or killed.
const [folder, script, account] = process.argv.slice(2) as [string, string, string]
const ledger = await openDatabase({ file: join(folder, 'relay.sqlite'), script, log: silentLog, clock: systemClock })
const jobs = new Jobs({ clock: systemClock, ids: randomIds })
const files = new AccountFiles({ folder, account, ledger, grew: (n) => writeSync(1, `grew ${n}\n`), jobs, clock: systemClock, ids: randomIds, log: silentLog })
jobs.events.on('job', ({ at, done, detail }) => {
  writeSync(1, `${at} ${done} ${JSON.stringify(detail)}\n`)
  if (at !== 'running') void ledger.close().then(() => process.exit(at === 'done' ? 0 : 1))
})
// A step of reading is told even before the windows hear of it.
const { commit } = ledger
ledger.commit = (async (verb: never, args: never) => {
  const result = await commit.call(ledger, verb, args)
  writeSync(1, `${String(verb)}\n`)
  return result
}) as typeof ledger.commit
await files.start()
if (jobs.list().length === 0) process.exit(2)
