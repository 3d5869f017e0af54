import type { GroupChange, GroupMember, GroupRole, GroupState, GroupSummary, GroupView } from '../../contract/group'
import type { ConferenceInfo, ConferenceUser } from '../../rcs/conference-info'
import type { Db } from '../ledger/db'
import { append } from './append'
import { groupReceiptVerbs, riseAll } from './groups-receipts'
import { groupFor, groupRow, isBehind, memberRows, saveGroup, type GroupRow, type MemberRow, type StoredView } from './groups-rows'
import { number, renumber } from './numbers'
import { conversationRow, messageRow, toContent } from './rows'

/** A document of a focus, with addresses of record in it; its picture is kept as a file already, null when there is none any more. */
export interface GroupDocument extends Omit<ConferenceInfo, 'entity' | 'icon'> {
  /** Address of record of the group. */
  conversation: string
  icon?: GroupSummary['icon'] | null
}

/** What a document has done. */
export interface GroupApplied {
  n: number
  /** `gap`: what is known here is older than what there is, and this did not fill it. */
  outcome: 'applied' | 'known' | 'gap'
  /** How we stood to the group before; absent when nothing was known of it. */
  was?: GroupState
  group: GroupSummary
  subject: string
  /** Of the line in the thread, when it is new. */
  place?: number
}

const isThere = ({ state, status }: ConferenceUser): boolean => state !== 'deleted' && status !== 'disconnected'

/** A user as a member; what a partial one leaves out stays. */
function memberOf({ entity: address, displayText, isAdmin, status, state }: ConferenceUser, before: MemberRow | undefined, version: number): MemberRow {
  const known = state === 'partial' ? before : undefined
  const role: GroupRole = isAdmin === undefined ? known?.role ?? 'member' : isAdmin ? 'admin' : 'member'
  const next = status === undefined ? known?.state ?? 'joined' : status === 'pending' ? 'invited' : 'joined'
  return { address, role, state: next, name: displayText ?? before?.name ?? null, since: before?.state === next ? before.since : version }
}

/** The roster after a document. */
function rosterAfter(before: readonly MemberRow[], { users, isWholeRoster, version }: GroupDocument): Map<string, MemberRow> {
  const old = new Map(before.map((member) => [member.address, member]))
  const roster = isWholeRoster ? new Map<string, MemberRow>() : new Map(old)
  for (const user of users) {
    if (isThere(user)) roster.set(user.entity, memberOf(user, old.get(user.entity), version))
    else roster.delete(user.entity)
  }
  return roster
}

/** Writes what of the roster is another; answers whether somebody has gone. */
function saveRoster(db: Db, conversation: number, before: readonly MemberRow[], after: ReadonlyMap<string, MemberRow>): boolean {
  const known = new Map(before.map((member) => [member.address, JSON.stringify(member)]))
  const gone = before.filter(({ address }) => !after.has(address))
  for (const { address } of gone) db.run('DELETE FROM group_members WHERE conversation = ? AND address = ?', conversation, address)
  for (const { address, name, role, state, since } of after.values()) {
    if (known.get(address) === JSON.stringify({ address, name, role, state, since })) continue
    db.run('INSERT OR REPLACE INTO group_members (conversation, address, name, role, state, since) VALUES (?, ?, ?, ?, ?, ?)', conversation, address, name, role, state, since)
  }
  return gone.length > 0
}

/** How we stand to the group when we are not in its roster. */
function stateOutside(before: GroupState | undefined, { users, change }: GroupDocument, self: string): GroupState {
  if (before === 'left' || before === 'removed' || before === 'gone') return before
  const isBooted = users.some(({ entity, method }) => entity === self && method === 'booted')
  return isBooted || (change?.what === 'removed' && change.by !== self) ? 'removed' : 'left'
}

function viewAfter(before: GroupRow, document: GroupDocument, roster: ReadonlyMap<string, MemberRow>, self: string): StoredView {
  const { subject, description, limit, policies, icon, code, change, state: kind } = document
  const { invitedBy: knownInviter, icon: knownIcon, code: knownCode, description: knownDescription, ...known } = before.view
  const own = roster.get(self)
  const known_ = kind === 'full' ? {} : { description: knownDescription, code: knownCode, icon: knownIcon }
  const next = { ...known_, ...(description !== undefined && { description }), ...(code !== undefined && { code }), ...(icon !== undefined && { icon }) }
  const state = kind === 'deleted' ? 'gone' : own?.state ?? stateOutside(before.version < 0 ? undefined : known.state, document, self)
  const role = own?.role ?? 'member'
  const isInvitation = change && change.by !== self && (change.what === 'created' || (change.what === 'invited' && change.of?.includes(self)))
  const invitedBy = isInvitation ? change.by : knownInviter
  const rules = policies ?? known.policies
  return {
    ...known, state, role, policies: rules,
    members: [...roster.values()].filter((member) => member.state === 'joined').length,
    mayPost: state === 'joined' && (rules.post === 'all' || role === 'admin'),
    ...(subject !== undefined && { subject }),
    ...(limit !== undefined && { limit }),
    ...(state === 'invited' && invitedBy !== undefined && { invitedBy }),
    ...(next.description && { description: next.description }),
    ...(next.code && { code: next.code }),
    ...(next.icon && { icon: next.icon }),
  }
}

