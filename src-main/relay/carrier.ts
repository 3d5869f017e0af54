import type { FaultView } from '../contract/faults'
import type { Envelope } from './envelope'

/** What became of one envelope. */
export type Outcome =
  /** The next hop has it and answers for it from now on. `answer` is what it said, for the journey. */
  | { kind: 'taken'; answer?: string }
  /** The next hop asks to wait; only this conversation does. `after` in ms, else the back-off decides. */
  | { kind: 'retry'; after?: number; fault: FaultView }
  /** The connection is gone: the lane waits until a carrier attaches again. */
  | { kind: 'lost' }
  /** It will never be taken. */
  | { kind: 'failed'; fault: FaultView }

/** Takes envelopes to one destination. */
export interface Carrier {
  /**
   * How many may be in flight at once. @default 1 a conversation; receivers that say so get up to 32.
   * Who says so promises to keep the order (guarantee 3): having asked to wait for one, it asks the same for every later one
   * of that conversation until the first has come again; what it takes in between has overtaken it.
   */
  readonly window?: number
  /** How many may be in flight in all, where each conversation has one. @default 32 */
  readonly atOnce?: number
  /**
   * Tells what became of each envelope by its place among them, at once or later. It does not throw; one that does has lost the
   * connection as far as the lane can tell.
   */
  deliver(envelopes: readonly Envelope[], hear: (place: number, outcome: Outcome) => void): void
}
