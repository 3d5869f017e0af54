import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeHistory } from '../../bench/history'
import { openInlineDatabase, temporaryFolder } from '../../fakes/database'

it('a made history is a journal like any other, and the same for the same seed', async () => {
  const files = ['a.db', 'b.db'].map((name) => join(temporaryFolder(), name))
  const [history] = files.map((file) => writeHistory(file, { count: 3_000, conversations: 20, largest: 500 }))
  const rows = (file: string) => {
    const db = new DatabaseSync(file)
    const all = ['messages', 'conversations', 'hops'].map((table) => db.prepare(`SELECT * FROM ${table}`).all())
    db.close()
    return all
  }
  expect(rows(files[0]!)).toEqual(rows(files[1]!))

  const ledger = await openInlineDatabase(files[0]!)
  const conversations = await ledger.read('journal.conversations', null)
  expect(conversations.reduce((sum, { count }) => sum + count, 0)).toBe(3_000)
  expect(Math.max(...conversations.map(({ count }) => count))).toBe(500)
  expect(conversations.some(({ unread }) => unread > 0)).toBe(true)
  for (const { id, count, unread, readPlace } of conversations) {
    const messages = await ledger.read('journal.page', { conversation: id, fromPlace: 0, limit: count })
    expect(messages.map(({ place }) => place)).toEqual(Array.from({ length: count }, (_, place) => place))
    expect(messages.map(({ at }) => at)).toEqual(messages.map(({ at }) => at).sort((a, b) => a - b))
    expect(messages.slice(readPlace).filter(({ outgoing }) => !outgoing)).toHaveLength(unread)
  }
  expect(history!.conversations[0]).toMatchObject({ count: 500 })
  const { n } = await ledger.commit('journal.receive', { message: { conversation: 'sip:x@example.org', id: 'x1234567', from: 'sip:x@example.org', content: { kind: 'text', text: 'hi' }, sentAt: 0, now: 1 } })
  expect(n).toBeGreaterThan(3_020)
  await ledger.close()
})
