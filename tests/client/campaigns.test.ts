import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Jobs } from '../../src-main/app/jobs'
import { Fault } from '../../src-main/base/faults'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { Campaigns, type CampaignParts } from '../../src-main/client/campaigns'
import type { ClientLedger } from '../../src-main/client/journal'
import { keyOf, type QueueRow } from '../../src-main/relay/queue/row'
import { HandClock } from '../fakes/clock'
import { openInlineDatabase, temporaryFolder } from '../fakes/database'
import { mei } from '../network/operator'
import { until } from '../scenarios/clients/cast'

const ID = 'party0000000000000000'
const guests = (count: number) => Array.from({ length: count }, (_, i) => ({ address: `sip:guest${i}@office.example`, fields: { name: `Guest ${i}` } }))

let file: string
let ledger: ClientLedger
let clock: HandClock
let jobs: Jobs
let campaigns: Campaigns
/** Rows that a lane would have now. */
let rows: QueueRow[]

beforeEach(async () => {
  file = join(temporaryFolder(), 'relay.sqlite')
  ledger = await openInlineDatabase(file)
  clock = new HandClock()
  comes()
})
afterEach(async () => {
  await campaigns.stop()
  await ledger.close()
})

/** The app begins. */
function comes(more: Partial<CampaignParts> = {}): void {
  rows = []
  jobs = new Jobs({ clock, ids: randomIds })
  campaigns = new Campaigns({
    self: { account: mei, ids: randomIds }, ledger, jobs, clock, random: () => 0, log: silentLog, made: (_n, made) => rows.push(...made), ...more,
  })
}
async function begins(count: number, { words = 'Dear {name}', perMinute = 0 } = {}): Promise<void> {
  await campaigns.begin(ID, words, perMinute)
  await campaigns.add(ID, 0, guests(count))
  await campaigns.launch(ID)
}
/** The network takes what waits in the lane, or answers that it never will. */
async function answers(count: number, isTaken = true): Promise<void> {
  await until('rows', () => rows.length >= count)
  for (const row of rows.splice(0, count)) {
    campaigns.left(row.id)
    const outcome = isTaken ? { kind: 'taken' } as const : { kind: 'failed', fault: { code: 'unknown-recipient' } } as const
    await ledger.commit('journal.settled', { row: keyOf(row), outcome, now: clock.now() })
  }
}
const counts = async () => (await campaigns.view(ID))!.counts
const ends = (at: string) => until(`the job to be ${at}`, () => jobs.list().at(-1)?.at === at)
const words = ({ body }: QueueRow): string => Buffer.from(body).toString().split('\r\n\r\n').at(-1)!

it('gives each their own words, a part at a time, and ends as a job when the last has left', async () => {
  await begins(1_000)
  await until('the first', () => rows.length === 512)
  expect(rows.slice(0, 2).map(words)).toEqual(['Dear Guest 0', 'Dear Guest 1'])
  await answers(255)
  expect(rows).toHaveLength(257)
  await answers(257)
  await until('more', () => rows.length === 488)
  expect(jobs.list()[0]).toMatchObject({ kind: 'campaign', at: 'running', done: 512, total: 1_000, detail: { campaign: ID } })
  await answers(488)
  await ends('done')
  expect(await campaigns.view(ID)).toMatchObject({ state: 'done', counts: { total: 1_000, sent: 1_000 } })
})

it('is stopped by its job: what is in the queue goes its way, the rest waits for the person', async () => {
  await begins(1_000)
  await until('the first', () => rows.length === 512)
  jobs.cancel(jobs.list()[0]!.id)
  await until('the stop', async () => (await campaigns.view(ID))!.state === 'stopped')
  await answers(512)
  expect(rows).toEqual([])
  expect(await counts()).toMatchObject({ waiting: 488, sent: 512 })
  await campaigns.launch(ID)
  await answers(488)
  await ends('done')
  await campaigns.launch(ID)
  expect((await campaigns.view(ID))!.state).toBe('done')
})

