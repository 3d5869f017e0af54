import type { GroupChange, GroupPolicies, GroupRole } from '../../contract/group'

/** How many a group may have, those invited among them. */
export const mostMembers = 500

export interface Member {
  address: string
  name?: string | undefined
  role: GroupRole
  state: 'invited' | 'joined'
  /** The version with which it came into that state. */
  since: number
}

/** What a focus knows of a group. */
export interface Group {
  /** Its row. */
  readonly grp: number
  readonly address: string
  subject: string
  description: string
  icon?: { contentType: string; body: Uint8Array } | undefined
  policies: GroupPolicies
  /** Who has it may join. */
  code?: string | undefined
  version: number
  readonly members: Map<string, Member>
  isGone: boolean
}

/** What a change makes of one member. */
export type MemberChange =
  | { address: string; to: 'invited' | 'joined'; role: GroupRole; name?: string | undefined }
  | { address: string; to: 'out'; method: 'departed' | 'booted' }

/** One version of a group: what is said of it, and what it changes. */
export interface Step {
  change: GroupChange
  members: MemberChange[]
  facts: Partial<Pick<Group, 'subject' | 'description' | 'policies' | 'isGone'> & { icon: Group['icon'] | null; code: string | null }>
}

export const openPolicies: GroupPolicies = { post: 'all', add: 'all', history: 'hidden' }

export function* joined(group: Group): Generator<Member> {
  for (const member of group.members.values()) if (member.state === 'joined') yield member
}
