import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { DAY } from '../../../src-main/base/clock'
import type { Content, FileView, Transfer } from '../../../src-main/contract/message'
import { readPayload } from '../../../src-main/rcs/content'
import type { Arriving } from '../../../src-main/relay/journal/append'
import { movingMessages, type Leaving } from '../../../src-main/relay/journal/transfer'
import { keyOf, type Put, type QueueRow } from '../../../src-main/relay/queue/row'
import { openInlineDatabase, temporaryFolder } from '../../fakes/database'
import { lan, mei, noon } from '../people'
import type { Journal } from './reader'

async function journal(play: (journal: Journal) => Promise<void>): Promise<void> {
  const ledger = await openInlineDatabase()
  await play(ledger)
  await ledger.close()
}

const up: Transfer = { way: 'up', at: 'waiting' }
const down: Transfer = { way: 'down', at: 'waiting' }
const remote = (name: string, until = noon + 30 * DAY) => ({ url: `https://files.example.org/ft/${name}`, until, hash: 'a'.repeat(64) })
const file = (name: string, transfer?: Transfer, more: Partial<FileView> = {}): FileView =>
  ({ name, contentType: 'image/png', size: 1_000, hash: transfer?.way === 'down' ? '' : 'a'.repeat(64), ...(transfer && { transfer }), ...more })
const files = (...all: FileView[]): Content => ({ kind: 'files', files: all })

/** Mei is at this computer; Lan is the other side. */
const ours = (id: string, content: Content): Arriving => ({ conversation: lan, id, from: mei, content, sentAt: noon, now: noon })
const leaving: Leaving = { lane: 'network', headers: [['Thread', 'files']], wordsHeaders: [['Thread', 'words']], expiresAt: noon + 30 * DAY }
const sends = (ledger: Journal, messages: readonly Arriving[], words?: Arriving) => ledger.commit('journal.sendFiles', { messages, ...(words && { words }) })
const uploaded = (ledger: Journal, id: string, index = 0) => ledger.commit('journal.uploaded', { id, from: mei, file: index, remote: remote(`${id}-${index}`), leaving })
const moves = (ledger: Journal, id: string, transfer: Transfer, { index = 0, from = mei } = {}) =>
  ledger.commit('journal.transfer', { id, from, file: index, transfer, now: noon })
const receives = (ledger: Journal, id: string, ...all: FileView[]) =>
  ledger.commit('journal.receive', { message: { conversation: lan, id, from: lan, content: files(...all), sentAt: noon, now: noon } })
const message = async (ledger: Journal, id: string) => (await ledger.read('journal.message', { conversation: lan, id }))!
const filesOf = async (ledger: Journal, id: string): Promise<FileView[]> => {
  const { content } = await message(ledger, id)
  return content.kind === 'files' ? content.files : []
}
const waiting = (ledger: Journal) => ledger.read('queue.next', { lane: 'network', after: 0, limit: 1_000 })
const number = async (ledger: Journal) => (await ledger.read('journal.number', null)).n
const draft = async (ledger: Journal) => (await ledger.read('journal.conversation', { conversation: lan }))!.draft
/** What a row says: its words, and where its files lie. */
const saidBy = (row: QueueRow): string[] => readPayload(row).parts.map((part) => (part.kind === 'text' ? part.text : part.kind === 'file' ? part.file.url : part.kind))
const cancelled = { code: 'cancelled' } as const

describe('sending files', () => {
  it('keeps every message and the words after them, once, and lets none of them out', () =>
    journal(async (ledger) => {
      await ledger.commit('journal.open', { conversation: lan, now: noon })
      await ledger.commit('journal.draft', { conversation: lan, text: 'Lo', now: noon })
      const both = [ours('a', files(file('one', up))), ours('a.2', files(file('two', up)))]
      const first = await sends(ledger, both, ours('a.3', { kind: 'text', text: 'Look!' }))
      expect(first.known).toBe(false)
      expect(await draft(ledger)).toBeUndefined()
      const page = await ledger.read('journal.page', { conversation: lan, fromPlace: 0, limit: 10 })
      expect(page.map(({ id, status, content }) => [id, status, content.kind])).toEqual([['a', 'queued', 'files'], ['a.2', 'queued', 'files'], ['a.3', 'queued', 'text']])
      expect(await waiting(ledger)).toEqual([])
      expect(await sends(ledger, both, ours('a.3', { kind: 'text', text: 'Look!' }))).toEqual({ n: first.n, known: true })
      expect((await ledger.read('journal.page', { conversation: lan, fromPlace: 0, limit: 10 }))).toEqual(page)
    }))

  it('leaves the draft beside files without words, and clears it with those that have some', () =>
    journal(async (ledger) => {
      await ledger.commit('journal.open', { conversation: lan, now: noon })
      await ledger.commit('journal.draft', { conversation: lan, text: 'Lo', now: noon })
      await sends(ledger, [ours('a', files(file('one', up)))])
      expect(await draft(ledger)).toBe('Lo')
      await sends(ledger, [ours('b', { kind: 'files', text: 'Look!', files: [file('one', up)] })])
      expect(await draft(ledger)).toBeUndefined()
    }))
})

