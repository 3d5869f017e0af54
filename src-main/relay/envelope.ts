/** Bits of `Envelope.flags`. */
export const flag = {
  /** The sender wants a failed receipt when it cannot be delivered (imdn negative-delivery, or any text outside CPIM). */
  wantsFailure: 1,
  /** It is a receipt (IMDN): never answered with another receipt, RFC 5438 section 6. */
  receipt: 2,
  /** A copy of what one of the account's own devices sent, for the others. */
  copy: 4,
  /** Says that a message expired before it came; goes only to devices that understand it. */
  tombstone: 8,
  /** The receiver may get it beside others still in flight for the same conversation. */
  unordered: 16,
  /** Goes round in a group, whose address is `to` and `conversation`; `from` is the member who says it, or the group itself. */
  group: 32,
} as const

/** What a relay carries: a body it does not change, and what it needs to know to carry it. */
export interface Envelope {
  /** imdn.Message-ID, or without CPIM the Call-ID: with `from` the identity of the message. */
  id: string
  /** Address of record of the sender, as the relay has verified it: `sip:user@domain`, lower-case host. */
  from: string
  /** Address of record of the recipient. */
  to: string
  /** Order holds within one conversation of a lane. One-to-one it is the other party, seen from the lane's owner. */
  conversation: string
  contentType: string
  body: Uint8Array
  /** Further SIP headers that must reach the recipient as they came (Call-ID, Content-Encoding, Priority, Date, Conversation-ID …). */
  headers: readonly (readonly [name: string, value: string])[]
  /** When its sender says it was sent, ms. */
  sentAt: number
  /** When it leaves the queue as expired, ms. */
  expiresAt: number
  flags: number
}

/** Names a queue that keeps order: `device:<account>|<instance>`, `account:<account>`, or `network`. */
export type LaneName = string
