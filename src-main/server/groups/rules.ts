import { Fault } from '../../base/faults'
import { largestIcon, type GroupPolicies, type GroupRole } from '../../contract/group'
import { joined, mostMembers, type Group, type Member, type MemberChange, type Step } from './group'

/** What somebody wants of a group; every address is verified or spelt as an address of record. */
export type Asked =
  | { do: 'invite'; of: readonly string[] }
  /** Accepts an invitation, or joins with a code; a member that is in already rejoins. */
  | { do: 'join'; code?: string | undefined; name?: string | undefined }
  /** Takes a member out or an invitation back; oneself: leaves or declines. */
  | { do: 'remove'; of: string }
  | { do: 'role'; of: string; role: GroupRole }
  | { do: 'dissolve' }
  | { do: 'set'; subject?: string; description?: string; policies?: GroupPolicies; icon?: Group['icon'] | null; code?: string | null }

const fault = (code: 'not-member' | 'admins-only' | 'group-gone' | 'last-admin' | 'wrong-code', text: string): Fault => new Fault(code, { text })

/** The longest name and description of a group, in characters. */
const longest = { subject: 200, description: 2_000 }

/**
 * Who may do what: the versions that come of it, in order; none when everything is so already.
 * @throws Fault `not-member`, `admins-only`, `group-full`, `group-gone`, `last-admin`, `wrong-code`, `bad-argument`
 */
export function decide(group: Group, by: string, asked: Asked): Step[] {
  if (group.isGone) throw fault('group-gone', 'the group was dissolved')
  const actor = group.members.get(by)
  if (asked.do === 'join') return join(group, by, actor, asked)
  if (!actor) throw fault('not-member', 'only a member may do that')
  if (asked.do === 'remove' && asked.of === by) return leave(group, actor)
  if (actor.state !== 'joined') throw fault('not-member', 'the invitation has not been accepted')
  switch (asked.do) {
    case 'invite': return invite(group, actor, asked.of)
    case 'remove': return remove(group, actor, asked.of)
    case 'role': return role(group, actor, asked)
    case 'dissolve':
      mustBeAdmin(actor)
      return [{ change: { what: 'dissolved', by }, members: [], facts: { isGone: true } }]
    case 'set': return set(group, actor, asked)
  }
}

/** @throws Fault `not-member`, `admins-only`, `group-gone`: it may not say anything there */
export function mayPost(group: Group, from: string): void {
  if (group.isGone) throw fault('group-gone', 'the group was dissolved')
  if (mustBeIn(group, from).role !== 'admin' && group.policies.post === 'admins') throw fault('admins-only', 'only admins may write to the group')
}

/** @throws Fault `not-member` */
export function mustBeIn({ members }: Group, address: string): Member {
  const member = members.get(address)
  if (member?.state !== 'joined') throw fault('not-member', 'only a member may write to the group')
  return member
}

/** Who may hear its state: who is in it or invited. @throws Fault `not-member`, `group-gone` */
export function mayHear(group: Group, address: string): void {
  if (!group.members.has(address)) throw group.isGone ? fault('group-gone', 'the group was dissolved') : fault('not-member', 'only a member may hear of the group')
}

function mustBeAdmin({ role }: Member): void {
  if (role !== 'admin') throw fault('admins-only', 'only an admin may do that')
}

function join(group: Group, by: string, actor: Member | undefined, { code, name }: Extract<Asked, { do: 'join' }>): Step[] {
  if (actor?.state === 'joined') return []
  if (!actor) {
    if (code === undefined) throw fault('not-member', 'who is not invited needs a code')
    if (group.code === undefined || code !== group.code) throw fault('wrong-code', 'the code does not hold')
    mustHaveRoom(group, 1)
  }
  return [{ change: { what: 'joined', by }, members: [{ address: by, to: 'joined', role: actor?.role ?? 'member', name }], facts: {} }]
}

function mustHaveRoom({ members }: Group, more: number): void {
  if (members.size + more > mostMembers) {
    throw new Fault('group-full', { text: `a group may have ${mostMembers} members`, detail: { limit: mostMembers } })
  }
}

