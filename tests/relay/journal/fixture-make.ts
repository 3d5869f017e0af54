import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { systemClock } from '../../../src-main/base/clock'
import { silentLog } from '../../../src-main/base/log'
import { migrations } from '../../../src-main/database-verbs'
import { openDatabase } from '../../../src-main/ledger-thread'
import { readClient, readRelay, writeClient, writeRelay } from './fixture-contents'

// Run by scripts/fixture-journal.js: makes the fixtures of the code that this was bundled with.
const [folder, script] = process.argv.slice(2) as [string, string]
const version = migrations.at(-1)!.version
for (const [name, write, read] of [[`v${version}`, writeClient, readClient], [`v${version}-relay`, writeRelay, readRelay]] as const) {
  const file = join(folder, `${name}.sqlite`)
  for (const each of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(each)) rmSync(each)
  const ledger = await openDatabase({ file, script, log: silentLog, clock: systemClock })
  await write(ledger, version)
  const contents = await read(ledger, version)
  await ledger.close()
  const db = new DatabaseSync(file)
  db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
  db.close()
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(contents)}\n`)
  console.log(file)
}
