import { expect, test } from 'vitest'
import { flag, type Envelope } from '../../../src-main/relay/envelope'
import { mayBeMore, type Put } from '../../../src-main/relay/queue/row'
import { openInlineDatabase } from '../../fakes/database'

const away = 'device:sip:lan@play.test|tablet'
const there = 'device:sip:lan@play.test|phone'
const put = (id: string, { lanes = [away], size = 10, flags = 0, sentAt = 1_000 }: { lanes?: string[]; size?: number; flags?: number; sentAt?: number } = {}): Put => ({
  lanes,
  envelope: {
    id, from: 'sip:mei@play.test', to: 'sip:lan@play.test', conversation: 'sip:mei@play.test', contentType: 'text/plain',
    body: new Uint8Array(size), headers: [], sentAt, expiresAt: sentAt + 1_000, flags,
  } satisfies Envelope,
})
const one = (seqs: number[][]): number[] => seqs[0]!

test('a lane that holds its limit takes no more; what waits in it already keeps its number; receipts have twice the room', async () => {
  const ledger = await openInlineDatabase()
  const limit = { messages: 3, bytes: 1_000_000 }
  const say = async (each: Put) => one((await ledger.commit('queue.put', { puts: [each], limit })).seqs)
  const seqs = [await say(put('a')), await say(put('b')), await say(put('c'))].flat()
  expect(await say(put('d'))).toEqual([0])
  expect(await say(put('b'))).toEqual([seqs[1]])
  for (const id of ['r1', 'r2', 'r3']) expect(await say(put(id, { flags: flag.receipt }))).not.toEqual([0])
  expect(await say(put('r4', { flags: flag.receipt }))).toEqual([0])
  const [row] = await ledger.read('queue.next', { lane: away, after: 0, limit: 1 })
  await ledger.commit('queue.take', { rows: [row!] })
  expect(await ledger.read('queue.count', { lane: away })).toBe(5)
  await ledger.close()
})

test('a device with too much waiting is left out while another takes the message, which then counts as of one lane', async () => {
  const ledger = await openInlineDatabase()
  const limit = { messages: 1, bytes: 1_000_000 }
  await ledger.commit('queue.put', { puts: [put('a')], limit })
  const { seqs } = await ledger.commit('queue.put', { puts: [put('b', { lanes: [away, there] })], limit })
  expect(seqs).toEqual([[0, expect.any(Number)]])
  expect(await ledger.read('queue.next', { lane: there, after: 0, limit: 5 })).toMatchObject([{ id: 'b', lanes: 1, seq: seqs[0]![1] }])
  await ledger.close()
})

test('bytes count as well, and what left makes room', async () => {
  const ledger = await openInlineDatabase()
  const limit = { messages: 1_000, bytes: 200_000 }
  const say = async (each: Put) => one((await ledger.commit('queue.put', { puts: [each], limit })).seqs)[0]
  for (const id of ['a', 'b', 'c']) expect(await say(put(id, { size: 60_000 }))).toBeGreaterThan(0)
  expect(await say(put('d', { size: 60_000 }))).toBe(0)
  expect(await say(put('d', { size: 10_000 }))).toBeGreaterThan(0)
  const rows = await ledger.read('queue.next', { lane: away, after: 0, limit: 2 })
  await ledger.commit('queue.take', { rows })
  expect(await say(put('e', { size: 60_000 }))).toBeGreaterThan(0)
  expect(await say(put('f', { size: 60_000 }))).toBeGreaterThan(0)
  expect(await say(put('g', { size: 60_000 }))).toBe(0)
  await ledger.close()
})

