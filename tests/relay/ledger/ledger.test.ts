import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src-main/base/clock'
import { silentLog } from '../../../src-main/base/log'
import { databasePackings, type DatabaseVerbs } from '../../../src-main/database-verbs'
import { spawnDatabaseThread } from '../../../src-main/ledger-thread'
import { openLedger } from '../../../src-main/relay/ledger/port-ledger'
import type { Port } from '../../../src-main/relay/ledger/port'
import { HandClock } from '../../fakes/clock'
import { databaseScript, inlinePort, openInlineDatabase, openTestDatabase, temporaryFolder } from '../../fakes/database'
import { put } from '../people'

const lane = 'device:lan'
const inFile = () => join(temporaryFolder(), 'ledger.db')
const open = (spawn: () => Port) => openLedger<DatabaseVerbs>({ spawn, log: silentLog, clock: systemClock, packings: databasePackings })

describe('a ledger', () => {
  it('acknowledges in order, and lets everything that comes while a commit runs share the next', async () => {
    let batches = 0
    const file = inFile()
    const ledger = await open(() => {
      const port = inlinePort({ file })
      return { ...port, post: (message, transfer) => {
        if ((message as { kind: string }).kind === 'commit') batches++
        port.post(message, transfer)
      } }
    })
    const order: number[] = []
    const submit = (i: number) => ledger.commit('queue.put', { puts: [put(`m${i}`)] }).then(() => order.push(i))
    await Promise.all(Array.from({ length: 200 }, (_, i) => submit(i)))
    expect(order).toEqual(Array.from({ length: 200 }, (_, i) => i))
    expect(batches).toBe(1)
    await ledger.close()
  })

  it('begins no commit for what is patient until another comes, some time has passed, or it closes', async () => {
    const batches: number[] = []
    const clock = new HandClock()
    const file = inFile()
    const ledger = await openLedger<DatabaseVerbs>({ log: silentLog, clock, packings: databasePackings, spawn: () => {
      const port = inlinePort({ file })
      return { ...port, post: (message, transfer) => {
        const { kind, calls } = message as { kind: string; calls: string[] }
        if (kind === 'commit') batches.push(calls.length)
        port.post(message, transfer)
      } }
    } })
    const patient = () => ledger.commit('queue.take', { rows: [] }, { patient: true })
    const first = patient()
    await Promise.all([first, ledger.commit('queue.put', { puts: [put('a')] })])
    expect(batches).toEqual([2])
    const second = patient()
    // A read that was asked later is answered first: nothing else was posted.
    await ledger.read('queue.count', { lane })
    expect(batches).toEqual([2])
    await clock.advance(10)
    await second
    expect(batches).toEqual([2, 1])
    const third = patient()
    await ledger.close()
    await third
    expect(batches).toEqual([2, 1, 1])
  })

  it('sees in a read every commit that resolved before, and keeps it across opening again', async () => {
    const file = inFile()
    const first = await openTestDatabase({ file })
    await first.commit('queue.put', { puts: [put('a')] })
    expect(await first.read('queue.count', { lane })).toBe(1)
    await first.close()
    const second = await openTestDatabase({ file })
    await second.commit('queue.put', { puts: [put('b')] })
    const rows = await second.read('queue.next', { lane, after: 0, limit: 10 })
    expect(rows.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(rows[1]!.seq).toBeGreaterThan(rows[0]!.seq)
    await second.close()
  })

  it('lets one bad submission sink no other of its batch', async () => {
    const ledger = await openInlineDatabase()
    const bad = put('bad', lane, { sentAt: 'never' as never })
    const results = await Promise.allSettled(['a', bad, 'b'].map((each) =>
      ledger.commit('queue.put', { puts: [typeof each === 'string' ? put(each) : each] })))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await ledger.read('queue.count', { lane })).toBe(2)
    await ledger.close()
  })

  it('waits with closing for what was submitted, and takes nothing after', async () => {
    const file = inFile()
    const ledger = await openTestDatabase({ file })
    const put1 = ledger.commit('queue.put', { puts: [put('a')] })
    const closing = ledger.close()
    await expect(ledger.commit('queue.put', { puts: [put('b')] })).rejects.toMatchObject({ code: 'closed' })
    await Promise.all([put1, closing])
    const again = await openTestDatabase({ file })
    expect(await again.read('queue.count', { lane })).toBe(1)
    await again.close()
  })
})