describe('a file that is up', () => {
  it('waits for the others; with the last of them the message leaves, once', () =>
    journal(async (ledger) => {
      await sends(ledger, [ours('a', { kind: 'files', text: 'Look!', files: [file('one', up), file('two', up)] })])
      expect((await uploaded(ledger, 'a', 1)).rows).toEqual([])
      expect(await filesOf(ledger, 'a')).toEqual([file('one', up), file('two', undefined, { remote: remote('a-1') })])
      // Said again, it changes nothing.
      const before = await number(ledger)
      expect(await uploaded(ledger, 'a', 1)).toEqual({ n: before, rows: [] })

      const { rows } = await uploaded(ledger, 'a', 0)
      expect(rows).toMatchObject([{ lane: 'network', id: 'a', from: mei, to: lan, headers: leaving.headers, expiresAt: leaving.expiresAt }])
      expect(saidBy(rows[0]!)).toEqual(['Look!', remote('a-0').url, remote('a-1').url])
      expect((await filesOf(ledger, 'a')).every(({ transfer }) => !transfer)).toBe(true)
      const now = await number(ledger)
      expect(await uploaded(ledger, 'a', 0)).toEqual({ n: now, rows })
      expect(await waiting(ledger)).toHaveLength(1)
    }))

  it('takes the words that waited for it along, behind it, as a message of their own', () =>
    journal(async (ledger) => {
      await sends(ledger, [ours('a', files(file('one', up))), ours('a.2', files(file('two', up)))], ours('a.3', { kind: 'text', text: 'Look!' }))
      expect((await uploaded(ledger, 'a')).rows.map(({ id }) => id)).toEqual(['a'])
      const { rows } = await uploaded(ledger, 'a.2')
      expect(rows.map(({ id, headers }) => [id, headers])).toEqual([['a.2', leaving.headers], ['a.3', leaving.wordsHeaders]])
      expect(rows.map(saidBy)).toEqual([[remote('a.2-0').url], ['Look!']])
      await uploaded(ledger, 'a.2')
      expect((await waiting(ledger)).map(({ id }) => id)).toEqual(['a', 'a.2', 'a.3'])
    }))

  it('puts nothing out again when the network has taken the message', () =>
    journal(async (ledger) => {
      await sends(ledger, [ours('a', files(file('one', up)))])
      const { rows: [row] } = await uploaded(ledger, 'a')
      await ledger.commit('journal.settled', { row: keyOf(row!), outcome: { kind: 'taken', answer: '202 Accepted' }, now: noon })
      expect((await uploaded(ledger, 'a')).rows).toEqual([])
      expect(await waiting(ledger)).toEqual([])
      expect((await message(ledger, 'a')).status).toBe('sent')
    }))

  it('of a message that nobody knows, or of a file that it does not have, is nothing', () =>
    journal(async (ledger) => {
      await sends(ledger, [ours('a', files(file('one', up)))])
      const n = await number(ledger)
      expect(await uploaded(ledger, 'b')).toEqual({ n, rows: [] })
      expect(await uploaded(ledger, 'a', 1)).toEqual({ n, rows: [] })
      expect((await moves(ledger, 'b', { way: 'up', at: 'paused' })).message).toBeNull()
    }))
})

