import { writeSync } from 'node:fs'
import { DAY, systemClock } from '../../../src-main/base/clock'
import { silentLog } from '../../../src-main/base/log'
import { openDatabase } from '../../../src-main/ledger-thread'
import { Relay } from '../../../src-main/relay/relay'
import { put } from '../people'

// Submits messages `m<from>`, `m<from + 1>`, … without end, some hundred at a time, and writes the id of each that was
// acknowledged, one a line, before anything else happens: until it is killed.
const [file, script, from] = process.argv.slice(2) as [string, string, string]
const ledger = await openDatabase({ file, script, log: silentLog, clock: systemClock })
const relay = new Relay({ ledger: ledger as never, clock: systemClock, log: silentLog })
await relay.start()
for (let next = Number(from); ;) {
  await Promise.all(Array.from({ length: 200 }, async () => {
    const id = `m${next++}`
    await relay.submit(put(id, ['x', 'y'], { expiresAt: systemClock.now() + DAY }))
    writeSync(1, `${id}\n`)
  }))
}
