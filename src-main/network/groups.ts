import { Fault } from '../base/faults'
import { faults, type FaultCode, type FaultView } from '../contract/faults'
import type { LeftOut } from '../contract/group'
import { readConferenceInfo, conferenceInfoType, type ConferenceInfo } from '../rcs/conference-info'
import { inflateBounded } from '../rcs/deflate'
import { groupDataType, writeGroupData, type GroupData } from '../rcs/group-data'
import { resourceListsType, writeResourceLists } from '../rcs/resource-lists'
import type { SipRequest, SipResponse } from '../sip/message'
import { contactOf, readNameAddress } from '../sip/name-address'
import { writeReferTo } from '../sip/refer'
import { splitAll } from '../sip/text'
import { addressOfRecord } from '../sip/uri'
import { faultOf } from './answers'
import { standaloneHeaders, type HeaderList } from './requests'
import type { Session } from './session'

/** How large a document may become when it is inflated, bytes. */
const largest = 1024 * 1024

export interface GroupCallsParts {
  session: Pick<Session, 'request' | 'invite' | 'fetch' | 'contact'>
  account: string
}

/** What the account asks of the focus of a group (RFC 4579, RCC.07 3.2.4). Every call fails as the focus refuses. */
export class GroupCalls {
  readonly #parts: GroupCallsParts

  constructor(parts: GroupCallsParts) {
    this.#parts = parts
  }

  /**
   * RFC 5366: asks the factory for a group with these members.
   * @param id a UUID: said again it is the same group
   */
  async create(factory: string, id: string, { subject, members }: { subject: string; members: readonly string[] }): Promise<{ conversation: string; leftOut: LeftOut[] }> {
    const answer = await this.#parts.session.invite({
      uri: factory, to: factory, body: list(members),
      headers: [
        ...this.#identity(), ['Require', 'recipient-list-invite'], ['Subject', oneLine(subject)], ['Contribution-ID', id],
        ['Content-Type', resourceListsType], ['Content-Disposition', 'recipient-list'],
      ],
    })
    const { status, headers } = answer
    // A factory says where the group is (302, as Linphone's does), or is in it already.
    if (status !== 302 && status >= 300) throw faultOf(answer)
    return { conversation: addressOfRecord(contactOf(headers).uri), leftOut: leftOutOf(answer) }
  }

  /** Accepts an invitation, comes in by a code, or comes back. The session ends at once: the membership stays. */
  async join(group: string, code?: string): Promise<void> {
    const uri = code === undefined ? group : `${group};code=${encodeURIComponent(code)}`
    const answer = await this.#parts.session.invite({ uri, to: group, headers: this.#identity() })
    if (answer.status >= 300) throw faultOf(answer)
  }

  /** RFC 4579 5.5; several at once RFC 5368. Answers who was left out. */
  async add(group: string, members: readonly string[]): Promise<LeftOut[]> {
    const [one, more] = members
    if (one === undefined) return []
    const answer = more === undefined
      ? await this.#refer(group, writeReferTo({ uri: one, method: 'INVITE' }))
      : await this.#refer(group, '<cid:members@list>', {
          headers: [['Require', 'multiple-refer, norefersub'], ['Content-ID', '<members@list>'], ['Content-Type', resourceListsType], ['Content-Disposition', 'recipient-list']],
          body: list(members),
        })
    return leftOutOf(answer)
  }

  /** RFC 4579 5.11: takes a member or an invitation out; oneself leaves or declines. */
  async remove(group: string, member: string): Promise<void> {
    await this.#refer(group, writeReferTo({ uri: member, method: 'BYE' }))
  }

  async dissolve(group: string): Promise<void> {
    await this.#refer(group, writeReferTo({ uri: group, method: 'BYE' }))
  }

  /** With a parameter of the header, as Linphone does. */
  async setAdmin(group: string, member: string, isAdmin: boolean): Promise<void> {
    await this.#refer(group, writeReferTo({ uri: member, params: [['admin', isAdmin ? '1' : '0']] }))
  }

  async change(group: string, data: GroupData): Promise<void> {
    const body = Buffer.from(writeGroupData(data))
    accepted(await this.#parts.session.request({ method: 'MESSAGE', to: group, body, headers: [...standaloneHeaders(this.#parts.account), ['Content-Type', groupDataType]] }))
  }

  /** RFC 6665 4.4.3, RFC 4575 4.1: the whole state as it is now. @throws Fault also `no-answer`, `malformed` */
  async fetch(group: string): Promise<ConferenceInfo> {
    return readNotified(await this.#parts.session.fetch({ to: group, event: 'conference', accept: conferenceInfoType, headers: this.#identity() }))
  }

  /** RFC 3515, without the subscription (RFC 4488): what becomes of it is told to everybody in the group. */
  async #refer(group: string, referTo: string, { headers = [], body }: { headers?: HeaderList; body?: Uint8Array } = {}): Promise<SipResponse> {
    const { session } = this.#parts
    return accepted(await session.request({
      method: 'REFER', to: group, headers: [...this.#identity(), ['Contact', session.contact()], ['Refer-To', referTo], ['Refer-Sub', 'false'], ...headers], ...(body && { body }),
    }))
  }

  #identity(): HeaderList {
    return [['P-Preferred-Identity', `<${this.#parts.account}>`]]
  }
}

const list = (members: readonly string[]): Uint8Array => Buffer.from(writeResourceLists(members))
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ').trim()

function accepted(answer: SipResponse): SipResponse {
  if (answer.status >= 300) throw faultOf(answer)
  return answer
}

/** `Yanxin-Left-Out: <sip:a@d>;reason=unknown-recipient, …` */
function leftOutOf({ headers }: SipResponse): LeftOut[] {
  return splitAll(headers.all('Yanxin-Left-Out')).map((text) => {
    const { uri, params } = readNameAddress(text)
    return { address: addressOfRecord(uri), fault: { code: codeOf(params.get('reason')) } satisfies FaultView }
  })
}

const codeOf = (said: string | undefined): FaultCode => (said !== undefined && Object.hasOwn(faults, said) ? (said as FaultCode) : 'not-acceptable')

function readNotified({ headers, body }: SipRequest): ConferenceInfo {
  if (!headers.get('Content-Type')?.toLowerCase().startsWith(conferenceInfoType)) throw new Fault('malformed', { text: 'a state that is no conference-info' })
  const isDeflated = headers.get('Content-Encoding')?.trim().toLowerCase() === 'deflate'
  return readConferenceInfo(isDeflated ? inflateBounded(body, largest) : body)
}