describe('what is to be done with a file', () => {
  it('is kept with the message; what is not its way, or is over, stays', () =>
    journal(async (ledger) => {
      await sends(ledger, [ours('a', files(file('one', up), file('two', up)))])
      const { message: told } = await moves(ledger, 'a', { way: 'up', at: 'paused' }, { index: 1 })
      expect(told!.content).toEqual(files(file('one', up), file('two', { way: 'up', at: 'paused' })))
      expect(await message(ledger, 'a')).toEqual(told)
      await moves(ledger, 'a', { way: 'down', at: 'offered' })
      expect(await message(ledger, 'a')).toEqual(told)
      await moves(ledger, 'a', up, { index: 1 })
      await uploaded(ledger, 'a', 0)
      await uploaded(ledger, 'a', 1)
      const gone = await message(ledger, 'a')
      expect((await moves(ledger, 'a', { way: 'up', at: 'failed', fault: cancelled })).message).toEqual(gone)
      expect(await waiting(ledger)).toHaveLength(1)
    }))

  it('when it was given up fails its message, the other files of it, and the words that waited', () =>
    journal(async (ledger) => {
      await sends(ledger, [ours('a', files(file('one', up), file('two', up), file('three', up)))], ours('a.2', { kind: 'text', text: 'Look!' }))
      await uploaded(ledger, 'a', 0)
      const failed = { way: 'up', at: 'failed', fault: cancelled } as const
      await moves(ledger, 'a', failed, { index: 1 })
      expect(await message(ledger, 'a')).toMatchObject({ status: 'failed', fault: cancelled })
      expect((await filesOf(ledger, 'a')).map(({ transfer }) => transfer)).toEqual([undefined, failed, failed])
      expect(await message(ledger, 'a.2')).toMatchObject({ status: 'failed', fault: cancelled })
      for (const id of ['a', 'a.2']) {
        expect((await ledger.read('journal.journey', { conversation: lan, id })).map(({ event }) => event)).toEqual(['kept', 'failed'])
      }
      // An upload that ended just then changes nothing.
      const n = await number(ledger)
      expect(await uploaded(ledger, 'a', 2)).toEqual({ n, rows: [] })
      expect(await ledger.read('journal.transfers', null)).toEqual([])
    }))

  it('of a message that came fails alone', () =>
    journal(async (ledger) => {
      await receives(ledger, 'x', file('one', down), file('two', down))
      const failed = { way: 'down', at: 'failed', fault: { code: 'file-gone' } } as const
      await moves(ledger, 'x', failed, { from: lan })
      expect((await filesOf(ledger, 'x')).map(({ transfer }) => transfer)).toEqual([failed, down])
      expect((await message(ledger, 'x')).status).toBe('delivered')
    }))

  it('is found at the next start as long as something waits, oldest first', () =>
    journal(async (ledger) => {
      await sends(ledger, [ours('a', files(file('one', up)))])
      await receives(ledger, 'x', file('one', down))
      await receives(ledger, 'y', file('one', { way: 'down', at: 'offered' }))
      await sends(ledger, [ours('b', files(file('one', up)))])
      await receives(ledger, 'z', file('one', { way: 'down', at: 'paused' }))
      // Its small picture has not come.
      await receives(ledger, 'w', file('one', { way: 'down', at: 'offered' }, { remote: { url: 'https://ft.example/w', thumbnail: { url: 'https://ft.example/w/small' } } }))
      const ids = async () => (await ledger.read('journal.transfers', null)).map(({ id }) => id)
      expect(await ids()).toEqual(['a', 'x', 'b', 'w'])
      await uploaded(ledger, 'a')
      await moves(ledger, 'y', down, { from: lan })
      await moves(ledger, 'b', { way: 'up', at: 'paused' })
      const small = { hash: 'b'.repeat(64), contentType: 'image/png', size: 100 }
      await ledger.commit('journal.downloaded', { id: 'w', from: lan, file: 0, change: { thumbnail: small } })
      // That it has come is for whoever takes it up to see.
      expect(await ids()).toEqual(['x', 'y', 'w'])
    }))

  it('is found without reading the history', async () => {
    const file = join(temporaryFolder(), 'plan.sqlite')
    await (await openInlineDatabase(file)).close()
    const db = new DatabaseSync(file, { readOnly: true })
    const steps = db.prepare(`EXPLAIN QUERY PLAN ${movingMessages}`).all().map((step) => String(step['detail']))
    db.close()
    expect(steps.find((step) => /\bm\b/.test(step))).toMatch(/USING INDEX messages_moving/)
  })
})

