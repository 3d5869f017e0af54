import type { GroupMember } from '../../src-main/contract/group'
import { byName, rankOf } from '../ui/pinyin'

/** A member as the window shows it. */
export interface MemberView {
  member: GroupMember
  name: string
  isOwn: boolean
}

const rank = ({ member }: MemberView): number => (member.state === 'invited' ? 2 : member.role === 'admin' ? 0 : 1)

/** Admins first, those who have not accepted last, by name among each other. */
export function inOrder(members: readonly GroupMember[], nameOf: (address: string) => string, own: string | undefined): MemberView[] {
  return members
    .map((member): MemberView => ({ member, name: nameOf(member.address), isOwn: member.address === own }))
    .sort((a, b) => rank(a) - rank(b) || byName(a.name, b.name))
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
