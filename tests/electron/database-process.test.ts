import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../../src-main/base/clock'
import { silentLog } from '../../src-main/base/log'
import { databasePackings, type DatabaseVerbs } from '../../src-main/database-verbs'
import { openLedger } from '../../src-main/relay/ledger/port-ledger'
import type { Port } from '../../src-main/relay/ledger/port'
import { databaseScript, temporaryFolder } from '../fakes/database'
import { put } from '../relay/people'

it('the database keeps its word in a utility process, also when that is killed', async () => {
  const file = join(temporaryFolder(), 'relay.sqlite')
  const script = await databaseScript()
  let child!: ChildProcess
  const spawn = (): Port => {
    // As hosts/electron/database-process.ts does with Electron's own call: the file is the first argument.
    const started = fork(script, [file], { execArgv: ['--import', join(import.meta.dirname, 'fake-app/parent-port.mjs')], serialization: 'advanced' })
    child = started
    return {
      post: (message) => void (started.connected && started.send(message as object)),
      onMessage: (heard) => void started.on('message', heard as (message: unknown) => void),
      onClosed: (heard) => void started.on('exit', (code) => heard(`exit code ${String(code)}`)),
      end: () => void started.kill(),
    }
  }
  const ledger = await openLedger<DatabaseVerbs>({ spawn, log: silentLog, clock: systemClock, packings: databasePackings })
  const kept = put('a', 'x', { body: Uint8Array.of(0, 1, 255), headers: [['X', '雁']] })
  await ledger.commit('queue.put', { puts: [kept] })
  const first = child
  const later = ledger.commit('queue.put', { puts: [put('b', 'x')] })
  first.kill('SIGKILL')
  await later
  expect(child.pid).not.toBe(first.pid)
  const rows = await ledger.read('queue.next', { lane: 'x', after: 0, limit: 10 })
  expect(rows.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(rows[0]).toMatchObject({ body: Uint8Array.of(0, 1, 255), headers: [['X', '雁']] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  await ledger.close()
  await ended
})