function invite(group: Group, actor: Member, of: readonly string[]): Step[] {
  if (group.policies.add === 'admins') mustBeAdmin(actor)
  const fresh = [...new Set(of)].filter((address) => !group.members.has(address))
  if (!fresh.length) return []
  mustHaveRoom(group, fresh.length)
  return [{
    change: { what: 'invited', by: actor.address, of: fresh }, facts: {},
    members: fresh.map((address): MemberChange => ({ address, to: 'invited', role: 'member' })),
  }]
}

/** Leaves or declines. A group is not left without an admin: whoever has been in it longest becomes one; without members it ends. */
function leave(group: Group, actor: Member): Step[] {
  const { address: by } = actor
  if (actor.state === 'invited') return [out('declined', by, by)]
  const others = [...joined(group)].filter((member) => member !== actor)
  if (!others.length) return [{ change: { what: 'dissolved', by }, members: [], facts: { isGone: true } }]
  const steps = [out('left', by, by)]
  if (others.some((member) => member.role === 'admin')) return steps
  const heir = others.reduce((first, member) => (member.since < first.since ? member : first))
  return [promotion(heir, 'admin', by), ...steps]
}

function out(what: 'declined' | 'left' | 'removed', by: string, address: string): Step {
  return {
    change: { what, by, ...(address !== by && { of: [address] }) }, facts: {},
    members: [{ address, to: 'out', method: address === by ? 'departed' : 'booted' }],
  }
}

function remove(group: Group, actor: Member, of: string): Step[] {
  mustBeAdmin(actor)
  return group.members.has(of) ? [out('removed', actor.address, of)] : []
}

const promotion = ({ address, state, name }: Member, to: GroupRole, by: string): Step => ({
  change: { what: to === 'admin' ? 'promoted' : 'demoted', by, of: [address] }, facts: {}, members: [{ address, to: state, role: to, name }],
})

function role(group: Group, actor: Member, { of, role: to }: Extract<Asked, { do: 'role' }>): Step[] {
  mustBeAdmin(actor)
  const member = group.members.get(of)
  if (member?.state !== 'joined') throw fault('not-member', 'only a member can be an admin')
  if (member.role === to) return []
  const admins = [...joined(group)].filter((each) => each.role === 'admin')
  if (to === 'member' && admins.length === 1) throw fault('last-admin', 'a group needs an admin')
  return [promotion(member, to, actor.address)]
}

function set(group: Group, actor: Member, asked: Extract<Asked, { do: 'set' }>): Step[] {
  const { subject, description, policies, icon, code } = asked
  mustBeAdmin(actor)
  if (subject !== undefined && (subject.trim() === '' || subject.length > longest.subject)) throw tooLong('subject', longest.subject)
  if (description !== undefined && description.length > longest.description) throw tooLong('description', longest.description)
  if (icon && (icon.body.length > largestIcon || !/^image\/(?:jpeg|png|webp)$/.test(icon.contentType))) throw tooLong('icon', largestIcon)
  const steps: Step[] = []
  const by = actor.address
  const step = (what: Step['change']['what'], facts: Step['facts'], text?: string): void =>
    void steps.push({ change: { what, by, ...(text !== undefined && { text }) }, members: [], facts })
  if (subject !== undefined && subject !== group.subject) step('subject', { subject }, subject)
  if (description !== undefined && description !== group.description) step('description', { description }, description)
  if (policies && !isSame(policies, group.policies)) step('policies', { policies }, `${policies.post} ${policies.add} ${policies.history}`)
  if (icon === null ? group.icon : icon) step('icon', { icon: icon ?? null })
  if (code !== undefined && (code ?? undefined) !== group.code) step('code', { code }, code === null ? '' : 'new')
  return steps
}

const isSame = (a: GroupPolicies, b: GroupPolicies): boolean => a.post === b.post && a.add === b.add && a.history === b.history
const tooLong = (field: string, limit: number): Fault => new Fault('bad-argument', { text: `no ${field} of a group`, detail: { field, limit } })
