import type { SeatClass } from '../network/trains'

/** What a tap brings back. Whoever can send a message can send any postback: everything in it is looked up again. */
export type Postback =
  | { do: 'help' | 'bookings' | 'back' | 'later' | 'name' }
  /** As if it had been typed. */
  | { do: 'ask'; text: string }
  | { do: 'day'; day: string }
  /** A seat of a class is wanted; `offer` names the message that offered it. */
  | Seat
  | { do: 'hold'; seat: Seat; passenger: string }
  | { do: 'pay' | 'give-up' | 'show' | 'ask-refund' | 'refund' | 'change'; id: string }

export interface Seat {
  do: 'seat'
  offer: string
  train: string
  day: string
  board: number
  alight: number
  class: SeatClass
  /** The booking that it is to take the place of. */
  insteadOf?: string
}

const id = /^[0-9A-Z]{10}$/
const date = /^20\d\d-\d\d-\d\d$/

/** Undefined for what is none of ours. */
export function readPostback(data: string): Postback | undefined {
  if (data.length > 2_048) return undefined
  let read: unknown
  try {
    read = JSON.parse(data)
  } catch {
    return undefined
  }
  if (typeof read !== 'object' || read === null) return undefined
  const asked = read as Record<string, unknown>
  switch (asked['do']) {
    case 'help': case 'bookings': case 'back': case 'later': case 'name': return { do: asked['do'] }
    case 'ask': return isText(asked['text'], /^.{1,100}$/u) ? { do: 'ask', text: asked['text'] } : undefined
    case 'day': return isText(asked['day'], date) ? { do: 'day', day: asked['day'] } : undefined
    case 'seat': return seatIn(asked)
    case 'hold': {
      const seat = typeof asked['seat'] === 'object' && asked['seat'] !== null ? seatIn(asked['seat'] as Record<string, unknown>) : undefined
      return seat && isText(asked['passenger'], /^.{1,40}$/u) ? { do: 'hold', seat, passenger: asked['passenger'] } : undefined
    }
    case 'pay': case 'give-up': case 'show': case 'ask-refund': case 'refund': case 'change':
      return isText(asked['id'], id) ? { do: asked['do'], id: asked['id'] } : undefined
    default: return undefined
  }
}

const isText = (value: unknown, like: RegExp): value is string => typeof value === 'string' && like.test(value)
const isPlace = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 100

function seatIn(asked: Record<string, unknown>): Seat | undefined {
  const { offer, train, day, board, alight, class: seatClass, insteadOf } = asked
  if (!isText(offer, /^[\w.-]{1,64}$/) || !isText(train, /^[GDZTK]\d{1,4}$/) || !isText(day, date) || !isPlace(board) || !isPlace(alight) || board >= alight) return undefined
  if (!isText(seatClass, /^(business|first|second|soft-sleeper|hard-sleeper|hard-seat)$/)) return undefined
  if (insteadOf !== undefined && !isText(insteadOf, id)) return undefined
  return { do: 'seat', offer, train, day, board, alight, class: seatClass as SeatClass, ...(insteadOf !== undefined && { insteadOf }) }
}