it('is stopped by command, also when asked twice', async () => {
  await begins(600)
  await until('the first', () => rows.length === 512)
  await Promise.all([campaigns.halt(ID), campaigns.halt(ID)])
  expect(await campaigns.view(ID)).toMatchObject({ state: 'stopped', counts: { waiting: 88, queued: 512 } })
})

it('goes on at the next start where it was, under the same ids', async () => {
  await begins(1_000)
  await until('the first', () => rows.length === 512)
  await campaigns.stop()
  expect((await campaigns.view(ID))!.state).toBe('running')
  const before = rows.map(({ id }) => id)
  await ledger.close()
  ledger = await openInlineDatabase(file)
  comes()
  await campaigns.start()
  await until('the rest', () => rows.length === 488)
  expect(new Set([...before, ...rows.map(({ id }) => id)]).size).toBe(1_000)
  await answers(488)
  await ends('done')
})

it('keeps to so many a minute', async () => {
  await begins(200, { perMinute: 120 })
  await until('the first', () => rows.length === 2)
  for (let second = 1; second <= 10; second++) {
    await clock.advance(999)
    await new Promise((go) => setTimeout(go, 20))
    expect(rows).toHaveLength(2 * second)
    await clock.advance(1)
    await until('two more', () => rows.length === 2 * second + 2)
  }
  // A stop does not wait for the next second.
  await campaigns.halt(ID)
  expect(await counts()).toMatchObject({ waiting: 178 })
})

it('sends again to those it failed for while others are still on their way, and to nobody else', async () => {
  await begins(10)
  await answers(4, false)
  await answers(5)
  expect(await counts()).toMatchObject({ failed: 4, sent: 5, queued: 1 })
  const waits = rows.map(({ id }) => id)
  expect(await campaigns.retry(ID)).toBe(4)
  await until('the four', () => rows.length === 5)
  expect(rows.slice(1).map(({ to }) => to)).toEqual(guests(4).map(({ address }) => address))
  expect(rows[0]!.id).toBe(waits[0])
  expect(jobs.list()).toHaveLength(1)
  await answers(5)
  await ends('done')
  expect(await counts()).toMatchObject({ sent: 10 })
  expect(await campaigns.retry(ID)).toBe(0)
})

it('waits for a disk that is full', async () => {
  let isFull = true
  await campaigns.stop()
  comes({ ledger: {
    read: (verb, args) => ledger.read(verb, args),
    commit: (verb, args) => (isFull && verb === 'campaign.send' ? Promise.reject(new Fault('disk-full')) : ledger.commit(verb, args)),
  } })
  await begins(3)
  await clock.advance(2_000)
  await new Promise((go) => setTimeout(go, 20))
  expect(rows).toEqual([])
  isFull = false
  await until('the messages', async () => {
    await clock.advance(2_000)
    return rows.length === 3
  })
  await answers(3)
  await ends('done')
})

it('refuses what could not be sent, with the reason', async () => {
  await campaigns.begin(ID, '{name}', 0)
  const add = (address: string, name: string) => campaigns.add(ID, 0, [{ address, fields: { name } }]).then(() => 'kept', (thrown: unknown) => Fault.from(thrown).code)
  expect(await add('sip:guest@office.example', 'x'.repeat(64 * 1024 + 1))).toBe('too-large')
  expect(await add('sip:guest@office.example', ' ')).toBe('bad-argument')
  expect(await add('sip:10086@kept.invalid', 'Mei')).toBe('unknown-recipient')
  expect(await add('sip:guest@office.example', 'Mei')).toBe('kept')
  await expect(campaigns.launch('nobody00000000000000')).rejects.toMatchObject({ code: 'bad-argument' })
  expect(campaigns.readAddresses(['+86 138-0000-0001', 'ｍｅｉ', '', 'a b', 'tel:+861380', 'x@kept.invalid'])).toEqual([
    'sip:+8613800000001@office.example', 'sip:mei@office.example', null, null, 'tel:+861380', null,
  ])
})
