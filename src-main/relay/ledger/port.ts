import type { FaultView } from '../../contract/faults'
import type { MigrationProgress } from './migrate'
import type { Packed } from './packing'

/** One end of the line between a ledger and its thread: a MessagePort, a worker, a process of Electron's. */
export interface Port {
  /** @param transfer buffers that need not be copied, where the line can hand them over */
  post(message: unknown, transfer?: ArrayBuffer[]): void
  onMessage(heard: (message: never) => void): void
  /** The other end is gone: the thread ended or died. */
  onClosed(heard: (reason?: string) => void): void
  /** Ends the other side without waiting for it. */
  end(): void
}

/** To the thread. A batch of commits is one transaction; `calls` are its verbs, their arguments are packed. */
export type ToThread =
  | { kind: 'commit'; calls: string[]; args: Packed }
  | { kind: 'read'; id: number; item: Call }
  | { kind: 'close' }
export type Call = [verb: string, args: unknown]

/** From the thread. Batches are answered in the order in which they were sent. */
export type FromThread =
  /** Before it is opened, how far a file of an older version is. */
  | { kind: 'migrating'; progress: MigrationProgress }
  | { kind: 'opened' }
  | { kind: 'refused'; fault: FaultView }
  /** `faults` by place in the batch; the results of all others are packed. */
  | { kind: 'committed'; faults: [number, FaultView][]; results: Packed }
  | { kind: 'answer'; id: number; fault?: FaultView; result?: Packed }
  | { kind: 'closed' }
export type Answer = { ok: unknown } | { fault: FaultView }
