import { expect, it } from 'vitest'
import { silentLog } from '../../src-main/base/log'
import type { DatabaseVerbs } from '../../src-main/database-verbs'
import type { Carrier, Outcome } from '../../src-main/relay/carrier'
import { Relay } from '../../src-main/relay/relay'
import { HandClock } from '../fakes/clock'
import { openInlineDatabase } from '../fakes/database'
import { noon, put } from './people'

const outcomes: Record<string, Outcome> = {
  a: { kind: 'taken', answer: '202 Accepted' }, b: { kind: 'taken' }, c: { kind: 'failed', fault: { code: 'refused' } },
}
const carrier: Carrier = { deliver: (envelopes, hear) => envelopes.forEach(({ id }, place) => hear(place, outcomes[id]!)) }

it('what was taken in one turn is handed to the policy together, each with what was said', async () => {
  const told: string[][] = []
  const ledger = await openInlineDatabase()
  const relay = new Relay<DatabaseVerbs>({
    ledger, clock: new HandClock(noon), log: silentLog,
    policy: {
      taken(rows) {
        told.push(rows.map(({ id, answer }) => `${id} ${answer}`))
        return { verb: 'queue.take', args: { rows } }
      },
      settled(row, { kind }) {
        told.push([`${row.id} ${kind}`])
        return { verb: 'queue.fail', args: { row } }
      },
    },
  })
  await relay.start()
  for (const id of ['a', 'b', 'c']) await relay.submit(put(id, 'network', { conversation: `sip:${id}@example.org` }))
  relay.attach('network', carrier)
  await expect.poll(() => ledger.read('queue.count', { lane: 'network' }), { timeout: 5_000, interval: 2 }).toBe(0)
  expect(told).toEqual([['c failed'], ['a 202 Accepted', 'b undefined']])
  await relay.stop({ within: 0 })
  await ledger.close()
})
