import { randomBytes } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import { readConferenceInfo, type ConferenceInfo } from '../../../src-main/rcs/conference-info'
import { header, textOf, type Heard, type Phone } from './phone'
import { domain, until } from './stage'

/** What our own devices say of themselves. */
export const ours = ';+g.yanxin.copies;+g.yanxin.groups'

export const factory = `sip:conference-factory@${domain}`
const factoryOf = (phone: Phone): string => `sip:conference-factory@${phone.person.domain}`

const lines = (phone: Phone, to: string, more: readonly string[], callId = randomBytes(6).toString('hex')): string =>
  [`From: <${phone.address}>;tag=${randomBytes(4).toString('hex')}`, `To: <${to}>`, `Call-ID: ${callId}`, ...more].map((line) => `${line}\r\n`).join('')

const contact = (phone: Phone): string => `Contact: <sip:${phone.person.user}@127.0.0.1>;text${phone.person.features ?? ''}`

export const listOf = (members: readonly string[]): string =>
  `<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list>${members.map((uri) => `<entry uri="${uri}"/>`).join('')}</list></resource-lists>`

/** Asks the factory for a group; the answer as it came. */
export const asksFactory = (phone: Phone, subject: string, members: readonly string[], contribution?: string): Promise<Heard> =>
  phone.request('INVITE', factoryOf(phone), lines(phone, factoryOf(phone), [
    contact(phone), 'Require: recipient-list-invite', `Subject: ${subject}`, 'Content-Type: application/resource-lists+xml', 'Content-Disposition: recipient-list',
    ...(contribution === undefined ? [] : [`Contribution-ID: ${contribution}`]),
  ]), listOf(members))

/** Makes a group; its address. */
export async function makes(phone: Phone, subject: string, members: readonly (Phone | string)[], contribution?: string): Promise<string> {
  const answer = await asksFactory(phone, subject, members.map((member) => (typeof member === 'string' ? member : member.address)), contribution)
  const found = /<(sip:conf-[^>]+)>;isfocus/.exec(header(answer, 'Contact') ?? '')
  if (answer.status !== 302 || !found) throw new Error(`no group was made: ${answer.start}`)
  return found[1]!
}

/** Accepts an invitation or joins; the session ends at once, the membership stays. */
export async function joins(phone: Phone, group: string, code?: string): Promise<Heard> {
  const callId = randomBytes(6).toString('hex')
  const uri = code === undefined ? group : `${group};code=${code}`
  const answer = await phone.request('INVITE', uri, lines(phone, group, [contact(phone)], callId))
  if (answer.status !== 200) return answer
  const within = `From: ${header(answer, 'From')}\r\nTo: ${header(answer, 'To')}\r\nCall-ID: ${callId}\r\n`
  const cseq = /^\d+/.exec(header(answer, 'CSeq')!)![0]
  phone.raw(`ACK ${group} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK${callId}ack\r\nMax-Forwards: 70\r\n${within}CSeq: ${cseq} ACK\r\nContent-Length: 0\r\n\r\n`)
  if ((phone.person.features ?? '').includes('groups')) await phone.send('BYE', group, within)
  return answer
}

export const refers = (phone: Phone, group: string, referTo: string, more: readonly string[] = [], body = ''): Promise<Heard> =>
  phone.request('REFER', group, lines(phone, group, [contact(phone), `Refer-To: ${referTo}`, 'Refer-Sub: false', ...more]), body)

export const removes = (phone: Phone, group: string, address: string): Promise<Heard> => refers(phone, group, `<${address};method=BYE>`)
export const adds = (phone: Phone, group: string, address: string): Promise<Heard> => refers(phone, group, `<${address};method=INVITE>`)

export const sets = (phone: Phone, group: string, target: string, data: string, action = 'set'): Promise<Heard> =>
  phone.request('MESSAGE', group, lines(phone, group, ['Content-Type: application/vnd.oma.cpm-groupdata+xml']),
    `<groupdata xmlns="urn:oma:xml:cpm:groupdata"><target-type>${target}</target-type><action-type>${action}</action-type><data>${data}</data></groupdata>`)

/** Looks once at the state (RFC 6665 4.4.3): the answer, and what the NOTIFY brought. */
export async function fetches(phone: Phone, group: string): Promise<{ answer: Heard; info: ConferenceInfo | undefined }> {
  const seen = phone.inbox.length
  const answer = await phone.request('SUBSCRIBE', group, lines(phone, group, [contact(phone), 'Event: conference', 'Expires: 0', 'Accept: application/conference-info+xml']))
  if (answer.status !== 200) return { answer, info: undefined }
  const notify = await until('a NOTIFY', () => phone.inbox.slice(seen).find(({ start }) => start.startsWith('NOTIFY')))
  return { answer, info: documentOf(notify) }
}

const isDocument = (heard: Heard): boolean => (header(heard, 'Content-Type') ?? '').startsWith('application/conference-info+xml')

export const documentOf = (heard: Heard): ConferenceInfo =>
  readConferenceInfo(header(heard, 'Content-Encoding') === 'deflate' ? inflateSync(heard.bytes) : heard.bytes)

/** What a phone heard of a group, in order: changes as `v3 removed`, texts as they are. */
export const story = (phone: Phone, group: string): string[] =>
  phone.inbox.filter((heard) => heard.start.startsWith('MESSAGE') && header(heard, 'P-Asserted-Identity') === `<${group}>`).map((heard) => {
    if (!isDocument(heard)) return textOf(heard.body)
    const { version, state, change } = documentOf(heard)
    return `v${version} ${change?.what ?? state}`
  })

/** Resolves when that is the last thing that the phone has heard of the group. */
export const hearsLast = (phone: Phone, group: string, last: string): Promise<string[]> =>
  until(`${phone.person.user} to hear ${last} last, not ${story(phone, group).join(', ')}`, () => {
    const all = story(phone, group)
    return all.at(-1) === last && all
  })
