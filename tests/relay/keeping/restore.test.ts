import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrations } from '../../../src-main/database-verbs'
import { backupDatabase, backupKinds } from '../../../src-main/relay/keeping/backup'
import { Reader } from '../../../src-main/relay/keeping/reader'
import { restoreDatabase } from '../../../src-main/relay/keeping/restore'
import type { Put } from '../../../src-main/relay/queue/row'
import { openInlineDatabase, temporaryFolder } from '../../fakes/database'

const put = (id: string): Put => ({
  lanes: ['account:sip:lan@play.test'],
  envelope: {
    id, from: 'sip:mei@play.test', to: 'sip:lan@play.test', conversation: 'sip:mei@play.test', contentType: 'text/plain',
    body: new Uint8Array(600), headers: [], sentAt: 1, expiresAt: 2, flags: 0,
  },
})
const newest = migrations.at(-1)!.version

test('numbers given after the backup are never given again, also where the newer file cannot be read', async () => {
  const folder = temporaryFolder()
  const [file, copy] = [join(folder, 'relay.sqlite'), join(folder, 'copy.sqlite')]
  const given = new Set<number>()
  const give = async (name: string, ids: string[]): Promise<void> => {
    const ledger = await openInlineDatabase(name)
    for (const id of ids) {
      const { seqs: [[seq]] } = (await ledger.commit('queue.put', { puts: [put(id)] })) as { seqs: [[number]] }
      expect(given.has(seq), `number ${seq} twice`).toBe(false)
      given.add(seq)
    }
    await ledger.close()
  }
  await give(file, ['a', 'b'])
  await backupDatabase(file, copy, 'relay')
  // Each opening takes a new block of numbers.
  for (const id of ['c', 'd', 'e']) await give(file, [id])
  await restoreDatabase(copy, file, { kind: 'relay', newest, now: 0 })
  await give(file, ['f', 'g'])
  await restoreDatabase(copy, join(folder, 'elsewhere.sqlite'), { kind: 'relay', newest, now: 1 })
  await give(join(folder, 'elsewhere.sqlite'), ['h'])
})

test('a backup while somebody writes at full speed is one moment of the file, and ends', async () => {
  const folder = temporaryFolder()
  const [file, copy] = [join(folder, 'relay.sqlite'), join(folder, 'copy.sqlite')]
  const ledger = await openInlineDatabase(file)
  let [count, isOver] = [0, false]
  const many = (): Promise<unknown> => ledger.commit('queue.put', { puts: Array.from({ length: 50 }, () => put(`id-${count++}`)) })
  for (let i = 0; i < 200; i++) await many()
  const atLeast = count
  const writing = (async () => {
    while (!isOver) {
      await many()
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  const told: number[] = []
  const { bytes } = await backupDatabase(file, copy, 'relay', { progress: (done, total) => void told.push(done / total) })
  isOver = true
  await writing
  expect(told.length).toBeGreaterThan(1)
  expect(bytes).toBeGreaterThan(6_000_000)
  const reader = new Reader(copy)
  const { rows, last } = reader.get<{ rows: number; last: number }>('SELECT count(*) AS rows, max(seq) AS last FROM queue')!
  expect(rows).toBeGreaterThanOrEqual(atLeast)
  expect(rows % 50, 'no half of a commit').toBe(0)
  expect(last).toBe(rows)
  expect(reader.pragma('application_id')).toBe(backupKinds.relay)
  reader.close()
  await ledger.close()
})

test('a backup that is cancelled leaves nothing', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'relay.sqlite')
  const ledger = await openInlineDatabase(file)
  await ledger.commit('queue.put', { puts: Array.from({ length: 10_000 }, (_, i) => put(`id-${i}`)) })
  const abort = new AbortController()
  const copying = backupDatabase(file, join(folder, 'copy.sqlite'), 'relay', { signal: abort.signal, progress: () => abort.abort() })
  await expect(copying).rejects.toMatchObject({ code: 'closed' })
  await ledger.close()
  expect(readdirSync(folder).filter((name) => !name.startsWith('relay.sqlite'))).toEqual([])
})
