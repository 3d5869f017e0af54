import { Fault } from '../base/faults'
import { groupEvents, type GroupChange, type GroupPolicies } from '../contract/group'
import { fromBase64, malformed, toBase64 } from './mime'
import { readDateTime, writeDateTime } from './time'
import { child, escapeXml, readRoot, type XmlElement } from './xml'

export const conferenceInfoType = 'application/conference-info+xml'

const namespace = 'urn:ietf:params:xml:ns:conference-info'
/** What RFC 4575 has no element for: policies, the picture, the code, and who changed what. Others skip it (RFC 4575 5.1). */
const ours = 'urn:yanxin:conference-info'

/** How large a document may be, in characters: a roster of 500 has some 100,000. */
const size = 1024 * 1024
/** Users of one document; RFC 4575 names no limit. */
const mostUsers = 2_000
const longestText = 10_000

/** RFC 4575 5.7.1 `status` as far as a roster needs it. */
export type UserStatus = 'connected' | 'pending' | 'disconnected'

/** RFC 4575 5.6, with the status of its one endpoint. */
export interface ConferenceUser {
  /** Address of record. */
  entity: string
  /** `deleted` takes the user out of the roster. @default full */
  state?: 'full' | 'partial' | 'deleted'
  displayText?: string
  isAdmin?: boolean
  status?: UserStatus
  /** How a `disconnected` user went: by itself, or taken out (RFC 4575 5.7.3). */
  method?: 'departed' | 'booted'
}

/** RFC 4575 5: what the focus says of a conference. What a partial document leaves out is unchanged; '' takes away. */
export interface ConferenceInfo {
  /** The conference's URI. */
  entity: string
  state: 'full' | 'partial' | 'deleted'
  /** Rises by one with every document. */
  version: number
  subject?: string
  /** RFC 4575 5.3 `free-text`. */
  description?: string
  /** RFC 4575 5.3 `maximum-user-count`. */
  limit?: number
  policies?: GroupPolicies
  /** A small picture; an empty type when there is none any more. */
  icon?: { contentType: string; body: Uint8Array }
  /** With it one may join; '' for none. */
  code?: string
  users: ConferenceUser[]
  /** RFC 4575 5.5 with state="full": the users are all there are. */
  isWholeRoster: boolean
  /** Who changed what, for the line in the thread. */
  change?: GroupChange & { at: number }
}

/** @throws Fault `malformed`, `too-large` */
export function readConferenceInfo(input: string | Uint8Array): ConferenceInfo {
  const root = readRoot(input, 'conference', { name: 'conference-info', namespace, size })
  const entity = root.attributes.get('entity')
  if (!entity) throw malformed('conference', 'no entity')
  const version = root.attributes.get('version') ?? ''
  // RFC 4575 5.2: an unsigned 32-bit number.
  if (!/^\d{1,10}$/.test(version)) throw malformed('conference', 'no version')
  const state = readState(root)
  const users = child(root, 'users')
  const all = users?.children.filter(({ name }) => name === 'user') ?? []
  if (all.length > mostUsers) throw new Fault('too-large', { text: 'conference: too many users', detail: { limit: mostUsers } })
  const change = child(root, 'change')
  return {
    entity, state, version: Number(version), ...readDescription(child(root, 'conference-description')),
    users: all.map(readUser),
    isWholeRoster: state === 'full' && (users === undefined || readState(users) === 'full'),
    ...(change?.namespace === ours && readChange(change)),
  }
}

/** RFC 4575 4.4: `full` unless it is said. */
function readState({ attributes }: XmlElement): ConferenceInfo['state'] {
  const said = attributes.get('state') ?? 'full'
  if (said !== 'full' && said !== 'partial' && said !== 'deleted') throw malformed('conference', 'an unknown state')
  return said
}

const textOf = (parent: XmlElement, name: string): string | undefined => child(parent, name)?.text.trim().slice(0, longestText)

function readDescription(element: XmlElement | undefined): Pick<ConferenceInfo, 'subject' | 'description' | 'limit' | 'policies' | 'icon' | 'code'> {
  if (!element) return {}
  const subject = textOf(element, 'subject')
  const description = textOf(element, 'free-text')
  const limit = textOf(element, 'maximum-user-count')
  const own = element.children.filter((each) => each.namespace === ours)
  const policy = own.find(({ name }) => name === 'policy')
  const icon = own.find(({ name }) => name === 'icon')
  const code = own.find(({ name }) => name === 'code')
  return {
    ...(subject !== undefined && { subject }),
    ...(description !== undefined && { description }),
    ...(limit !== undefined && /^\d{1,6}$/.test(limit) && { limit: Number(limit) }),
    ...(policy && { policies: readPolicies(policy.attributes) }),
    ...(icon && { icon: readIcon(icon) }),
    ...(code && { code: code.text.trim() }),
  }
}

