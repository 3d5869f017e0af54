import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DatabaseVerbs } from '../../../src-main/database-verbs'
import type { Ledger } from '../../../src-main/relay/ledger/ledger'
import { rowsOf, type QueueRow, type RowKey } from '../../../src-main/relay/queue/row'
import { openInlineDatabase } from '../../fakes/database'
import { envelope, lan, mei, noon, put } from '../people'

type Queue = Ledger<DatabaseVerbs>
const all = (ledger: Queue, lane: string) => ledger.read('queue.next', { lane, after: 0, limit: 10_000 })
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)
const receipt = put('failed', 'device:mei', { from: lan, to: mei })

async function queue(play: (ledger: Queue) => Promise<void>): Promise<void> {
  const ledger = await openInlineDatabase(':memory:')
  await play(ledger)
  await ledger.close()
}

describe('the queue', () => {
  it('gives back what was put, byte for byte', () =>
    queue(async (ledger) => {
      const whole = put('a', ['x', 'y'], { body: Uint8Array.from({ length: 256 }, (_, i) => i), headers: [['X', '雁'], ['X', '']], flags: 31 })
      const { seqs: [seqs] } = await ledger.commit('queue.put', { puts: [whole] })
      const [x, y] = rowsOf(whole, seqs!)
      expect(await all(ledger, 'x')).toEqual([x])
      expect(await all(ledger, 'y')).toEqual([y])
    }))

  it('puts an envelope once into a lane, until it has left', () =>
    queue(async (ledger) => {
      const first = await ledger.commit('queue.put', { puts: [put('a', ['x', 'y'])] })
      expect(await ledger.commit('queue.put', { puts: [put('a', ['x', 'y'])] })).toEqual(first)
      // Another sender's message with the same id is another message.
      await ledger.commit('queue.put', { puts: [put('a', 'x', { from: lan })] })
      expect(await all(ledger, 'x')).toHaveLength(2)
    }))

  it('reads on in pages, and one conversation by itself', () =>
    queue(async (ledger) => {
      await ledger.commit('queue.put', { puts: Array.from({ length: 10 }, (_, i) => put(`m${i}`, 'x', { conversation: i % 2 ? mei : lan })) })
      const first = await ledger.read('queue.next', { lane: 'x', after: 0, limit: 4 })
      const rest = await ledger.read('queue.next', { lane: 'x', after: first.at(-1)!.seq, limit: 40 })
      expect(ids([...first, ...rest])).toEqual(Array.from({ length: 10 }, (_, i) => `m${i}`))
      expect(ids(await ledger.read('queue.next', { lane: 'x', after: first[1]!.seq, limit: 2, conversation: lan }))).toEqual(['m2', 'm4'])
    }))

  it('fails an envelope only when no lane took it and none waits', () =>
    queue(async (ledger) => {
      const puts = [put('taken', ['x', 'y']), put('failed', ['x', 'y'])]
      const { seqs } = await ledger.commit('queue.put', { puts })
      const [taken, failed] = puts.map((each, i) => rowsOf(each, seqs[i]!)) as [QueueRow[], QueueRow[]]
      await ledger.commit('queue.take', { rows: [taken[0]!] })
      expect(await ledger.commit('queue.fail', { row: taken[1]!, receipt })).toEqual({ last: false, rows: [] })
      expect(await ledger.commit('queue.fail', { row: failed[1]!, receipt })).toEqual({ last: false, rows: [] })
      const { last, rows } = await ledger.commit('queue.fail', { row: failed[0]!, receipt })
      expect(last).toBe(true)
      expect(await all(ledger, 'device:mei')).toEqual(rows)
      // Repeated after a crash: the receipt is there once, and its row is told again.
      expect(await ledger.commit('queue.fail', { row: failed[0]!, receipt })).toEqual({ last: false, rows })
    }))

  it('puts what goes with a failure in any case', () =>
    queue(async (ledger) => {
      const both = put('a', ['x', 'y'])
      const { seqs: [seqs] } = await ledger.commit('queue.put', { puts: [both] })
      const [x] = rowsOf(both, seqs!)
      const { last, rows } = await ledger.commit('queue.fail', { row: x!, receipt, more: [put('tombstone', 'x')] })
      expect(last).toBe(false)
      expect(ids(rows)).toEqual(['tombstone'])
    }))

  it('does not take a newer row for one that has left', () =>
    queue(async (ledger) => {
      const once = put('a', 'x')
      const { seqs: [old] } = await ledger.commit('queue.put', { puts: [once] })
      const [row] = rowsOf(once, old!)
      await ledger.commit('queue.take', { rows: [row!] })
      await ledger.commit('queue.put', { puts: [once] })
      await ledger.commit('queue.take', { rows: [row!] })
      expect(await all(ledger, 'x')).toHaveLength(1)
    }))

  it('tells what is overdue, oldest first', () =>
    queue(async (ledger) => {
      await ledger.commit('queue.put', { puts: [3, 1, 2].map((i) => put(`m${i}`, 'x', { expiresAt: noon + i })) })
      expect(ids(await ledger.read('queue.expired', { now: noon + 2, limit: 10 }))).toEqual(['m1', 'm2'])
    }))

  it('lets one lane inherit another, in order and without doubles', () =>
    queue(async (ledger) => {
      await ledger.commit('queue.put', { puts: [put('a', ['old', 'new']), put('b', 'old'), put('c', 'new')] })
      await ledger.commit('queue.inherit', { from: 'old', to: 'new' })
      await ledger.commit('queue.inherit', { from: 'old', to: 'new' })
      expect(ids(await all(ledger, 'new'))).toEqual(['a', 'b', 'c'])
      expect(await ledger.read('queue.lanes', null)).toEqual([{ name: 'new', waiting: 3, oldest: noon }])
    }))
})

