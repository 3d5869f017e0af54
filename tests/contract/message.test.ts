import { expect, it } from 'vitest'
import { higher, statuses } from '../../src-main/contract/message'

it('a status only rises, whatever comes late', () => {
  expect(higher('displayed', 'delivered')).toBe('displayed')
  expect(higher('failed', 'delivered')).toBe('delivered')
  expect(higher('sent', 'failed')).toBe('failed')
  for (const a of statuses) for (const b of statuses) expect(statuses.indexOf(higher(a, b))).toBe(Math.max(statuses.indexOf(a), statuses.indexOf(b)))
})
