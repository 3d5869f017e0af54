import type { Card, CardLayout } from './card'
import type { FaultView } from './faults'
import type { GroupChange, GroupSummary } from './group'
import type { DeviceFacts, Suggestion } from './suggestion'

/** Status only rises, in this order (design: *A message's life*). An incoming message is `delivered`, then `displayed`. */
export const statuses = ['queued', 'sent', 'failed', 'delivered', 'displayed'] as const
export type Status = (typeof statuses)[number]

/** The higher of two, so that a late or repeated receipt never takes anything back. */
export const higher = (a: Status, b: Status): Status => (statuses.indexOf(a) >= statuses.indexOf(b) ? a : b)

/** What a message says. Grows with the kinds of content. */
export type Content =
  /** `mentions`: whom it calls, addresses of record or `all`; only in groups. */
  | { kind: 'text'; text: string; mentions?: string[] } & Chips
  /** Files with or without words (a caption), which may call somebody as a text does. */
  | { kind: 'files'; text?: string; mentions?: string[]; files: FileView[] } & Chips
  /** A place that was sent (GSMA RCC.07 3.2.6, *geolocation push*). */
  | { kind: 'location'; location: LocationView } & Chips
  /** A bot's rich card, or 2 to 12 of them in a carousel. */
  | { kind: 'cards'; cards: Card[]; layout: CardLayout } & Chips
  /**
   * What a person tapped (GSMA FNW.11, `botsuggestion.response`), shown as its words; `to` is the message that offered it, `data` the
   * postback.
   */
  | { kind: 'answer'; text: string; to?: string; is: 'reply' | 'action'; data?: string }
  /** What a bot was told of the device that asked. */
  | { kind: 'shared'; facts: DeviceFacts }
  /** What happened to the group, in one order with its messages; nobody has written it and nobody has to read it. */
  | { kind: 'group'; change: GroupChange }
  /** A message from the other side expired before it reached us: a tombstone (guarantee 4). */
  | { kind: 'expired' }
  /** A type that this version does not show; said plainly instead of hidden. */
  | { kind: 'unsupported'; contentType: string; size: number }

/** What goes out as it is kept; files have a way of their own. */
export type Sayable = Extract<Content, { kind: 'text' | 'location' | 'answer' | 'shared' }>

export const isSayable = (content: Content): content is Sayable => ['text', 'location', 'answer', 'shared'].includes(content.kind)

interface Chips {
  /** What a bot offers under its message: up to 11. */
  chips?: Suggestion[]
  /** How the bot's platform calls the message; kept where there is something to tap. */
  thread?: ThreadIds
}

/** What an answer to a message has to name (rcs.md 1.4). */
export interface ThreadIds {
  /** Conversation-ID, Contribution-ID. */
  conversation?: string
  contribution?: string
}

/** A file of a message; its bytes are kept once, under their hash. */
export interface FileView {
  name: string
  /** As its sender said; what may be shown is decided by looking into it. */
  contentType: string
  /** Bytes; 0 of a card's file whose bot did not say it, until it is here. */
  size: number
  /** SHA-256 of the bytes, lower-case hex; '' while they are not here. */
  hash: string
  /** Of a picture or video as it is shown, in pixels, where known: its box has its shape before it is loaded. */
  width?: number
  height?: number
  /** How long a sound or video plays, ms. */
  duration?: number
  /** Recorded to be heard in place (`file-disposition="render"`). */
  isVoice?: true
  /** A small picture of it, kept as a file of its own. */
  thumbnail?: { hash: string; contentType: string; size: number }
  /** Where it lies at a content server, until when (ms). */
  remote?: RemoteFile
  /** What is still to be done with its bytes; absent when they are where they belong. */
  transfer?: Transfer
}

/** A file at a content server (GSMA RCC.07 3.2.5.1). */
export interface RemoteFile {
  url: string
  /** ms since 1970; absent when the server does not say. */
  until?: number
  /** SHA-256 of what lies there, where it was announced. */
  hash?: string
  thumbnail?: RemoteThumbnail
}

/** A small picture at a content server; its type and size (bytes) where they were announced. */
export interface RemoteThumbnail {
  url: string
  until?: number
  contentType?: string
  size?: number
}

// up    waiting --all sent--> (absent)         down   offered --the person or the rules--> waiting --all here--> (absent)
//       waiting <--> paused                           waiting <--> paused
//       waiting --> failed --again--> waiting         waiting --> failed --again--> waiting;  any --cancelled--> offered
/** The way of a file's bytes: `waiting` also while they go, of which the job `upload` or `download` tells. */
export interface Transfer {
  way: 'up' | 'down'
  at: 'offered' | 'waiting' | 'paused' | 'failed'
  /** Why it `failed`. */
  fault?: FaultView
}

/** A place on the earth, WGS 84; what came in GCJ-02 has been converted. */
export interface LocationView {
  /** Degrees, -90 to 90. */
  latitude: number
  /** Degrees, -180 to 180. */
  longitude: number
  /** What its sender calls it. */
  label?: string
  /** How far off it may be, metres. */
  radius?: number
}

/** One message at its place in a conversation, as the journal keeps it and the store shows it. */
export interface Message {
  /** The other party's address of record: `sip:user@domain` or `tel:+number`; of a group its own. */
  conversation: string
  /**
   * 0 for the first of the conversation, without gaps; given once, at journal commit. In a group the focus gives the order: what we
   * write stays below everything until the focus has told where it belongs.
   */
  place: number
  /** imdn.Message-ID, or without CPIM the Call-ID; of a change of a group `v` and its version. */
  id: string
  /** Who wrote it; of a change of a group the group. */
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
  /** The other party's address of record; of a group its own. */
  id: string
  /** What the other side calls itself, where known; of a group its subject. */
  name?: string
  isChatbot?: boolean
  /** How many messages it has; the next place. */
  count: number
  /** Time of the last message, or of its making, ms: the list's order. */
  lastAt: number
  /** `from` only in groups. */
  last?: Pick<Message, 'id' | 'outgoing' | 'status' | 'content' | 'at'> & { from?: string }
  /** The first place not yet read: `count` when all is read. */
  readPlace: number
  /** Incoming messages from `readPlace` on. */
  unread: number
  /** What stands unsent in the composer. */
  draft?: string
  /** Only a group has it. */
  group?: GroupSummary
  /** No notifications until then, ms; -1: for good. Absent when nobody muted it. */
  mutedUntil?: number
  /** The first unread place whose message mentions us. */
  mention?: number
  /** There is nothing in it but messages to many: it is found, and not listed, until there is an answer or anything else. */
  isQuiet?: true
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
  /** The journal's highest number now. */
  newest: number
  /** Names the opening of the journal that gives numbers now; kept with `upTo`, and handed back with it. */
  epoch: string
  /** The number that was asked from is of another history (an older copy of the journal was put back): begin anew. */
  isReplaced?: boolean
}

/** What a page of the store keeps of a message: its conversation and place are the page's key and the index. */
export type PackedMessage = Omit<Message, 'conversation' | 'place'>

/** Part of the journal for a store that is filled anew: the last page of every conversation first, then the rest, newest first. */
export interface FillPage {
  conversations: Conversation[]
  /** Whole pages of 50 consecutive places, at index `place - page * 50`. */
  pages: { conversation: string; page: number; messages: (PackedMessage | null)[] }[]
  /** What to ask with next; absent at the end. */
  next?: string
  /** Messages in all, about. */
  total: number
  /** The journal's number and epoch before anything of this page was read. */
  newest: number
  epoch: string
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
