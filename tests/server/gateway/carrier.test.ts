import { expect, test } from 'vitest'
import { outcomeOf } from '../../../src-main/server/gateway/carrier'

const now = Date.parse('2026-05-03T08:00:00Z')

test.each([[200, 'taken'], [204, 'taken'], [302, 'retry'], [400, 'failed'], [401, 'retry'], [404, 'retry'], [422, 'failed'], [429, 'retry'], [500, 'retry']])(
  'a webhook that answers %i: %s', (status, kind) => expect(outcomeOf({ status, headers: {} }, now).kind).toBe(kind))

test.each([['7', 7_000], ['Sun, 03 May 2026 08:01:00 GMT', 60_000], ['Sun, 03 May 2026 07:00:00 GMT', 0], ['99999', 3_600_000], ['soon', undefined]])(
  'Retry-After: %s', (text, after) => {
    const outcome = outcomeOf({ status: 503, headers: { 'retry-after': text } }, now)
    expect(outcome.kind === 'retry' ? outcome.after : 'none').toBe(after)
  })
