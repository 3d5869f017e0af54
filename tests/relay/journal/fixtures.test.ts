import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DAY } from '../../../src-main/base/clock'
import { migrations } from '../../../src-main/database-verbs'
import { findable, readClient, readRelay } from './fixture-contents'
import { openInlineDatabase, temporaryFolder } from '../../fakes/database'
import { envelope, lan, mei } from '../people'
import { Reader, type Journal } from './reader'

const folder = resolve(import.meta.dirname, '../../fixtures/journals')
const files = readdirSync(folder).filter((name) => name.endsWith('.sqlite'))
const versionOf = (name: string) => Number(/^v(\d+)/.exec(name)![1])
const clients = files.filter((name) => !name.includes('relay'))
const newest = migrations.at(-1)!.version

const expected = (name: string) => JSON.parse(readFileSync(join(folder, name.replace('.sqlite', '.json')), 'utf8')) as Awaited<ReturnType<typeof readClient>>
/** As it is after a file: without what is undefined. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as object

async function opened(name: string, play: (journal: Journal, file: string) => Promise<void>): Promise<void> {
  const file = join(temporaryFolder(), name)
  copyFileSync(join(folder, name), file)
  // Twice: what a migration has done stays done.
  for (let i = 0; i < 2; i++) {
    const journal = await openInlineDatabase(file)
    await play(journal, file)
    await journal.close()
  }
}

it('a journal of every version that was shipped is kept', () => {
  expect(files).toEqual(expect.arrayContaining(Array.from({ length: newest - 1 }, (_, i) => [`v${i + 1}.sqlite`, `v${i + 1}-relay.sqlite`]).flat()))
})

describe.each(files)('%s', (name) => {
  it('opens, and everything in it is there', () =>
    opened(name, async (journal, file) => {
      const read = name.includes('relay') ? readRelay : readClient
      expect(plain(await read(journal, versionOf(name)))).toMatchObject(expected(name))
      const raw = new DatabaseSync(file, { readOnly: true })
      expect(raw.prepare('PRAGMA user_version').get()).toEqual({ user_version: newest })
      expect(raw.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
      raw.close()
    }))
})

describe.each(clients)('%s', (name) => {
  it('is searched, followed, filled from, and goes on', () =>
    opened(name, async (journal) => {
      const { messages } = expected(name)
      while ((await journal.commit('search.index', { limit: 30 })).from !== undefined);
      for (const [text, matches] of Object.entries(findable)) {
        const { hits } = await journal.read('journal.search', { text, limit: 1_000 })
        const wanted = messages.filter(({ content }) => matches('text' in content ? content.text ?? '' : ''))
        expect([text, hits.map(({ message }) => message.id).sort()]).toEqual([text, wanted.map(({ id }) => id).sort()])
      }
      const follower = new Reader(journal)
      await follower.followAll(50)
      await follower.expectWhole()
      const filler = new Reader(journal)
      for (let cursor: string | undefined | null = null; cursor !== undefined;) cursor = (await filler.fill(cursor, 2)).next
      await filler.expectWhole()
    }))

  it('has the receipts that waited for their message', async () => {
    const file = join(temporaryFolder(), name)
    copyFileSync(join(folder, name), file)
    const journal = await openInlineDatabase(file)
    const now = Date.UTC(2026, 2, 1, 8) + 50 * DAY
    await journal.commit('journal.send', { message: { conversation: lan, id: 'early', from: mei, content: { kind: 'text', text: 'late' }, sentAt: now, now },
      put: { envelope: envelope('early', { from: mei, to: lan, conversation: lan }), lanes: ['network'] } })
    expect(await journal.read('journal.message', { conversation: lan, id: 'early' })).toMatchObject({ status: 'delivered' })
    await journal.close()
  })
})