describe('a thread that dies', () => {
  it('is started again, and what it had not acknowledged is repeated: nothing is lost, nothing is there twice', async () => {
    const file = inFile()
    const script = await databaseScript()
    let newest!: Port
    const ledger = await open(() => (newest = spawnDatabaseThread({ file, script })))
    let respawns = 0
    ledger.onRespawn(() => respawns++)
    const acknowledged: string[] = []
    const submitted: Promise<unknown>[] = []
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 300; i++) {
        const id = `m${round}.${i}`
        submitted.push(ledger.commit('queue.put', { puts: [put(id)] }).then(() => acknowledged.push(id)))
      }
      const before = respawns
      await new Promise((go) => setImmediate(go))
      newest.end()
      await expect.poll(() => respawns, { timeout: 10_000 }).toBe(before + 1)
    }
    await Promise.all(submitted)
    const rows = await ledger.read('queue.next', { lane, after: 0, limit: 10_000 })
    expect(rows.map(({ id }) => id)).toEqual(acknowledged)
    expect(new Set(acknowledged).size).toBe(900)
    await ledger.close()
  })

  it('over and over is given up with a fault', async () => {
    const file = inFile()
    let isDead = false
    const ledger = await open(() => {
      const port = inlinePort({ file })
      if (isDead) queueMicrotask(() => port.end())
      last = port
      return port
    })
    isDead = true
    last.end()
    await expect(ledger.commit('queue.put', { puts: [put('a')] })).rejects.toMatchObject({ code: 'disk-broken' })
    isDead = false
    await ledger.commit('queue.put', { puts: [put('b')] })
    await ledger.close()
  })
  let last!: Port
})

describe('a disk', () => {
  it('that is full refuses new work with a fault, keeps what it has, and goes on when there is room', async () => {
    const file = inFile()
    const ledger = await openInlineDatabase(file, { maxPages: 120 })
    const kept: string[] = []
    let refused: unknown
    for (let i = 0; !refused && i < 1_000; i++) {
      await ledger.commit('queue.put', { puts: [put(`m${i}`, lane, { body: new Uint8Array(4_000) })] }).then(() => kept.push(`m${i}`), (fault: unknown) => (refused = fault))
    }
    expect(refused).toMatchObject({ name: 'Fault', code: 'disk-full' })
    expect(kept.length).toBeGreaterThan(10)
    const rows = await ledger.read('queue.next', { lane, after: 0, limit: 1_000 })
    expect(rows.map(({ id }) => id)).toEqual(kept)
    expect(await ledger.read('queue.count', { lane })).toBe(kept.length)
    await ledger.commit('queue.take', { rows: rows.slice(0, 5) })
    await ledger.commit('queue.put', { puts: [put('later')] })
    await ledger.close()
    const again = await openInlineDatabase(file)
    expect((await again.read('queue.next', { lane, after: 0, limit: 1_000 })).map(({ id }) => id)).toEqual([...kept.slice(5), 'later'])
    await again.close()
  })

  it('with a file that is none says so, and leaves it as it is', async () => {
    const file = inFile()
    writeFileSync(file, 'this is a letter, not a database, and long enough to be read as a header of one'.repeat(50))
    const before = readFileSync(file)
    await expect(openTestDatabase({ file })).rejects.toMatchObject({ code: 'disk-broken' })
    expect(readFileSync(file)).toEqual(before)
  })

  it('with a folder that is not there says so', async () => {
    await expect(openTestDatabase({ file: join(temporaryFolder(), 'no', 'such.db') })).rejects.toMatchObject({ code: 'disk-broken' })
  })

  it('with a file of a newer version is not touched', async () => {
    const file = inFile()
    const newer = new DatabaseSync(file)
    newer.exec('PRAGMA user_version = 1000')
    newer.close()
    await expect(openTestDatabase({ file })).rejects.toMatchObject({ code: 'newer-version' })
    expect(existsSync(file)).toBe(true)
  })

  it('is shared: another process may write to the same file', async () => {
    const file = inFile()
    const [one, two] = await Promise.all([openTestDatabase({ file }), openTestDatabase({ file })])
    await one.commit('queue.put', { puts: [put('a')] })
    await two.commit('queue.put', { puts: [put('b'), put('c', 'device:new')] })
    const rows = await one.read('queue.next', { lane, after: 0, limit: 10 })
    expect(rows.map(({ id }) => id)).toEqual(['a', 'b'])
    await two.commit('queue.take', { rows })
    await one.commit('queue.put', { puts: [put('d', 'device:new')] })
    expect(await one.read('queue.count', { lane })).toBe(0)
    expect((await two.read('queue.next', { lane: 'device:new', after: 0, limit: 10 })).map(({ id }) => id)).toEqual(['c', 'd'])
    await one.close()
    await two.close()
  })
})
