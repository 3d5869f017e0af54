import type { FaultView } from '../contract/faults'
import type { Carrier } from '../relay/carrier'
import type { Envelope, LaneName } from '../relay/envelope'
import type { Ledger } from '../relay/ledger/ledger'
import type { LaneInfo, Put, QueueRow } from '../relay/queue/row'
import type { ServerVerbs } from './verbs'

/** The one verb of the queue that a server reads by itself. */
export type QueuePart = {
  'queue.lanes': (db: never, args: null) => LaneInfo[]
}

export type ServerLedger = Ledger<ServerVerbs & QueuePart>

/** The relay, as far as a server hands it work. */
export interface RelayPart {
  /** Resolves when it is kept; what is submitted in one turn shares a commit. */
  submit(put: Put): Promise<void>
  attach(lane: LaneName, carrier: Carrier): { detach(): void }
  /** What waits in one lane goes on in another. */
  inherit(from: LaneName, to: LaneName): Promise<void>
  /** The lane is gone for good: its rows fail, and their senders are told. */
  drop(lane: LaneName, fault: FaultView): Promise<void>
}

/** How the messages are made that tell what became of another. */
export interface ReceiptMakers {
  failedReceipt(row: QueueRow, fault: FaultView): Envelope | undefined
  tombstone(row: QueueRow, fault: FaultView): Envelope | undefined
}
