import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Jobs } from '../../src-main/app/jobs'
import { Fault } from '../../src-main/base/faults'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { CampaignFiles } from '../../src-main/client/campaign-files'
import { Campaigns, type CampaignParts } from '../../src-main/client/campaigns'
import type { ClientLedger } from '../../src-main/client/journal'
import { keyOf, type QueueRow } from '../../src-main/relay/queue/row'
import type { Transfers } from '../../src-main/client/transfers'
import { DAY } from '../../src-main/base/clock'
import type { OutgoingFile } from '../../src-main/contract/calls'
import type { RemoteFile } from '../../src-main/contract/message'
import { readPayload } from '../../src-main/rcs/content'
import { HandClock } from '../fakes/clock'
import { contentIn } from '../fakes/content'
import { openInlineDatabase, temporaryFolder } from '../fakes/database'
import { mei } from '../network/operator'
import { until } from '../scenarios/clients/cast'

const ID = 'party0000000000000000'
const guests = (count: number) => Array.from({ length: count }, (_, i) => ({ address: `sip:guest${i}@office.example`, fields: { name: `Guest ${i}` } }))

/** A content server as far as these plays see it: what is brought there waits until it answers. */
class Server implements Pick<Transfers, 'server' | 'limit' | 'bring'> {
  server: { uri: string | undefined } | undefined = { uri: 'https://ft.office.example/ft' }
  limit = 1024 * 1024
  until: number | undefined
  readonly brought: string[] = []
  answer: (() => void) | undefined
  refuses: Fault | undefined

  async bring({ id, index, file, signal, progress }: Parameters<Transfers['bring']>[0]): Promise<RemoteFile> {
    this.brought.push(`${id} ${index}`)
    await new Promise<void>((resolve, reject) => {
      this.answer = resolve
      signal.addEventListener('abort', () => reject(new Fault('cancelled')))
    })
    if (this.refuses) throw this.refuses
    progress(file.size)
    return { url: `https://ft.office.example/d/${this.brought.length}`, hash: file.hash, ...(this.until !== undefined && { until: this.until }) }
  }

  /** @param fault why it does not take what comes */
  async answers(fault?: Fault): Promise<void> {
    await until('a file', () => this.answer !== undefined)
    this.refuses = fault
    const answer = this.answer!
    this.answer = undefined
    answer()
  }
}

let file: string
let ledger: ClientLedger
let clock: HandClock
let jobs: Jobs
let campaigns: Campaigns
let folder: string
let files: CampaignFiles
let server: Server
let textLimit: number
/** Who takes files and words as one message. */
const albums = new Set<string>()
/** Rows that a lane would have now. */
let rows: QueueRow[]