describe('a file that is here', () => {
  it('has its thumbnail first and goes on, then its hash and nothing to do', () =>
    journal(async (ledger) => {
      await receives(ledger, 'x', file('one', down), file('two', down))
      const thumbnail = { hash: 'b'.repeat(64), contentType: 'image/png', size: 100 }
      const here = (change: Partial<FileView>) => ledger.commit('journal.downloaded', { id: 'x', from: lan, file: 0, change })
      await here({ thumbnail, width: 40, height: 30 })
      expect(await filesOf(ledger, 'x')).toEqual([file('one', down, { thumbnail, width: 40, height: 30 }), file('two', down)])
      const { n } = await here({ hash: 'c'.repeat(64), width: 400, height: 300 })
      const whole = file('one', undefined, { hash: 'c'.repeat(64), thumbnail, width: 400, height: 300 })
      expect(await filesOf(ledger, 'x')).toEqual([whole, file('two', down)])
      expect((await ledger.read('journal.changes', { after: n - 1, limit: 10 })).changes.length).toBeGreaterThan(0)
      await here({ hash: 'c'.repeat(64), width: 400, height: 300 })
      expect(await filesOf(ledger, 'x')).toEqual([whole, file('two', down)])
    }))
})

describe('a failed message that goes up again', () => {
  const again = (ledger: Journal, id: string, now = noon) => ledger.commit('journal.uploadAgain', { id, now })
  const fails = (ledger: Journal, id: string) => moves(ledger, id, { way: 'up', at: 'failed', fault: cancelled })

  it('takes only those of its files that do not lie at the server any more, and leaves with the last', () =>
    journal(async (ledger) => {
      await sends(ledger, [ours('a', files(file('one', up), file('two', up)))])
      await uploaded(ledger, 'a', 1)
      await fails(ledger, 'a')
      const { message: told } = await again(ledger, 'a')
      expect(told).toMatchObject({ status: 'queued', content: files(file('one', up), file('two', undefined, { remote: remote('a-1') })) })
      expect(told).not.toHaveProperty('fault')
      expect((await uploaded(ledger, 'a', 0)).rows.map(({ id }) => id)).toEqual(['a'])
    }))

  it('takes also those whose time at the server is over', () =>
    journal(async (ledger) => {
      await sends(ledger, [ours('a', files(file('one', up), file('two', up)))])
      await uploaded(ledger, 'a', 1)
      await fails(ledger, 'a')
      expect((await again(ledger, 'a', noon + 30 * DAY)).message!.content).toEqual(files(file('one', up), file('two', up)))
    }))

  it('takes the words along that failed with it, and they leave behind it', () =>
    journal(async (ledger) => {
      await sends(ledger, [ours('a', files(file('one', up)))], ours('a.2', { kind: 'text', text: 'Look!' }))
      await fails(ledger, 'a')
      await again(ledger, 'a')
      expect((await message(ledger, 'a.2')).status).toBe('queued')
      expect((await uploaded(ledger, 'a')).rows.map(({ id }) => id)).toEqual(['a', 'a.2'])
      expect((await uploaded(ledger, 'a')).rows.map(({ id }) => id)).toEqual(['a'])
    }))

  it('leaves words that were sent again by themselves: they go once', () =>
    journal(async (ledger) => {
      await sends(ledger, [ours('a', files(file('one', up)))], ours('a.2', { kind: 'text', text: 'Look!' }))
      await fails(ledger, 'a')
      const put: Put = { lanes: ['network'], envelope: { ...leaving, id: 'a.2', from: mei, to: lan, conversation: lan, contentType: 'text/plain', body: Buffer.from('Look!'), sentAt: noon, flags: 0 } }
      await ledger.commit('journal.again', { conversation: lan, id: 'a.2', put, now: noon })
      await again(ledger, 'a')
      expect((await uploaded(ledger, 'a')).rows.map(({ id }) => id)).toEqual(['a'])
    }))

  it('has to have failed, and to be there', () =>
    journal(async (ledger) => {
      await sends(ledger, [ours('a', files(file('one', up)))])
      const before = await message(ledger, 'a')
      expect(await again(ledger, 'a')).toEqual({ n: await number(ledger), message: before })
      expect((await again(ledger, 'b')).message).toBeNull()
    }))
})
