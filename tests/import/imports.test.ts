import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { Jobs } from '../../src-main/app/jobs'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { importJournal } from '../../src-main/client/import-journal'
import type { ClientLedger } from '../../src-main/client/journal'
import { KeptFiles } from '../../src-main/content/kept-files'
import type { JobView } from '../../src-main/contract/jobs'
import type { Message } from '../../src-main/contract/message'
import { conversationOf, homeOf } from '../../src-main/import/addresses'
import { Imports } from '../../src-main/import/imports'
import { Spool } from '../../src-main/import/spool'
import { openInlineDatabase, temporaryFolder } from '../fakes/database'
import { backup, hashOf, manyMessages, oldMessage, personOf, readable, type OldMessage } from './backup'

const account = 'sip:lan@office.example'
const home = homeOf(account)
const ends: (() => Promise<void>)[] = []
afterEach(async () => { for (const end of ends.splice(0)) await end() })

async function open(folder = temporaryFolder(), { free = 1e12, pause }: { free?: number; pause?: () => Promise<void> } = {}) {
  const ledger: ClientLedger = await openInlineDatabase(join(folder, 'relay.sqlite'))
  const jobs = new Jobs({ clock: systemClock, ids: randomIds })
  const seen: JobView[] = []
  jobs.events.on('job', (view) => seen.push(view))
  const files = new KeptFiles({ folder: join(folder, 'content'), ids: randomIds })
  const spool = new Spool({ folder: join(folder, 'import'), free: async () => free })
  const journal = importJournal({ ledger, clock: systemClock, grew: () => {} })
  const imports = new Imports({ account, spool, files, journal, jobs, clock: systemClock, log: silentLog, ...(pause && { pause }) })
  await imports.start()
  let isOpen = true
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    await imports.stop()
    await ledger.close()
  }
  ends.push(close)

  const copy = async (bytes: Buffer, name = 'sms.xml', upTo = bytes.length) => {
    let view = await imports.begin({ name, size: bytes.length, lastModified: 1 })
    while (view.offset < upTo) view = await imports.add(view.id, view.offset, bytes.subarray(view.offset, Math.min(view.offset + 30_000, upTo)))
    return view
  }
  const ended = async (id: string) => {
    await expect.poll(() => jobs.list().find((one) => one.id === id)?.at, { timeout: 15_000, interval: 5 }).not.toBe('running')
    return jobs.list().find((one) => one.id === id)!
  }
  const bring = async (bytes: Buffer, name?: string) => ended((await copy(bytes, name)).job!)
  async function history(): Promise<Message[]> {
    const conversations = await ledger.read('journal.conversations', null)
    const pages = await Promise.all(conversations.toSorted((a, b) => a.id.localeCompare(b.id)).map(({ id }) => ledger.read('journal.page', { conversation: id, fromPlace: 0, limit: 100_000 })))
    return pages.flat()
  }
  return { folder, ledger, jobs, seen, files, spool, imports, copy, ended, bring, history, close }
}

/** What history is expected of these messages. */
function model(messages: readonly OldMessage[]): string[] {
  const kept = messages.map((message) => ({ ...message, conversation: conversationOf(message.address, home), text: readable(message.text) }))
  return kept.toSorted((a, b) => a.conversation.localeCompare(b.conversation) || a.date - b.date)
    .map((one) => JSON.stringify([one.conversation, one.outgoing, one.date, one.text, one.files.map(({ bytes }) => hashOf(bytes))]))
}
const shown = (history: readonly Message[]): string[] => history.map(({ conversation, outgoing, sentAt, content }) => JSON.stringify(
  [conversation, outgoing, sentAt, 'text' in content ? (content.text ?? '') : '', content.kind === 'files' ? content.files.map(({ hash }) => hash) : []]))
/** Equal times may stand in any order. */
const sorted = (lines: readonly string[]) => lines.toSorted()

