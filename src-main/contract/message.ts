import type { FaultView } from './faults'

/** Status only rises, in this order (design: *A message's life*). An incoming message is `delivered`, then `displayed`. */
export const statuses = ['queued', 'sent', 'failed', 'delivered', 'displayed'] as const
export type Status = (typeof statuses)[number]

/** The higher of two, so that a late or repeated receipt never takes anything back. */
export const higher = (a: Status, b: Status): Status => (statuses.indexOf(a) >= statuses.indexOf(b) ? a : b)

/** What a message says. Grows with the kinds of content. */
export type Content =
  | { kind: 'text'; text: string }
  /** A message from the other side expired before it reached us: a tombstone (guarantee 4). */
  | { kind: 'expired' }
  /** A type that this version does not show; said plainly instead of hidden. */
  | { kind: 'unsupported'; contentType: string; size: number }

/** One message at its place in a conversation, as the journal keeps it and the store shows it. */
export interface Message {
  /** The other party's address of record: `sip:user@domain` or `tel:+number`. */
  conversation: string
  /** 0 for the first of the conversation, without gaps; given once, at journal commit. */
  place: number
  /** imdn.Message-ID, or without CPIM the Call-ID. */
  id: string
  from: string
  outgoing: boolean
  /** Its time in the conversation, ms: the earlier of arrival and sending, never before the message above it. */
  at: number
  /** When its sender says it was sent, ms. */
  sentAt: number
  content: Content
  status: Status
  /** Why it is `failed`. */
  fault?: FaultView
}

/** A conversation as the list shows it. */
export interface Conversation {
  /** The other party's address of record. */
  id: string
  /** What the other side calls itself, where known. */
  name?: string
  isChatbot?: boolean
  /** How many messages it has; the next place. */
  count: number
  /** Time of the last message, or of its making, ms: the list's order. */
  lastAt: number
  last?: Pick<Message, 'id' | 'outgoing' | 'status' | 'content' | 'at'>
  /** The first place not yet read: `count` when all is read. */
  readPlace: number
  /** Incoming messages from `readPlace` on. */
  unread: number
  /** What stands unsent in the composer. */
  draft?: string
}

/** One numbered change of the journal; applying it again changes nothing. */
export type Change =
  | { n: number; kind: 'conversation'; conversation: Conversation }
  | { n: number; kind: 'message'; message: Message }

export interface ChangePage {
  changes: Change[]
  /** The number to ask from next: the highest that this page covers. */
  upTo: number
  /** False when nothing newer was there. */
  more: boolean
  /** The journal's highest number now: lower than `after` when the journal was replaced by an older copy. */
  newest: number
}

/** A hop of a message's journey. */
export interface Hop {
  at: number
  /** What happened: kept here, given to the network, answered by it, a receipt came, … */
  event: 'kept' | 'sending' | 'answered' | 'retry' | 'sent' | 'received' | 'delivered' | 'displayed' | 'failed' | 'expired'
  /** Who did or said it: an address, `relay`, `network`, `this computer`. */
  by?: string
  /** The SIP answer or IMDN reason in the peer's own words. */
  answer?: string
  fault?: FaultView
}

export interface SearchHit {
  conversation: string
  place: number
  message: Message
}
