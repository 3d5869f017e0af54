import type { Envelope } from '../relay/envelope'
import { flag } from '../relay/envelope'
import type { Put } from '../relay/queue/row'
import type { Account } from './accounts'
import type { Peer } from './peer'

/** Marks a copy of what another device of the same account sent. Only the relay writes it. */
export const copyHeader = 'Yanxin-Copy'

/**
 * What one device sent, for the account's other devices that say they understand it (`+g.yanxin.copies`); a plain
 * Linphone would show it as a message from oneself.
 */
export function copyOfSent(envelope: Envelope, sender: Account, peer: Peer): Put | undefined {
  if (sender.devices.size < 2 || envelope.flags & flag.receipt || envelope.to === envelope.from) return undefined
  const lanes: string[] = []
  for (const device of sender.devices.values()) {
    if (device.takesCopies && !(device.binding && peer.bindings.has(device.binding))) lanes.push(device.lane)
  }
  if (!lanes.length) return undefined
  return {
    lanes,
    envelope: {
      // Another identity in the queue, so that what becomes of copies says nothing of the message itself.
      ...envelope, id: `${envelope.id};copy`, conversation: envelope.to, flags: flag.copy,
      headers: [...envelope.headers, [copyHeader, 'sent']],
    },
  }
}
