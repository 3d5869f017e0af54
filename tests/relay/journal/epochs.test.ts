import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { migrations } from '../../../src-main/database-verbs'
import { Db } from '../../../src-main/relay/ledger/db'
import { openInlineDatabase, temporaryFolder } from '../../fakes/database'
import { lan, mei, noon } from '../people'
import { Reader, type Journal } from './reader'

let ids = 0
const receive = (journal: Journal, id = `id${ids++}`) => journal.commit('journal.receive', {
  message: { conversation: lan, id, from: lan, content: { kind: 'text', text: id }, sentAt: noon, now: noon },
})
const epochs = (file: string) => {
  const db = new Db(file, migrations)
  const rows = db.all<{ n: number }>('SELECT n FROM epochs ORDER BY opening').map(({ n }) => n)
  db.close()
  return rows
}

it('a reader goes on over openings of the same file, with and without an epoch', async () => {
  const file = join(temporaryFolder(), 'journal.db')
  let journal = await openInlineDatabase(file)
  let reader = new Reader(journal)
  const plain = new Reader(journal)
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 3; i++) await receive(journal)
    // Behind, in the middle, and at the end.
    for (const page of [await reader.follow(2), await reader.follow(2)]) expect(page).not.toHaveProperty('isReplaced')
    plain.epoch = undefined
    await plain.followAll()
    await plain.expectWhole()
    await journal.close()
    journal = await openInlineDatabase(file)
    reader = Object.assign(new Reader(journal), { ...reader, journal })
    Object.assign(plain, { journal })
  }
  await reader.followAll()
  await reader.expectWhole()
  await journal.close()
})

it('an older copy that was put back is another history from where it went on differently', async () => {
  const folder = temporaryFolder()
  const [file, backup] = [join(folder, 'journal.db'), join(folder, 'backup.db')]
  let journal = await openInlineDatabase(file)
  for (let i = 0; i < 5; i++) await receive(journal)
  const early = new Reader(journal)
  await early.follow(3)
  const atBackup = new Reader(journal)
  await atBackup.followAll()
  await journal.close()
  copyFileSync(file, backup)

  journal = await openInlineDatabase(file)
  for (let i = 0; i < 5; i++) await receive(journal, `lost ${i}`)
  const late = Object.assign(new Reader(journal), { n: 0 })
  await late.followAll()
  const { n: last } = late
  await journal.close()

  copyFileSync(backup, file)
  journal = await openInlineDatabase(file)
  // Shorter than what the reader has: even without an epoch.
  expect(await journal.read('journal.changes', { after: last, limit: 10 })).toMatchObject({ isReplaced: true, upTo: 0, changes: [] })
  for (let i = 0; i < 9; i++) await receive(journal, `other ${i}`)
  for (const reader of [early, atBackup, late]) {
    Object.assign(reader, { journal })
    expect((await reader.follow(1)).isReplaced).toBe(reader === late ? true : undefined)
    await reader.followAll()
    await reader.expectWhole()
  }
  await journal.close()
})

it('a copy of the same opening that lost its tail is another history as soon as it is written to', async () => {
  const folder = temporaryFolder()
  const [file, copy] = [join(folder, 'journal.db'), join(folder, 'copy.db')]
  let journal = await openInlineDatabase(file)
  await receive(journal)
  const db = new Db(file, migrations)
  db.run(`VACUUM INTO '${copy}'`)
  db.close()
  await receive(journal)
  const reader = new Reader(journal)
  await reader.followAll()
  await journal.close()
  journal = await openInlineDatabase(copy)
  for (let i = 0; i < 4; i++) await receive(journal)
  expect(await journal.read('journal.changes', { after: reader.n, limit: 10, epoch: reader.epoch! })).toMatchObject({ isReplaced: true })
  await journal.close()
})