describe('a backup', () => {
  it('that is written, imported, and imported again is the same, once', () => fc.assert(fc.asyncProperty(fc.array(oldMessage, { maxLength: 30 }), fc.nat(30), async (messages, middle) => {
    const one = await open()
    const first = await one.bring(backup(messages.slice(0, middle)), 'first.xml')
    expect(first).toMatchObject({ at: 'done' })
    const all = await one.bring(backup(messages), 'all.xml')
    expect(sorted(shown(await one.history()))).toEqual(sorted(model(messages)))
    const again = await one.bring(backup(messages.toReversed()), 'reversed.xml')
    expect(again).toMatchObject({ at: 'done', detail: { messages: messages.length, added: 0, known: messages.length } })
    expect(Number(first.detail!['added']) + Number(all.detail!['added'])).toBe(messages.length)
    const history = await one.history()
    expect(history).toHaveLength(messages.length)
    // In order, without a gap, and read.
    for (const [i, message] of history.entries()) {
      const above = history[i - 1]
      if (above?.conversation !== message.conversation) expect(message.place).toBe(0)
      else expect([message.place, message.at >= above.at]).toEqual([above.place + 1, true])
    }
    expect(await one.ledger.read('journal.unread', { now: Date.now() })).toBe(0)
    for (const { bytes } of messages.flatMap(({ files }) => files)) expect(await one.files.size(hashOf(bytes))).toBe(bytes.length)
    expect(await readdir(join(one.folder, 'import'))).toEqual([])
    await one.close()
    await rm(one.folder, { recursive: true })
  }), { numRuns: 25 }), 60_000)

  it('lands where somebody was written with before, in the order of time', async () => {
    const { ledger, bring, history } = await open()
    const mei = conversationOf('13800138000', home)
    for (const [id, sentAt] of [['new-1', 1_500_000_000_010], ['new-2', 1_500_000_000_030]] as const) {
      await ledger.commit('journal.receive', { message: { conversation: mei, id, from: mei, content: { kind: 'text', text: id }, sentAt, now: sentAt } })
    }
    const old = (date: number): OldMessage => ({ kind: 'sms', address: '138-0013-8000', name: '梅琳', outgoing: false, date, text: String(date), files: [] })
    await bring(backup([old(1_500_000_000_000), old(1_500_000_000_020), old(1_500_000_000_040)]))
    expect((await history()).map(({ content }) => 'text' in content && content.text)).toEqual(['1500000000000', 'new-1', '1500000000020', 'new-2', '1500000000040'])
    // What stands behind the first unread one is unread with it.
    expect(await ledger.read('journal.conversation', { conversation: mei })).toMatchObject({ name: '梅琳', unread: 4 })
    expect(personOf('13800138000')).toBe(0)
  })

  it('tells how far it is, and what it found', async () => {
    const { bring, seen } = await open()
    const bytes = backup(manyMessages(3_000, { picturesEvery: 100 }))
    const end = await bring(bytes)
    expect(end).toMatchObject({ kind: 'import', at: 'done', unit: 'bytes', total: bytes.length, done: bytes.length })
    expect(end.detail).toMatchObject({ file: 'sms.xml', code: '86', messages: 3_000, added: 3_000, known: 0, conversations: 40, files: 30, lostFiles: 0, drafts: 0, damaged: 0, cutAt: 0 })
    const dones = seen.map(({ done }) => done)
    expect(dones).toEqual(dones.toSorted((a, b) => a - b))
  })

  it('is cut and damaged: what is whole is there, and the rest is said', async () => {
    const { bring, history } = await open()
    const bytes = backup(manyMessages(100)).toString().replace('body="old message 7 ', 'body=old message 7 ')
    const end = await bring(Buffer.from(bytes.slice(0, bytes.indexOf('old message 90'))))
    expect(end.detail).toMatchObject({ messages: 89, added: 89, damaged: 1, lines: '11', cutAt: 94 })
    expect(await history()).toHaveLength(89)
  })

  it('of another kind fails, and leaves nothing', async () => {
    const { bring, folder, ledger } = await open()
    const end = await bring(Buffer.from('<?xml version="1.0"?><calls count="0"></calls>'))
    expect(end).toMatchObject({ at: 'failed', fault: { code: 'bad-type' } })
    expect(await readdir(join(folder, 'import'))).toEqual([])
    expect(await ledger.read('journal.imports', null)).toEqual([])
  })
})