const readPolicies = (attributes: ReadonlyMap<string, string>): GroupPolicies => ({
  post: attributes.get('post') === 'admins' ? 'admins' : 'all',
  add: attributes.get('add') === 'admins' ? 'admins' : 'all',
  history: attributes.get('history') === 'shared' ? 'shared' : 'hidden',
})

function readIcon({ attributes, text }: XmlElement): NonNullable<ConferenceInfo['icon']> {
  return { contentType: attributes.get('type') ?? '', body: fromBase64(text.trim(), 'conference') }
}

function readUser(element: XmlElement): ConferenceUser {
  const entity = element.attributes.get('entity')
  if (!entity) throw malformed('conference', 'a user without entity')
  const displayText = textOf(element, 'display-text')
  const roles = child(element, 'roles')?.children.filter(({ name }) => name === 'entry').map(({ text }) => text.trim())
  const endpoints = element.children.filter(({ name }) => name === 'endpoint')
  const statuses = endpoints.map((endpoint) => textOf(endpoint, 'status'))
  const status = statuses.includes('connected') ? 'connected' : statuses.find((each) => each === 'pending' || each === 'disconnected')
  const method = endpoints.map((endpoint) => textOf(endpoint, 'disconnection-method')).find((each) => each === 'departed' || each === 'booted')
  return {
    entity, state: readState(element),
    ...(displayText && { displayText }),
    ...(roles && { isAdmin: roles.includes('admin') }),
    ...(status !== undefined && { status: status as UserStatus }),
    ...(method !== undefined && { method: method as 'departed' | 'booted' }),
  }
}

function readChange({ attributes, text }: XmlElement): Pick<ConferenceInfo, 'change'> {
  const what = groupEvents.find((event) => event === attributes.get('what'))
  const by = attributes.get('by')
  // An event of a newer version is a change that cannot be told; the state that comes with it is read all the same.
  if (!what || !by) return {}
  const of = attributes.get('of')?.split(' ').filter((address) => address !== '') ?? []
  return { change: { what, by, at: readDateTime(attributes.get('at')) ?? NaN, ...(of.length > 0 && { of }), ...(text !== '' && { text }) } }
}

/** A document that `readConferenceInfo` and those who only know RFC 4575 read. */
export function writeConferenceInfo(info: ConferenceInfo): string {
  const { entity, state, version, users, isWholeRoster, change } = info
  return '<?xml version="1.0" encoding="UTF-8"?>\n'
    + `<conference-info xmlns="${namespace}" xmlns:y="${ours}" entity="${escapeXml(entity)}" state="${state}" version="${version}">`
    + writeDescription(info)
    + (users.length > 0 || isWholeRoster ? `<users state="${isWholeRoster ? 'full' : 'partial'}">${users.map(writeUser).join('')}</users>` : '')
    + (change ? writeChange(change) : '')
    + '</conference-info>'
}

const tag = (name: string, text: string | undefined): string => (text === undefined ? '' : `<${name}>${escapeXml(text)}</${name}>`)

function writeDescription({ subject, description, limit, policies, icon, code }: ConferenceInfo): string {
  const inside = tag('subject', subject) + tag('free-text', description) + (limit === undefined ? '' : tag('maximum-user-count', String(limit)))
    + (policies ? `<y:policy post="${policies.post}" add="${policies.add}" history="${policies.history}"/>` : '')
    + (icon ? `<y:icon type="${escapeXml(icon.contentType)}">${toBase64(icon.body)}</y:icon>` : '')
    + tag('y:code', code)
  return inside && `<conference-description>${inside}</conference-description>`
}

function writeUser({ entity, state = 'full', displayText, isAdmin, status, method }: ConferenceUser): string {
  const name = escapeXml(entity)
  const head = `<user entity="${name}" state="${state}"`
  if (state === 'deleted' && status === undefined) return `${head}/>`
  return `${head}>${tag('display-text', displayText)}`
    + (isAdmin === undefined ? '' : `<roles><entry>${isAdmin ? 'admin' : 'participant'}</entry></roles>`)
    + (status === undefined ? '' : `<endpoint entity="${name}">${tag('status', status)}${tag('disconnection-method', method)}</endpoint>`)
    + '</user>'
}

function writeChange({ what, by, at, of, text }: NonNullable<ConferenceInfo['change']>): string {
  const told = of?.length ? ` of="${escapeXml(of.join(' '))}"` : ''
  return `<y:change what="${what}" by="${escapeXml(by)}" at="${writeDateTime(at)}"${told}>${escapeXml(text ?? '')}</y:change>`
}
