import { deflateSync } from 'node:zlib'
import { conferenceInfoType, writeConferenceInfo, type ConferenceInfo, type ConferenceUser } from '../../rcs/conference-info'
import { mostMembers, type Group, type Member, type Step } from './group'

/** A document as it goes in a MESSAGE or NOTIFY. */
export interface Document {
  contentType: string
  headers: [name: string, value: string][]
  body: Uint8Array
}

/** A longer one is deflated, bytes: 500 members would not fit into a MESSAGE. */
const long = 4 * 1024

const userOf = ({ address, name, role, state }: Member): ConferenceUser => ({
  entity: address, state: 'full', ...(name !== undefined && { displayText: name }), isAdmin: role === 'admin',
  status: state === 'joined' ? 'connected' : 'pending',
})

/** Everything, for who has nothing yet (RFC 4575 4.4 `full`). @param change what brought it, where there is something to be told */
export function fullState(group: Group, change?: ConferenceInfo['change']): ConferenceInfo {
  const { address, version, subject, description, policies, icon, code, members, isGone } = group
  return {
    entity: address, version, state: isGone ? 'deleted' : 'full', subject, description, policies, limit: mostMembers, isWholeRoster: true,
    ...(icon && { icon }), code: code ?? '', users: Array.from(members.values(), userOf), ...(change && { change }),
  }
}

/** What a step changed, once the group is at its version (RFC 4575 4.4 `partial`, or `deleted` for one that is dissolved). */
export function partialState(group: Group, { change, members, facts }: Step, at: number): ConferenceInfo {
  const { subject, description, policies, icon, code } = facts
  return {
    entity: group.address, version: group.version, state: facts.isGone ? 'deleted' : 'partial', isWholeRoster: false,
    ...(subject !== undefined && { subject }), ...(description !== undefined && { description }), ...(policies && { policies }),
    ...(icon !== undefined && { icon: icon ?? { contentType: '', body: new Uint8Array(0) } }), ...(code !== undefined && { code: code ?? '' }),
    users: members.map((each) => (each.to === 'out'
      ? { entity: each.address, state: 'deleted', status: 'disconnected', method: each.method }
      : userOf(group.members.get(each.address)!))),
    change: { ...change, at },
  }
}

/** The document as bytes. */
export function written(info: ConferenceInfo): Document {
  const body = Buffer.from(writeConferenceInfo(info))
  if (body.length <= long) return { contentType: conferenceInfoType, headers: [], body }
  return { contentType: conferenceInfoType, headers: [['Content-Encoding', 'deflate']], body: deflateSync(body) }
}