/** The queue as it is meant: a list. */
class Model {
  rows: { lane: string; from: string; id: string; lanes: number }[] = []
  taken = new Set<string>()

  put(from: string, id: string, lanes: readonly string[]) {
    for (const lane of lanes) {
      if (!this.rows.some((row) => row.lane === lane && row.from === from && row.id === id)) this.rows.push({ lane, from, id, lanes: lanes.length })
    }
  }

  settle({ lane, from, id, lanes }: RowKey, isTaken: boolean): boolean {
    const name = `${from} ${id}`
    this.rows = this.rows.filter((row) => !(row.lane === lane && row.from === from && row.id === id))
    if (lanes === 1) return !isTaken
    if (isTaken) this.taken.add(name)
    if (this.rows.some((row) => row.from === from && row.id === id)) return false
    const isFailed = !this.taken.has(name)
    this.taken.delete(name)
    return isFailed
  }
}

describe('against a plain model', () => {
  const lanes = ['x', 'y', 'z'] as const
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('put' as const), id: fc.integer({ min: 0, max: 30 }), lanes: fc.subarray([...lanes], { minLength: 1 }) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('take', 'fail'), which: fc.nat(), repeat: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('inherit' as const), from: fc.constantFrom(...lanes), to: fc.constantFrom(...lanes) }) },
  )

  it('holds the same rows in the same order, whatever is done and repeated', () =>
    fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 60 }), (steps) => queue(async (ledger) => {
      const model = new Model()
      for (const [i, each] of steps.entries()) {
        if ('id' in each) {
          // The same envelope always goes to the same lanes, as long as it waits.
          const id = `${each.id} ${each.lanes.join('')}`
          model.put(mei, id, each.lanes)
          await ledger.commit('queue.put', { puts: [{ envelope: envelope(id), lanes: each.lanes }] })
        } else if ('which' in each) {
          const rows = (await Promise.all(lanes.map((lane) => all(ledger, lane)))).flat()
          const row = rows[each.which % (rows.length || 1)]
          if (!row) continue
          const failed = model.settle(row, each.kind === 'take')
          if (each.kind === 'take') await ledger.commit('queue.take', { rows: [row] })
          else {
            const more = put(`failed ${i}`, 'device:mei')
            const answer = await ledger.commit('queue.fail', { row, receipt: more })
            expect(answer.last).toBe(failed)
            if (each.repeat) expect(await ledger.commit('queue.fail', { row, receipt: more })).toEqual({ last: false, rows: answer.rows })
          }
          if (each.repeat) await ledger.commit('queue.take', { rows: [row] })
        } else if (each.from !== each.to) {
          const moved = model.rows.filter((row) => row.lane === each.from)
          const doubles = moved.filter((row) => model.rows.some((other) => other.lane === each.to && other.id === row.id))
          model.rows = model.rows.filter((row) => !doubles.includes(row)).map((row) => (row.lane === each.from ? { ...row, lane: each.to } : row))
          await ledger.commit('queue.inherit', { from: each.from, to: each.to })
        }
        for (const lane of lanes) {
          expect(ids(await all(ledger, lane))).toEqual(ids(model.rows.filter((row) => row.lane === lane)))
          expect(await ledger.read('queue.count', { lane })).toBe(model.rows.filter((row) => row.lane === lane).length)
        }
      }
    })), { numRuns: 60 }))
})
