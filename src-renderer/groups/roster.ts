import type { GroupMember } from '../../src-main/contract/group'
import { byName, rankOf } from '../ui/pinyin'

/** A member as the window shows it. */
export interface MemberView {
  member: GroupMember
  name: string
  isOwn: boolean
}

const rank = ({ member }: MemberView): number => (member.state === 'invited' ? 2 : member.role === 'admin' ? 0 : 1)

// Asked for by each view that lists them; a roster that changed is another array.
const orders = new WeakMap<readonly GroupMember[], { names: readonly string[]; own: string | undefined; views: readonly MemberView[] }>()

/** Admins first, those who have not accepted last, by name among each other; worked out once for a roster while nobody is called otherwise. */
export function inOrder(members: readonly GroupMember[], nameOf: (address: string) => string, own: string | undefined): readonly MemberView[] {
  const names = members.map(({ address }) => nameOf(address))
  const known = orders.get(members)
  if (known && known.own === own && names.every((name, at) => name === known.names[at])) return known.views
  const views = members
    .map((member, at): MemberView => ({ member, name: names[at]!, isOwn: member.address === own }))
    .sort((a, b) => rank(a) - rank(b) || byName(a.name, b.name))
  orders.set(members, { names, own, views })
  return views
}

/** Those whom what was typed finds by name or address, the best first. */
export function found<Person>(people: readonly Person[], typed: string, about: (person: Person) => { name: string; address: string }): Person[] {
  const wanted = typed.trim().replace(/^@/, '')
  if (wanted === '') return [...people]
  const ranked: { person: Person; rank: number; at: number }[] = []
  people.forEach((person, at) => {
    const { name, address } = about(person)
    const user = address.replace(/^[a-z]+:/i, '')
    const inAddress = user.toLowerCase().startsWith(wanted.toLowerCase()) ? 2.5 : undefined
    const rank = rankOf(name, wanted) ?? inAddress
    if (rank !== undefined) ranked.push({ person, rank: Math.min(rank, inAddress ?? Infinity), at })
  })
  return ranked.sort((a, b) => a.rank - b.rank || a.at - b.at).map(({ person }) => person)
}
