import type { FaultView } from './faults'

/** The largest picture of a group, bytes: it goes in every document that tells of it. */
export const largestIcon = 16 * 1024

export type GroupRole = 'admin' | 'member'

// invited --accept--> joined --leave--> left;  invited --decline--> left;  joined --removed--> removed;  any --dissolved--> gone
/** How this account stands to a group. */
export type GroupState = 'invited' | 'joined' | 'left' | 'removed' | 'gone'

/** What a group lets its members do; the focus keeps it. */
export interface GroupPolicies {
  /** Who may post. */
  post: 'all' | 'admins'
  /** Who may add people. */
  add: 'all' | 'admins'
  /** A newcomer gets what was said before, up to 30 days of it. */
  history: 'shared' | 'hidden'
}

/** What a conversation of the list says of its group. */
export interface GroupSummary {
  state: GroupState
  role: GroupRole
  /** Members that have joined. */
  members: number
  /** Who invited us, while we are `invited`. */
  invitedBy?: string
  /** Whether we may post. */
  mayPost: boolean
  /** The picture, kept as a file under its hash. */
  icon?: { hash: string; contentType: string }
}

/** A group as its focus tells it (RFC 4575), at one version. */
export interface GroupView extends GroupSummary {
  /** The address of the group: `sip:conf-…@domain`. */
  conversation: string
  subject: string
  description?: string
  /** Of the conference-info document; rises by one with every change. */
  version: number
  policies: GroupPolicies
  /** Who has it may join; absent while there is none. */
  code?: string
  /** How many members it may have. */
  limit: number
}

export interface GroupMember {
  /** Address of record. */
  address: string
  name?: string
  role: GroupRole
  /** `invited` until it has accepted. */
  state: 'invited' | 'joined'
}

/** What happened to a group, for the line in its thread. */
export const groupEvents = [
  'created', 'invited', 'joined', 'declined', 'left', 'removed', 'promoted', 'demoted',
  'subject', 'description', 'icon', 'policies', 'code', 'dissolved',
] as const
export type GroupEvent = (typeof groupEvents)[number]

export interface GroupChange {
  what: GroupEvent
  /** Who did it. */
  by: string
  /** To whom. */
  of?: string[]
  /** The new subject or description, or the policies; '' where it was taken away. */
  text?: string
}

/** Somebody who cannot be in a group, and why. */
export interface LeftOut {
  address: string
  fault: FaultView
}

/** Who has got and read a message of ours; times in ms. */
export interface MemberReceipt {
  address: string
  delivered?: number
  displayed?: number
}

/** What a window may ask of groups. Each fails as its focus refuses: `not-member`, `admins-only`, `group-full`, `group-gone`, `last-admin`, `wrong-code`. */
export interface GroupCommands {
  /** Whether a group can be made with each of them, and why not. */
  groupCandidates(addresses: string[]): Promise<{ address: string; fault?: FaultView }[]>
  /** @param id a UUID (RFC 4122) minted by the window: saying it again makes no second group */
  createGroup(id: string, group: { subject: string; members: string[] }): Promise<{ conversation: string; leftOut: LeftOut[] }>
  /** The group and its roster as they are known here. */
  group(conversation: string): Promise<{ group: GroupView; members: GroupMember[] }>
  inviteToGroup(conversation: string, members: string[]): Promise<{ leftOut: LeftOut[] }>
  answerInvitation(conversation: string, answer: 'accept' | 'decline'): Promise<void>
  /** @param link as `sip:conf-…@domain;code=…`. Resolves with the group's conversation. */
  joinGroup(link: string): Promise<string>
  /** Takes a member out, or an invitation back; one's own address leaves. */
  removeFromGroup(conversation: string, member: string): Promise<void>
  dissolveGroup(conversation: string): Promise<void>
  setGroupRole(conversation: string, member: string, role: GroupRole): Promise<void>
  /** `icon`: a picture that was kept before (`PUT {content}`), at most 16 KB; null takes it away. `code`: a new one, or none. */
  changeGroup(conversation: string, change: {
    subject?: string; description?: string; icon?: { hash: string; contentType: string } | null
    policies?: GroupPolicies; code?: 'new' | 'none'
  }): Promise<void>
  memberReceipts(conversation: string, id: string): Promise<MemberReceipt[]>
  /** No notifications until then, ms; 0: again from now on, -1: for good. Mentions are told all the same. */
  mute(conversation: string, until: number): Promise<void>
}

/** What main tells windows of groups. */
export interface GroupNotices {
  /** The group's view or roster is another. */
  groupChanged(conversation: string): void
}
