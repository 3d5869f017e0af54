import type { SeatClass } from '../network/trains'

// held --pay--> paid --refund--> refunded
//   |             '--change------> changed (another is paid in its place)
//   '--time--> expired;  '--given up--> given-up
export type BookingState = 'held' | 'paid' | 'refunded' | 'changed' | 'expired' | 'given-up'

/** A seat on a train for somebody. */
export interface Booking {
  /** Ten letters and digits: what is read out at the counter. */
  id: string
  /** Whose conversation it belongs to. */
  person: string
  passenger: string
  train: string
  /** The day on which the train sets out, as `2026-05-01`. */
  day: string
  /** Places among the train's stops. */
  board: number
  alight: number
  class: SeatClass
  /** From 1, in its class. */
  seat: number
  /** Fen. */
  fare: number
  state: BookingState
  /** Until then a held seat waits to be paid, ms. */
  heldUntil: number
  madeAt: number
  insteadOf?: string
  /** What was given back, fen. */
  refund?: number
}

/** What somebody wants to book. */
export interface Wish {
  /** Names the tap that asked for it. */
  asked: string
  person: string
  passenger: string
  train: string
  day: string
  board: number
  alight: number
  class: SeatClass
  fare: number
  /** The booking that this one takes the place of. */
  insteadOf?: string
}

/** Why something could not be done. */
export type Refusal = 'full' | 'too-late' | 'not-yours' | 'expired' | 'not-paid' | 'over'

export type Answer<T = Booking> = { ok: true; booking: T } | { ok: false; why: Refusal }

/** How long a seat is held for somebody who has not paid, ms. */
export const HOLD = 10 * 60_000
/** How many seats somebody may hold at once. */
export const MOST_HELD = 5
