import { expect, it } from 'vitest'
import { randomIds } from '../../src-main/base/ids'
import { readPayload } from '../../src-main/rcs/content'
import { flag } from '../../src-main/relay/envelope'
import { failedReceipt, tombstone } from '../../src-main/relay/receipts'
import { envelope, lan, mei, noon } from './people'

const now = { now: noon, ids: randomIds }

it('a failed receipt names the message and the reason, in the form in which the message came', () => {
  for (const contentType of ['message/cpim', 'text/plain;charset=UTF-8']) {
    const receipt = failedReceipt(envelope('a', { contentType }), { code: 'expired', text: 'too late' }, now)!
    expect(receipt).toMatchObject({ from: lan, to: mei, conversation: lan, flags: flag.receipt })
    const { cpim, parts } = readPayload(receipt)
    expect(cpim !== undefined).toBe(contentType === 'message/cpim')
    expect(parts).toMatchObject([{ kind: 'imdn', imdn: { messageId: 'a', status: 'failed', recipientUri: lan, reason: { code: 480, text: 'too late' } } }])
  }
})

it('nobody is told who did not ask, and no receipt, copy or tombstone is answered', () => {
  for (const flags of [0, ...[flag.receipt, flag.copy, flag.tombstone].map((each) => each | flag.wantsFailure)]) {
    expect(failedReceipt(envelope('a', { flags }), { code: 'expired' }, now)).toBeUndefined()
  }
})

it('a tombstone stands where the message would have come', () => {
  const stone = tombstone(envelope('a'), now)
  expect(stone).toMatchObject({ from: mei, to: lan, conversation: mei, flags: flag.tombstone })
  expect(readPayload(stone).parts).toEqual([{ kind: 'tombstone', tombstone: { messageId: 'a', from: mei, sentAt: noon, reason: 'expired' } }])
})
