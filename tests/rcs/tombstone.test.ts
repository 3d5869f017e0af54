import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTombstone, writeTombstoneBody } from '../../src-main/rcs/tombstone'
import { bytes, faultOf } from './captures'

describe('tombstone', () => {
  const whole = { messageId: 'm', from: 'sip:a@x', sentAt: 1_700_000_000_000, reason: 'expired' } as const

  it('reads back what it writes', () => expect(readTombstone(writeTombstoneBody(whole))).toEqual(whole))

  it('takes a reason that it does not know for expiry', () => {
    expect(readTombstone(bytes(JSON.stringify({ ...whole, reason: 'toString' }))).reason).toBe('expired')
  })

  it.each(['messageId', 'from', 'sentAt'])('refuses one without %s', (member) => {
    expect(faultOf(() => readTombstone(bytes(JSON.stringify({ ...whole, [member]: undefined }))))).toBe('malformed')
  })

  it('throws only faults, whatever comes', () => {
    fc.assert(fc.property(fc.oneof(fc.json().map(bytes), fc.uint8Array()), (body) => void faultOf(() => readTombstone(body))))
  })
})