it('reading writes nothing, openings that write are remembered up to a thousand', async () => {
  const file = join(temporaryFolder(), 'journal.db')
  for (let i = 0; i < 3; i++) {
    const journal = await openInlineDatabase(file)
    await journal.read('journal.changes', { after: 0, limit: 10 })
    await journal.read('journal.number', null)
    await journal.close()
  }
  expect(epochs(file)).toEqual([0])
  const journal = await openInlineDatabase(file)
  await receive(journal)
  await receive(journal)
  expect(epochs(file)).toEqual([0, 0])
  await journal.close()
  const db = new Db(file, migrations)
  db.transaction(() => {
    for (let i = 0; i < 1_500; i++) db.run('INSERT INTO epochs (n, epoch) VALUES (?, ?)', 4, `e${i}`)
  })
  db.close()
  const later = await openInlineDatabase(file)
  await receive(later)
  expect(epochs(file).length).toBe(1_000)
  expect(await later.read('journal.changes', { after: 1, limit: 10, epoch: 'e0' })).toMatchObject({ isReplaced: true })
  expect(await later.read('journal.changes', { after: 1, limit: 10, epoch: 'e1400' })).not.toHaveProperty('isReplaced')
  await later.close()
})

it('a transaction that fails and a second writer leave one history', async () => {
  const file = join(temporaryFolder(), 'journal.db')
  const [one, two] = [await openInlineDatabase(file), await openInlineDatabase(file)]
  const reader = new Reader(one)
  for (let i = 0; i < 6; i++) {
    await receive(i % 2 ? one : two)
    await expect(one.commit('journal.receive', { message: { conversation: null as never, id: 'x', from: lan, content: { kind: 'text', text: '' }, sentAt: 0, now: 0 } }))
      .rejects.toThrow()
    await receive(one)
    expect(await reader.follow(1)).not.toHaveProperty('isReplaced')
  }
  await reader.followAll()
  await reader.expectWhole()
  await Promise.all([one.close(), two.close()])
})

it('the newest number is what is written in the file, whatever changed nothing', async () => {
  const file = join(temporaryFolder(), 'journal.db')
  const journal = await openInlineDatabase(file)
  const say = (id: string) => journal.commit('journal.copy', { message: { conversation: lan, id, from: mei, content: { kind: 'text', text: id }, sentAt: noon, now: noon } })
  const steps = [
    () => receive(journal, 'a'), () => say('b'), () => receive(journal, 'c'),
    // Of a message that is not the last one, and of the last one.
    () => journal.commit('journal.receipt', { id: 'b', from: lan, status: 'delivered', at: noon, now: noon }),
    () => say('d'), () => journal.commit('journal.receipt', { id: 'd', from: lan, status: 'delivered', at: noon, now: noon }),
    () => journal.commit('journal.draft', { conversation: lan, text: '', now: noon }),
    () => journal.commit('journal.draft', { conversation: lan, text: 'x', now: noon }),
    () => journal.commit('journal.read', { conversation: lan, place: 9, now: noon }),
    () => journal.commit('journal.read', { conversation: lan, place: 9, now: noon }),
    () => journal.commit('journal.open', { conversation: lan, now: noon, name: 'Lan' }),
    () => journal.commit('journal.open', { conversation: lan, now: noon, name: 'Lan' }),
    () => journal.commit('journal.stage', { import: 'x', progress: 1, now: noon, messages: [{ conversation: lan, id: 'o', from: lan, outgoing: false, content: { kind: 'text', text: 'o' }, sentAt: 5 }] }),
    () => journal.commit('journal.merge', { import: 'x', now: noon }),
    () => journal.commit('journal.merge', { import: 'x', now: noon }),
  ]
  for (const step of steps) {
    await step()
    const db = new Db(file, migrations)
    const { written } = db.get<{ written: number }>('SELECT max((SELECT max(n) FROM messages), (SELECT max(n) FROM conversations)) AS written')!
    db.close()
    expect((await journal.read('journal.number', null)).n).toBe(written)
  }
  await journal.close()
})