test('depth and the oldest by kind of lane follow what comes, goes and is inherited', async () => {
  const ledger = await openInlineDatabase()
  await ledger.commit('queue.put', { puts: [put('a', { lanes: ['account:sip:lan@play.test'], sentAt: 5 }), put('b', { sentAt: 7 }), put('c', { lanes: [there], sentAt: 9 })] })
  const depth = async () => new Map((await ledger.read('queue.depth', null)).map(({ kind, ...rest }) => [kind, rest]))
  expect(await depth()).toEqual(new Map([
    ['account', { lanes: 1, waiting: 1, sentAt: 5, expiresAt: 1_005 }], ['device', { lanes: 2, waiting: 2, sentAt: 7, expiresAt: 1_007 }],
  ]))
  await ledger.commit('queue.inherit', { from: 'account:sip:lan@play.test', to: there })
  expect(await depth()).toEqual(new Map([['device', { lanes: 2, waiting: 3, sentAt: 5, expiresAt: 1_005 }]]))
  await ledger.commit('queue.take', { rows: await ledger.read('queue.next', { lane: there, after: 0, limit: 1 }) })
  expect((await depth()).get('device')).toMatchObject({ waiting: 2, sentAt: 7 })
  await ledger.close()
})

test('notes of lanes and of envelopes that were taken go when nothing waits for them', async () => {
  const ledger = await openInlineDatabase()
  await ledger.commit('queue.put', { puts: [put('a', { lanes: [away, there] }), put('b', { lanes: [away, there] })] })
  const rows = await ledger.read('queue.next', { lane: there, after: 0, limit: 5 })
  await ledger.commit('queue.take', { rows })
  // One lane is emptied past the queue's own bookkeeping: its notes are left over.
  await ledger.commit('queue.inherit', { from: away, to: there })
  const moved = await ledger.read('queue.next', { lane: there, after: 0, limit: 5 })
  await ledger.commit('queue.take', { rows: moved.slice(0, 1).map((row) => ({ ...row, lanes: 1 })) })
  expect(await ledger.commit('queue.tidy', { after: null, limit: 1 })).toEqual({ removed: 1, next: ['sip:mei@play.test', 'a'] })
  expect(await ledger.commit('queue.tidy', { after: ['sip:mei@play.test', 'a'], limit: 1 })).toEqual({ removed: 0, next: ['sip:mei@play.test', 'b'] })
  expect(await ledger.commit('queue.tidy', { after: ['sip:mei@play.test', 'b'], limit: 1 })).toEqual({ removed: 0, next: null })
  for (const lane of [away, there]) await ledger.commit('queue.forget', { lane })
  await ledger.commit('queue.put', { puts: [put('c')] })
  expect(await ledger.read('queue.lanes', null)).toMatchObject([{ name: there, waiting: 1 }, { name: away, waiting: 1 }])
  await ledger.close()
})

test('bytes of what came while there was room for anything count when there is not any more', async () => {
  const ledger = await openInlineDatabase()
  const MB = 1024 * 1024
  const limit = { messages: 1_000, bytes: 4.5 * MB }
  const say = async (id: string, size: number) => one((await ledger.commit('queue.put', { puts: [put(id, { size })], limit })).seqs)[0] !== 0
  for (const id of ['a', 'b', 'c', 'd', 'e']) expect(await say(id, 10)).toBe(true)
  const rows = await ledger.read('queue.next', { lane: away, after: 0, limit: 5 })
  await ledger.commit('queue.take', { rows })
  // Fewer than could fill it: not counted one by one.
  for (const id of ['f', 'g', 'h']) expect(await say(id, MB)).toBe(true)
  expect(await say('i', MB)).toBe(true)
  expect(await say('j', MB)).toBe(false)
  expect(await say('k', 100)).toBe(true)
  await ledger.close()
})

test('a lane of large rows is read a part at a time, in order and whole', async () => {
  const ledger = await openInlineDatabase()
  const MB = 1024 * 1024
  for (let i = 0; i < 40; i++) await ledger.commit('queue.put', { puts: [put(`m${i}`, { size: i % 2 ? MB : 10 })] })
  const ids: string[] = []
  const parts: number[] = []
  for (let after = 0, more = true; more;) {
    const rows = await ledger.read('queue.next', { lane: away, after, limit: 256 })
    more = mayBeMore(rows, 256)
    ids.push(...rows.map(({ id }) => id))
    parts.push(rows.length)
    after = rows.at(-1)?.seq ?? after
  }
  expect(ids).toEqual(Array.from({ length: 40 }, (_, i) => `m${i}`))
  expect(parts).toEqual([32, 8])
  await ledger.close()
})