/** The line of what happened, in the thread once; answers its place when it is new. */
function tell(db: Db, { conversation, version, change }: GroupDocument, now: number): number | undefined {
  if (!change) return undefined
  const id = `v${version}`
  if (messageRow(db, id, conversation)) return undefined
  const { at, ...told } = change
  return append(db, { conversation, id, from: conversation, content: { kind: 'group', change: told }, sentAt: at, now }, { outgoing: false, status: 'displayed', by: conversation }).place
}

/** The line that is there for this version tells of something else: the focus went on from an older state of itself. */
function isOfAnotherHistory(db: Db, { conversation, version, change }: GroupDocument): boolean {
  const line = change && messageRow(db, `v${version}`, conversation)
  const content = line && toContent(line.content)
  if (content?.kind !== 'group') return false
  const said = ({ what, by, of = [], text = '' }: GroupChange) => JSON.stringify([what, by, of, text])
  return said(content.change) !== said(change!)
}

/** Whether a document may be put on what is known: the whole state when it is newer, a change when it is the next. */
function follows(group: GroupRow, { state, version, users, isWholeRoster }: GroupDocument, self: string): boolean {
  if (state === 'full' && isWholeRoster) return version > group.version
  if (group.version < 0) return false
  // Nothing comes after it, and nobody would answer who asks.
  const isEnd = state === 'deleted' || users.some((user) => user.entity === self && !isThere(user))
  return version === group.version + 1 || (isEnd && version > group.version)
}

export const groupVerbs = {
  ...groupReceiptVerbs,

  /** What a focus says of its group: roster, view, and the line in the thread are one commit. A repeat changes nothing. */
  'journal.group': (db: Db, { document, self, now }: { document: GroupDocument; self: string; now: number }): GroupApplied => {
    const { group: before } = groupFor(db, document.conversation, now)
    const known = { ...before, ...(document.version <= before.version && isOfAnotherHistory(db, document) && { version: -1, told: -1 }) }
    const group = { ...known, told: Math.max(known.told, document.version) }
    const isNext = follows(group, document, self)
    if (isNext) {
      const members = memberRows(db, group.conversation)
      const roster = rosterAfter(members, document)
      const view = viewAfter(group, document, roster, self)
      const isOver = view.state === 'left' || view.state === 'removed' || view.state === 'gone'
      Object.assign(group, { version: document.version, view, ...(isOver && { told: document.version }) })
      saveGroup(db, group)
      if (saveRoster(db, group.conversation, members, roster)) riseAll(db, group.conversation)
    } else if (group.told !== before.told || group.version !== before.version) {
      db.run('UPDATE groups SET version = ?, told = ? WHERE conversation = ?', group.version, group.told, group.conversation)
    }
    const place = tell(db, document, now)
    return {
      n: number(db), outcome: isBehind(group) ? 'gap' : isNext ? 'applied' : 'known', group: JSON.parse(conversationRow(db, document.conversation)!.groupSummary!) as GroupSummary,
      subject: group.view.subject, ...(before.version >= 0 && { was: before.view.state }), ...(place !== undefined && { place }),
    }
  },

  /** A group that is being made or joined has its conversation before its focus has told of it. */
  'journal.groupOpen': (db: Db, { conversation, subject, role, now }: { conversation: string; subject?: string; role: GroupRole; now: number }): { n: number } => {
    groupFor(db, conversation, now, { role, ...(subject !== undefined && { subject }) })
    return { n: number(db) }
  },

  /** Its focus says that we are not in it any more, or that it is there no more. */
  'journal.groupOut': (db: Db, { conversation, state, now }: { conversation: string; state: 'left' | 'removed' | 'gone'; now: number }): { n: number } => {
    const { group } = groupFor(db, conversation, now)
    const { invitedBy: _, ...view } = group.view
    saveGroup(db, { ...group, version: Math.max(group.version, group.told, 0), told: Math.max(group.version, group.told, 0), view: { ...view, state, mayPost: false } })
    return { n: number(db) }
  },

  'journal.groupView': (db: Db, { conversation }: { conversation: string }): { group: GroupView; members: GroupMember[] } | null => {
    const row = conversationRow(db, conversation)
    const group = row && groupRow(db, row.conversation)
    return group ? {
      group: { ...group.view, conversation, version: group.version },
      members: memberRows(db, group.conversation).map(({ address, name, role, state }) => ({ address, ...(name !== null && { name }), role, state })),
    } : null
  },

  /** What a member calls itself, where its focus has said so. */
  'journal.memberName': (db: Db, { conversation, member }: { conversation: string; member: string }): string | null =>
    db.get<{ name: string | null }>(`SELECT m.name FROM group_members m JOIN conversations c ON c.conversation = m.conversation
      WHERE c.address = ? AND m.address = ?`, conversation, member)?.name ?? null,

  /** The groups of which more is to be known than is known here. */
  'journal.groupsBehind': (db: Db, _args: null): string[] => db.all<{ address: string }>(`SELECT c.address FROM groups g
    JOIN conversations c ON c.conversation = g.conversation WHERE g.version < 0 OR g.told > g.version ORDER BY g.conversation`).map(({ address }) => address),

  /** @param until ms; 0 for not at all, -1 for good */
  'journal.mute': (db: Db, { conversation, until }: { conversation: string; until: number }): { n: number } => {
    renumber(db, (n) => db.run('UPDATE conversations SET mutedUntil = ?, n = ? WHERE address = ? AND mutedUntil <> ?', until, n, conversation, until))
    return { n: number(db) }
  },
}