beforeEach(async () => {
  file = join(temporaryFolder(), 'relay.sqlite')
  ledger = await openInlineDatabase(file)
  clock = new HandClock()
  folder = temporaryFolder()
  textLimit = 64 * 1024
  albums.clear()
  server = new Server()
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
    self: { account: mei, ids: randomIds }, ledger, jobs, clock, random: () => 0, log: silentLog, made: (_n, made) => rows.push(...made),
    files: files = new CampaignFiles({ ledger, jobs, clock, random: () => 0, log: silentLog, kept: contentIn(folder).kept, way: server }),
    takesAlbums: async (address) => albums.has(address), textLimit: () => textLimit, ...more,
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
    campaigns.left([row.id])
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
  await answers(127)
  expect(rows).toHaveLength(385)
  await answers(385)
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

describe('with files', () => {
  const keeps = async (name = 'menu.pdf'): Promise<OutgoingFile> => {
    const { kept } = contentIn(folder)
    const file = kept.newFile()
    await file.write(Buffer.from(name))
    const { hash, size } = await file.finish()
    await kept.settle()
    return { name, contentType: 'application/pdf', hash, size }
  }
  const invites = async (count: number, words = 'Dear {name}', names = ['menu.pdf']): Promise<void> => {
    await campaigns.begin(ID, words, 0, { files: await Promise.all(names.map(keeps)) })
    await campaigns.add(ID, 0, guests(count))
    await campaigns.launch(ID)
  }
  const said = ({ contentType, body }: QueueRow): string => readPayload({ contentType, body }).parts
    .map((part) => (part.kind === 'file' ? `${part.file.name} at ${part.file.url}` : part.kind === 'text' ? part.text : part.kind)).join(' + ')

  it('brings each once, and then gives it to everybody in the form that they take', async () => {
    albums.add(guests(2)[1]!.address)
    await invites(2)
    await until('the upload', () => server.answer !== undefined)
    expect(await campaigns.view(ID)).toMatchObject({ state: 'running', files: [{ name: 'menu.pdf', transfer: { at: 'waiting' } }], counts: { waiting: 2 } })
    expect(jobs.list()).toMatchObject([{ kind: 'campaign' }, { kind: 'upload', at: 'running', unit: 'bytes', detail: { campaign: ID, file: 0, name: 'menu.pdf' } }])
    expect(rows).toEqual([])
    await server.answers()
    await until('the messages', () => rows.length === 3)
    expect(rows.map((row) => `${row.to.slice(4, 10)} ${said(row)}`)).toEqual([
      'guest0 menu.pdf at https://ft.office.example/d/1', 'guest0 Dear Guest 0', 'guest1 Dear Guest 1 + menu.pdf at https://ft.office.example/d/1',
    ])
    expect(new Set(rows.map(({ id }) => id)).size).toBe(3)
    await answers(3)
    await until('the end', async () => (await campaigns.view(ID))!.state === 'done')
    expect(await counts()).toMatchObject({ total: 2, sent: 2 })
    expect(server.brought).toEqual([`${ID} 0`])
    expect((await campaigns.view(ID))!.files).toEqual([{ ...await keeps(), remote: { url: 'https://ft.office.example/d/1', hash: (await keeps()).hash } }])
  })

  it('is stopped while it goes up, goes on, and goes on after a restart', async () => {
    await invites(1, '')
    await until('the upload', () => server.answer !== undefined)
    await campaigns.halt(ID)
    expect(await campaigns.view(ID)).toMatchObject({ state: 'stopped', files: [{ transfer: { at: 'waiting' } }], counts: { waiting: 1 } })
    server.answer = undefined
    await campaigns.launch(ID)
    await until('the upload', () => server.answer !== undefined)
    await campaigns.stop()
    server.answer = undefined
    comes()
    await campaigns.start()
    await server.answers()
    await answers(1)
    expect(rows).toEqual([])
    expect(await counts()).toMatchObject({ sent: 1 })
    expect(server.brought).toEqual([`${ID} 0`, `${ID} 0`, `${ID} 0`])
  })

  it('says why one did not go up, and goes on when the person says so; what passes is tried again', async () => {
    await invites(1)
    await server.answers(new Fault('file-too-large', { text: '413' }))
    await until('the failure', async () => (await campaigns.view(ID))!.state === 'stopped')
    expect((await campaigns.view(ID))!.files).toMatchObject([{ transfer: { way: 'up', at: 'failed', fault: { code: 'file-too-large', text: '413' } } }])
    expect(jobs.list()).toMatchObject([{ kind: 'campaign', at: 'failed' }, { kind: 'upload', at: 'failed' }])
    await campaigns.launch(ID)
    await server.answers(new Fault('connection-lost'))
    await until('another try', async () => {
      await clock.advance(500)
      return server.answer !== undefined
    })
    // Whoever has no link waits for it.
    server.server = undefined
    await server.answers(new Fault('connection-lost'))
    await clock.advance(DAY)
    await new Promise((go) => setTimeout(go, 20))
    expect(server.answer).toBeUndefined()
    server.server = { uri: 'https://ft.office.example/ft' }
    files.online()
    await server.answers()
    await answers(2)
    expect(await counts()).toMatchObject({ sent: 1 })
  })

  it('is stopped by a file that the person takes off the list of jobs', async () => {
    await invites(1)
    await until('the upload', () => server.answer !== undefined)
    jobs.cancel(jobs.list().find(({ kind }) => kind === 'upload')!.id)
    await until('the stop', async () => (await campaigns.view(ID))!.state === 'stopped')
    expect((await campaigns.view(ID))!.files).toMatchObject([{ transfer: { at: 'failed', fault: { code: 'cancelled' } } }])
  })

  it('brings files anew when their links have run out, for those it failed for', async () => {
    server.until = clock.now() + DAY
    await invites(2, 'Dear {name}', ['menu.pdf', 'map.pdf'])
    await server.answers()
    await server.answers()
    await until('the messages', () => rows.length === 6)
    // The last file of guest 0 is refused.
    const before = rows.map(({ id }) => id)
    await answers(1)
    await answers(1, false)
    await answers(4)
    expect(await counts()).toMatchObject({ failed: 1, sent: 1 })
    expect(await campaigns.recipients(ID, 'failed', 0, 9)).toMatchObject([{ place: 0, fault: { code: 'unknown-recipient' } }])
    await clock.advance(2 * DAY)
    server.until = undefined
    // Of the form that somebody has it in nobody is asked again.
    albums.add(guests(1)[0]!.address)
    expect(await campaigns.retry(ID)).toBe(1)
    await server.answers()
    await server.answers()
    await until('the message', () => rows.length === 1)
    expect(rows.map(said)).toEqual(['map.pdf at https://ft.office.example/d/4'])
    expect(rows[0]!.id).toBe(before[1])
    await answers(1)
    await until('the end', async () => (await campaigns.view(ID))!.state === 'done')
    expect(await counts()).toMatchObject({ sent: 2 })
    const message = await ledger.read('journal.message', { conversation: guests(1)[0]!.address, id: before[1]! })
    expect(message!.content).toMatchObject({ kind: 'files', files: [{ remote: { url: 'https://ft.office.example/d/4' } }] })
  })

  it('refuses at once what cannot go anywhere, is too large, or says nothing', async () => {
    const begin = (words: string, file: OutgoingFile) => campaigns.begin(ID, words, 0, { files: [file] }).then(() => 'kept', (thrown: unknown) => Fault.from(thrown).code)
    const menu = await keeps()
    expect(await begin('', { ...menu, size: 2 * 1024 * 1024 })).toBe('file-too-large')
    expect(await begin('', { ...menu, hash: 'ab'.repeat(32) })).toBe('bad-argument')
    await expect(campaigns.begin(ID, ' ', 0)).rejects.toMatchObject({ code: 'bad-argument' })
    server.server = { uri: undefined }
    expect(await begin('', menu)).toBe('no-content-server')
    server.server = undefined
    expect(await begin('', menu)).toBe('kept')
    await campaigns.add(ID, 0, guests(1))
    server.server = { uri: undefined }
    await expect(campaigns.launch(ID)).rejects.toMatchObject({ code: 'no-content-server' })
    expect((await campaigns.view(ID))!.state).toBe('draft')
  })

  it('takes a long text where the link does, and beside a file what one MESSAGE carries', async () => {
    const long = 'x'.repeat(64 * 1024 + 1)
    await expect(campaigns.begin(ID, long, 0)).rejects.toMatchObject({ code: 'too-large', detail: { limit: 64 * 1024 } })
    textLimit = 1024 * 1024
    await expect(campaigns.begin(ID, long, 0, { files: [await keeps()] })).rejects.toMatchObject({ code: 'too-large', detail: { limit: 64 * 1024 } })
    await campaigns.begin(ID, long, 0)
    await campaigns.add(ID, 0, guests(70))
    await campaigns.launch(ID)
    // So many that their words still fit into memory.
    await until('the first', () => rows.length >= 63)
    await answers(70)
    expect(await counts()).toMatchObject({ sent: 70 })
  })
})

it('sends a place to each, before the words', async () => {
  await campaigns.begin(ID, 'Here, {name}', 0, { location: { latitude: 39.9, longitude: 116.4, label: ' Home ' } })
  await campaigns.add(ID, 0, guests(1))
  await campaigns.launch(ID)
  await until('the messages', () => rows.length === 2)
  expect(rows.map(({ contentType, body }) => readPayload({ contentType, body }).parts[0])).toMatchObject([
    { kind: 'location', location: { latitude: 39.9, longitude: 116.4, label: 'Home' } }, { kind: 'text', text: 'Here, Guest 0' },
  ])
})
