import type { GroupMember, GroupSummary, GroupView } from '../../contract/group'
import { found, type Db } from '../ledger/db'
import { nextNumber } from './numbers'
import { conversationFor, conversationRow, type ConversationRow } from './rows'

/** What is stored of a group beside its numbers. */
export type StoredView = Omit<GroupView, 'conversation' | 'version'>

export interface GroupRow { conversation: number; version: number; told: number; view: StoredView }

/** `since`: the version at which it was first seen as what it is. */
export interface MemberRow extends Omit<GroupMember, 'name'> { name: string | null; since: number }

/** Of a group of which nothing was told yet but that it is there. */
const unknown: StoredView = {
  state: 'joined', role: 'member', members: 0, mayPost: true, subject: '', policies: { post: 'all', add: 'all', history: 'hidden' }, limit: 0,
}

export function groupRow(db: Db, conversation: number): GroupRow | undefined {
  const row = db.get<Omit<GroupRow, 'view'> & { view: string }>('SELECT * FROM groups WHERE conversation = ?', conversation)
  return row && { ...row, view: JSON.parse(row.view) as StoredView }
}

export const memberRows = (db: Db, conversation: number): MemberRow[] =>
  db.all<MemberRow>('SELECT address, name, role, state, since FROM group_members WHERE conversation = ? ORDER BY address', conversation)

/** More of the group is to be known than is known here. */
export const isBehind = ({ version, told }: Pick<GroupRow, 'version' | 'told'>): boolean => version < 0 || told > version

/** The conversation of a group and what is known of it; made if there is none. */
export function groupFor(db: Db, address: string, now: number, first: Partial<StoredView> = {}): { conversation: ConversationRow; group: GroupRow } {
  const conversation = conversationFor(db, address, now)
  const known = groupRow(db, conversation.conversation)
  if (known) return { conversation, group: known }
  const group = { conversation: conversation.conversation, version: -1, told: -1, view: { ...unknown, ...first } }
  saveGroup(db, group)
  return { conversation: found(conversationRow(db, address)), group }
}

/** Writes the group and what its conversation says of it. */
export function saveGroup(db: Db, { conversation, version, told, view }: GroupRow): void {
  db.run(`INSERT INTO groups (conversation, version, told, view) VALUES (?, ?, ?, ?)
    ON CONFLICT (conversation) DO UPDATE SET version = excluded.version, told = excluded.told, view = excluded.view`,
    conversation, version, told, JSON.stringify(view))
  db.run('UPDATE conversations SET groupSummary = ?, name = coalesce(nullif(?, \'\'), name), n = ? WHERE conversation = ?',
    JSON.stringify(summaryOf(view)), view.subject, nextNumber(db), conversation)
}

const summaryOf = ({ state, role, members, invitedBy, mayPost, icon }: StoredView): GroupSummary =>
  ({ state, role, members, ...(invitedBy !== undefined && { invitedBy }), mayPost, ...(icon && { icon }) })

/** Somebody spoke of this version of a group: answers whether more is to be known of it than is known. */
export function told(db: Db, address: string, version: number, now: number): boolean {
  const { group } = groupFor(db, address, now)
  if (version > group.told) db.run('UPDATE groups SET told = ? WHERE conversation = ?', version, group.conversation)
  return isBehind({ version: group.version, told: Math.max(group.told, version) })
}
