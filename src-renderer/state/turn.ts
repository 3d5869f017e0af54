import { MINUTE } from '../../src-main/base/clock'
import type { Message } from '../../src-main/contract/message'

/** What the other side says within so long of each other, ms, is said in one go. */
const ONE_GO = 5 * MINUTE

/**
 * The place where the other side began what it said last: what stands above has been followed by something newer. One go ends where
 * one of us wrote, or after a while.
 * @param at the message at a place; undefined while it is not read, and then nobody knows what is above
 */
export function lastTurn(count: number, at: (place: number) => Message | undefined): number {
  let start = count
  for (let place = count - 1; place >= 0; place--) {
    const message = at(place)
    if (!message) return start
    if (message.outgoing) {
      if (start < count) return start
      continue
    }
    const later = start < count ? at(start) : undefined
    if (later && later.at - message.at > ONE_GO) return start
    start = place
  }
  return start
}
