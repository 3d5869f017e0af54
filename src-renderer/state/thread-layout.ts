import { MINUTE } from '../../src-main/base/clock'
import type { Message } from '../../src-main/contract/message'
import { isSameDay } from './times'

/** Messages of one sender within this time of each other stand as one run, in ms. */
const RUN = 5 * MINUTE

/** How a row of the thread stands to its neighbours. */
export interface RowLayout {
  /** A day line stands above it. */
  day: boolean
  /** The *unread* line stands above it. */
  unread: boolean
  /** It begins a run of one sender: avatar, wide gap above. */
  first: boolean
  /** It ends a run. */
  last: boolean
}

export interface LayoutOptions {
  firstUnread?: number | undefined
  /** IANA name. @default the system's */
  timeZone?: string | undefined
}

/** Do two messages that follow each other belong to one run. */
const isRun = (above: Message, below: Message, { firstUnread, timeZone }: LayoutOptions): boolean =>
  above.from === below.from &&
  above.outgoing === below.outgoing &&
  // What happened to a group stands close together, however long it took.
  (below.at - above.at < RUN || (above.content.kind === 'group' && below.content.kind === 'group')) &&
  below.place !== firstUnread &&
  isSameDay(above.at, below.at, timeZone)

/** How one message stands between the one above and the one below; a neighbour not read yet counts as none. */
export function layoutRow(
  above: Message | undefined, message: Message, below: Message | undefined, options: LayoutOptions = {},
): RowLayout {
  return {
    day: above ? !isSameDay(above.at, message.at, options.timeZone) : message.place === 0,
    unread: message.place === options.firstUnread,
    first: !above || !isRun(above, message, options),
    last: !below || !isRun(message, below, options),
  }
}
