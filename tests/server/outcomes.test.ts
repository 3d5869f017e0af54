import { expect, test } from 'vitest'
import { outcomeOf } from '../../src-main/server/outcomes'
import { Headers } from '../../src-main/sip/headers'

const outcome = (status: number, retryAfter?: string) =>
  outcomeOf({ status, reason: 'Why', headers: new Headers(retryAfter === undefined ? [] : [['Retry-After', retryAfter]]) })

test.each([200, 202])('%i is taken', (status) => expect(outcome(status)).toEqual({ kind: 'taken' }))

test.each([408, 480, 486, 500, 503, 504])('%i is tried again', (status) => expect(outcome(status).kind).toBe('retry'))

test('Retry-After is kept to', () => {
  expect(outcome(503, '120 (maintenance);duration=5')).toMatchObject({ kind: 'retry', after: 120_000 })
  expect(outcome(503, 'soon')).not.toHaveProperty('after')
})

test.each([
  [415, 'bad-type'], [488, 'not-acceptable'], [413, 'too-large'], [403, 'refused'], [404, 'unknown-recipient'], [604, 'unknown-recipient'],
  [400, 'malformed'], [302, 'refused'], [421, 'refused'], [603, 'refused'], [501, 'refused'],
])('%i fails as %s, with the answer in its words', (status, code) => {
  expect(outcome(status)).toEqual({ kind: 'failed', fault: { code, text: `${status} Why`, detail: { status } } })
})
