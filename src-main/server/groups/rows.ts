import type { GroupChange } from '../../contract/group'
import { readPolicies, writePolicies } from '../../rcs/group-data'
import { openPolicies, type Group, type Member, type Step } from './group'

type Value = string | number | null | Uint8Array

/** What the verbs of groups need of the database behind the ledger. */
export interface GroupsDb {
  run(sql: string, ...params: Value[]): { changes: number; lastInsertRowid: number }
  get<Row>(sql: string, ...params: Value[]): Row | undefined
  all<Row>(sql: string, ...params: Value[]): Row[]
  /** What `make` read once, kept until a transaction is rolled back or another process writes to the file. */
  keep<Kept>(name: string, make: () => Kept): Kept
}

/** How many groups are kept in memory beside the file. */
const remembered = 500

interface GroupRow {
  grp: number; address: string; subject: string; description: string; icon: Uint8Array | null; iconType: string | null; policies: string
  code: string | null; version: number; goneAt: number | null
}

const known = (db: GroupsDb): Map<string, Group> => db.keep('focus groups', () => new Map())

export function findGroup(db: GroupsDb, address: string): Group | undefined {
  const groups = known(db)
  const before = groups.get(address)
  if (before) return before
  const row = db.get<GroupRow>('SELECT * FROM focus_groups WHERE address = ?', address)
  if (!row) return undefined
  if (groups.size >= remembered) groups.clear()
  const group = groupOf(row, db.all<MemberRow>('SELECT address, name, isAdmin, state, since FROM focus_members WHERE grp = ? ORDER BY since, address', row.grp))
  groups.set(address, group)
  return group
}

interface MemberRow { address: string; name: string | null; isAdmin: number; state: number; since: number }

const groupOf = (row: GroupRow, members: readonly MemberRow[]): Group => ({
  grp: row.grp, address: row.address, subject: row.subject, description: row.description, version: row.version, isGone: row.goneAt !== null,
  policies: row.policies === '' ? openPolicies : readPolicies(row.policies),
  ...(row.icon && { icon: { contentType: row.iconType!, body: row.icon } }), ...(row.code !== null && { code: row.code }),
  members: new Map(members.map((each): [string, Member] => [each.address, {
    address: each.address, role: each.isAdmin ? 'admin' : 'member', state: each.state ? 'joined' : 'invited', since: each.since,
    ...(each.name !== null && { name: each.name }),
  }])),
})

/** The group of a creation that is repeated. */
export const groupOfContribution = (db: GroupsDb, contribution: string): string | undefined =>
  db.get<{ address: string }>('SELECT address FROM focus_groups WHERE contribution = ?', contribution)?.address

export function insertGroup(db: GroupsDb, { address, contribution, subject, at }: { address: string; contribution: string | null; subject: string; at: number }): Group {
  db.run('INSERT INTO focus_groups (address, contribution, subject, version, createdAt) VALUES (?, ?, ?, 0, ?)', address, contribution, subject, at)
  return findGroup(db, address)!
}

/** The groups that an account is in or is invited to, and that are not gone. */
export const groupsOf = (db: GroupsDb, address: string): Group[] =>
  db.all<{ address: string }>(
    'SELECT g.address FROM focus_members m JOIN focus_groups g ON g.grp = m.grp WHERE m.address = ? AND g.goneAt IS NULL ORDER BY g.grp', address)
    .map((row) => findGroup(db, row.address)!)

/** Makes the group what the step says, at its next version. */
export function applyStep(db: GroupsDb, group: Group, { change, members, facts }: Step, at: number): void {
  const version = ++group.version
  const { icon, code, ...plain } = facts
  Object.assign(group, plain)
  if (icon !== undefined) group.icon = icon ?? undefined
  if (code !== undefined) group.code = code ?? undefined
  for (const each of members) {
    const before = group.members.get(each.address)
    if (each.to === 'out') {
      group.members.delete(each.address)
      db.run('DELETE FROM focus_members WHERE grp = ? AND address = ?', group.grp, each.address)
      continue
    }
    const since = before?.state === each.to ? before.since : version
    const name = each.name ?? before?.name
    group.members.set(each.address, { address: each.address, role: each.role, state: each.to, since, ...(name !== undefined && { name }) })
    db.run(`INSERT INTO focus_members (grp, address, name, isAdmin, state, since) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (grp, address) DO UPDATE SET name = excluded.name, isAdmin = excluded.isAdmin, state = excluded.state, since = excluded.since`,
      group.grp, each.address, name ?? null, Number(each.role === 'admin'), Number(each.to === 'joined'), since)
  }
  db.run('UPDATE focus_groups SET subject = ?, description = ?, icon = ?, iconType = ?, policies = ?, code = ?, version = ?, goneAt = ? WHERE grp = ?',
    group.subject, group.description, group.icon?.body ?? null, group.icon?.contentType ?? null, writePolicies(group.policies), group.code ?? null,
    version, group.isGone ? at : null, group.grp)
  db.run('INSERT INTO focus_log (grp, version, at, change) VALUES (?, ?, ?, ?)', group.grp, version, at, JSON.stringify(change satisfies GroupChange))
}
