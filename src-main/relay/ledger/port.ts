import type { FaultView } from '../../contract/faults'

/** One end of the line between a ledger and its thread: a MessagePort, a worker, a process of Electron's. */
export interface Port {
  post(message: unknown): void
  onMessage(heard: (message: never) => void): void
  /** The other end is gone: the thread ended or died. */
  onClosed(heard: (reason?: string) => void): void
  /** Ends the other side without waiting for it. */
  end(): void
}

/** To the thread. A batch of commits is one transaction. */
export type ToThread =
  | { kind: 'commit'; items: Call[] }
  | { kind: 'read'; id: number; item: Call }
  | { kind: 'close' }
export type Call = [verb: string, args: unknown]

/** From the thread. Batches are answered in the order in which they were sent. */
export type FromThread =
  | { kind: 'opened' }
  | { kind: 'refused'; fault: FaultView }
  | { kind: 'committed'; answers: Answer[] }
  | { kind: 'answer'; id: number; answer: Answer }
  | { kind: 'closed' }
export type Answer = { ok: unknown } | { fault: FaultView }
