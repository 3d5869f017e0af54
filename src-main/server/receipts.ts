import type { FaultView } from '../contract/faults'
import type { Outcome } from '../relay/carrier'
import { flag } from '../relay/envelope'
import type { Put, QueueRow, RowKey } from '../relay/queue/row'
import type { Accounts } from './accounts'
import { laneOwner } from './device'
import type { BotPolicy, BotSettled } from './gateway/policy'
import type { ReceiptMakers } from './parts'

type Final = Extract<Outcome, { kind: 'taken' | 'failed' }>
type Settled = { verb: 'queue.fail'; args: { row: RowKey; receipt?: Put; more?: Put[] } } | BotSettled

/** Nobody misses these when they are gone. */
const notSaid = flag.receipt | flag.copy | flag.tombstone

/** A document of the group's own, or what its author's device sent itself: nobody misses it. */
const isOwn = (row: QueueRow): boolean => Boolean(row.flags & flag.group) && (row.from === row.to || row.from === laneOwner(row.lane)?.address)
const keyOf = ({ seq, lane, from, id, lanes }: QueueRow): RowKey => ({ seq, lane, from, id, lanes })
const expired: FaultView = { code: 'expired', text: 'it could not be delivered in time' }

/**
 * What a server commits when a row leaves its lane. The failed receipt goes to the sender only when no device took the
 * message, which the queue knows in the same transaction; a message that expired leaves a tombstone for the recipient's
 * devices that understand it (guarantee 4).
 */
export function serverPolicy({ accounts, makers, bots }: { accounts: Accounts; makers: ReceiptMakers; bots?: BotPolicy | undefined }) {
  const receiptFor = (row: QueueRow, fault: FaultView): Put | undefined => {
    // One member's device that does not take it says nothing of the group.
    const envelope = row.flags & flag.group ? undefined : makers.failedReceipt(row, fault)
    const sender = accounts.find(row.from)
    return envelope && sender && { envelope, lanes: sender.lanes }
  }

  const tombstoneFor = (row: QueueRow): Put | undefined => {
    const { address, instance } = laneOwner(row.lane) ?? {}
    const device = instance === undefined ? undefined : accounts.find(address!)?.devices.get(instance)
    const envelope = device?.takesCopies && !(row.flags & notSaid) && !isOwn(row) ? makers.tombstone(row, expired) : undefined
    return envelope && { envelope, lanes: [row.lane] }
  }

  const failed = (row: QueueRow, fault: FaultView, more: Put[]): Settled => {
    const receipt = receiptFor(row, fault)
    return bots?.failed(row, fault, receipt, more) ?? { verb: 'queue.fail', args: { row: keyOf(row), ...(receipt && { receipt }), ...(more.length && { more }) } }
  }

  return {
    /** What was taken is settled as the relay does by itself. */
    settled: (row: QueueRow, outcome: Final): Settled | undefined =>
      outcome.kind === 'taken' ? bots?.taken(row) : failed(row, outcome.fault, []),
    expired(row: QueueRow): Settled {
      const tombstone = tombstoneFor(row)
      return failed(row, expired, tombstone ? [tombstone] : [])
    },
  }
}
