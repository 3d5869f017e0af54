import fc from 'fast-check'
import { expect, it } from 'vitest'
import { higher, type Status } from '../../../src-main/contract/message'
import { keyOf } from '../../../src-main/relay/queue/row'
import { openInlineDatabase } from '../../fakes/database'
import { envelope, lan, mei, noon } from '../people'

const eve = 'sip:eve@example.org'
const id = fc.constantFrom('a', 'b', 'c')
const step = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), id }),
  fc.record({ kind: fc.constant('settle' as const), id, to: fc.constantFrom('sent' as const, 'failed' as const) }),
  fc.record({ kind: fc.constant('receipt' as const), id, from: fc.constantFrom(lan, lan, eve), status: fc.constantFrom('delivered', 'displayed', 'failed') }),
)

it('a status is the highest of what was said by those who may say it, in whatever order it came, twice or early', () =>
  fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
    const ledger = await openInlineDatabase(':memory:')
    const model = new Map<string, Status>()
    const early = new Map<string, Status[]>()
    let n = 0
    for (const each of steps) {
      const known = model.get(each.id)
      if (each.kind === 'send') {
        if (!known) model.set(each.id, (early.get(each.id) ?? []).reduce<Status>(higher, 'queued'))
        const put = { envelope: envelope(each.id, { from: mei, to: lan, conversation: lan }), lanes: ['network'] }
        await ledger.commit('journal.send', { message: { conversation: lan, id: each.id, from: mei, content: { kind: 'text', text: each.id }, sentAt: noon, now: noon }, put })
      } else if (each.kind === 'receipt') {
        if (each.from === lan && known) model.set(each.id, higher(known, each.status))
        if (each.from === lan && !known) early.set(each.id, [...(early.get(each.id) ?? []), each.status])
        await ledger.commit('journal.receipt', { id: each.id, from: each.from, status: each.status, at: noon, now: noon })
      } else {
        const row = (await ledger.read('queue.next', { lane: 'network', after: 0, limit: 9 })).find((waits) => waits.id === each.id)
        if (!row) continue
        model.set(each.id, higher(known!, each.to))
        const outcome = each.to === 'sent' ? { kind: 'taken' } as const : { kind: 'failed', fault: { code: 'refused' } } as const
        await ledger.commit('journal.settled', { row: keyOf(row), outcome, now: noon })
      }
      const messages = await ledger.read('journal.page', { conversation: lan, fromPlace: 0, limit: 9 })
      expect(Object.fromEntries(messages.map((message) => [message.id, message.status]))).toEqual(Object.fromEntries(model))
      expect(messages.every((message) => Boolean(message.fault) === (message.status === 'failed'))).toBe(true)
      const { n: now } = await ledger.read('journal.number', null)
      expect(now).toBeGreaterThanOrEqual(n)
      n = now
    }
    await ledger.close()
  }), { numRuns: 60 }))