describe('copying', () => {
  it('goes on where it was, also in another process', async () => {
    const bytes = backup(manyMessages(500))
    const first = await open()
    const before = await first.copy(bytes, 'a.xml', 70_000)
    expect(before).toEqual({ id: before.id, offset: 70_000 })
    await expect(first.imports.add(before.id, 69_000, bytes.subarray(69_000, 69_100))).rejects.toMatchObject({ code: 'bad-argument', detail: { offset: 70_000 } })
    await first.close()
    const second = await open(first.folder)
    expect(await second.imports.begin({ name: 'a.xml', size: bytes.length, lastModified: 1 })).toEqual({ id: before.id, offset: 70_000 })
    expect((await second.bring(bytes, 'a.xml')).detail).toMatchObject({ added: 500 })
  })

  it('makes room for another file, and forgets what is not wanted', async () => {
    const { imports, copy, folder } = await open()
    const bytes = backup(manyMessages(500))
    await copy(bytes, 'a.xml', 60_000)
    const { id } = await copy(bytes, 'b.xml', 60_000)
    expect((await readdir(join(folder, 'import'))).toSorted()).toEqual([`${id}.json`, `${id}.part`])
    await imports.forget(id)
    expect(await readdir(join(folder, 'import'))).toEqual([])
  })

  it('does not begin where there is no room', async () => {
    const { imports } = await open(undefined, { free: 100e6 })
    await expect(imports.begin({ name: 'a.xml', size: 50e6, lastModified: 1 })).rejects.toMatchObject({ code: 'disk-full', detail: { needed: 100e6 + 2 ** 26, free: 100e6 } })
  })
})

describe('an end in the middle', () => {
  /** Stops the reading at its nth piece until it is let go. */
  function gate(nth: number) {
    let count = 0
    const reached = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    return { reached: reached.promise, go: go.resolve, pause: async () => {
      if (++count === nth) reached.resolve()
      if (count >= nth) await go.promise
    } }
  }
  const messages = manyMessages(4_000, { picturesEvery: 40 })
  const bytes = backup(messages)

  it('by the person: nothing staged stays, and importing again adds what is missing', async () => {
    const { reached, go, pause } = gate(12)
    const { copy, ended, jobs, bring, imports, ledger, folder, history } = await open(undefined, { pause })
    const { job } = await copy(bytes)
    await reached
    expect((await ledger.read('journal.imports', null))[0]?.staged).toBeGreaterThan(500)
    jobs.cancel(job!)
    go()
    expect(await ended(job!)).toMatchObject({ at: 'cancelled' })
    expect(await ledger.read('journal.imports', null)).toEqual([])
    expect(await readdir(join(folder, 'import'))).toEqual([])
    expect(await history()).toEqual([])
    // Not wanted any more at the moment in which its last piece came.
    const late = await copy(bytes)
    await imports.forget(late.id)
    expect(await ended(late.job!)).toMatchObject({ at: 'cancelled' })
    expect((await bring(bytes)).detail).toMatchObject({ added: 4_000 })
    expect(sorted(shown(await history()))).toEqual(sorted(model(messages)))
  })

  it('by the app: it goes on by itself at the next start, from the last batch', async () => {
    const { reached, go, pause } = gate(12)
    const first = await open(undefined, { pause })
    const { job } = await first.copy(bytes)
    await reached
    const stopped = first.close()
    go()
    await stopped
    expect(first.jobs.list().find(({ id }) => id === job)).toBeUndefined()
    const second = await open(first.folder)
    const [going] = second.jobs.list()
    expect(going).toMatchObject({ kind: 'import', at: 'running' })
    expect((await second.ended(going!.id)).detail).toMatchObject({ messages: 4_000, added: 4_000 })
    expect(sorted(shown(await second.history()))).toEqual(sorted(model(messages)))
  })
})
