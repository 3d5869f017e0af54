import { Fault } from '../../base/faults'
import type { Log } from '../../base/log'
import { sdpType } from '../../msrp/offer-answer'
import { writeMultipart } from '../../rcs/multipart'
import { writeResourceLists, resourceListsType } from '../../rcs/resource-lists'
import type { Dialogs } from '../../sip/dialogs'
import type { Flow } from '../../sip/flow'
import type { HeaderList, Incoming } from '../../sip/incoming'
import { accept, invite } from '../../sip/invitation'
import type { InviteSession, SessionUser } from '../../sip/invite-session'
import type { SipRequest } from '../../sip/message'
import { writeReason } from '../../sip/reason'
import { holdsSessions, type Device } from '../device'
import { bodyOf } from './asked'
import { takesChanges } from './lanes'
import type { GroupMedia, Keep, Offered } from './media'
import type { Medium } from './medium'
import type { Changed } from './verbs'
import { wayOf, wayOver } from './way'

export interface SessionsParts {
  dialogs: Dialogs
  log: Log
  media: GroupMedia
  /** A request within the session of a member. @param renew answers one that changes or refreshes the session. @throws Fault, which is the answer */
  within(incoming: Incoming, address: string, group: string, renew: () => void): Promise<void>
  /** What a member said over MSRP, as the MESSAGE to its group; resolves when it is kept. @throws Fault */
  said(request: SipRequest, address: string, group: string): Promise<void>
  /** Who left by ending its session. */
  left(address: string, group: string): void
  /** Who took an invitation of ours, or refused it. */
  answered(address: string, group: string, answer: 'accept' | 'decline'): void
}

/** RFC 3261 21.6.2: 603 refuses for every device, and for good. */
const declined = 603
/** In the BYE to who is no longer in. COMPAT(linphone): with another cause (403, 410) it takes the end for a failure, and stays in its room. */
const taken = 603

/** Who refuses media so is asked again without. RFC 3261 21.4.13, 21.4.26, 21.6.4. */
const noMedia: ReadonlySet<number> = new Set([415, 488, 606])

interface Content {
  headers: [name: string, value: string][]
  body: Uint8Array
}

/** An INVITE of the focus. */
interface Call {
  device: Device
  uri: string
  flow: Flow
  group: string
  subject: string
  list: Content
}

/** The INVITE sessions between a focus and the devices of its members (RFC 4579 5.2 to 5.4). */
export class Sessions {
  readonly #parts: SessionsParts
  /** By group, then member. */
  readonly #sessions = new Map<string, Map<InviteSession, string>>()
  /** Devices that are being invited, by group. */
  readonly #calling = new Set<string>()

  constructor(parts: SessionsParts) {
    this.#parts = parts
  }

  /** A member's INVITE that the focus has allowed, with what it offers. @param more headers of the answer */
  accept(incoming: Incoming, address: string, group: string, offered?: Offered, more: HeaderList = []): void {
    const { dialogs, media } = this.#parts
    const features = incoming.request.headers.get('Contact') ?? ''
    const medium = offered && media.answering(offered, group, this.#keeping(address, group))
    const user = this.#user(address, group, medium !== undefined || takesChanges(features) || holdsSessions(features), medium)
    const answer = { contact: contactOf(group), headers: [...wayOf(incoming), ...more] }
    const session = medium
      ? medium.answer(offered!.media, (sdp) => accept(dialogs, incoming, { ...answer, headers: [...answer.headers, ['Content-Type', sdpType]], body: sdp }, user))
      : accept(dialogs, incoming, answer, user)
    this.#keep(session, address, group)
  }

  /** Invites a device that keeps no log of the group: it is asked, and answers for its person. */
  call(device: Device, group: string, subject: string, members: readonly string[]): void {
    const { binding, address } = device
    const key = `${group} ${device.lane}`
    if (!binding || takesChanges(device.features) || this.#calling.has(key) || this.#has(group, address)) return
    this.#calling.add(key)
    const list: Content = {
      headers: [['Content-Type', resourceListsType], ['Content-Disposition', 'recipient-list-history;handling=optional']],
      body: Buffer.from(writeResourceLists(members)),
    }
    const { flow } = binding.peer
    const medium = this.#parts.media.offering(device, flow, group, this.#keeping(address, group))
    const ask = { device, uri: binding.contact, flow, group, subject, list }
    this.#call(ask, medium).then((status) => (medium && noMedia.has(status) ? this.#call(ask, undefined) : status)).then((status) => {
      if (status < 300) this.#parts.answered(address, group, 'accept')
      else if (status === declined) this.#parts.answered(address, group, 'decline')
    }).catch((thrown: unknown) => this.#parts.log.info({ group, device: device.lane, err: thrown }, 'an invitation was not answered'))
      .finally(() => this.#calling.delete(key))
  }

  /** The status of its answer. */
  async #call({ device, uri, flow, group, subject, list }: Call, medium: Medium | undefined): Promise<number> {
    const { address } = device
    const { headers, body } = medium ? withOffer(medium.sdp, list) : list
    try {
      const outcome = await invite(this.#parts.dialogs, flow, {
        uri, from: `<${group}>`, to: `<${device.gruu ?? address}>`, contact: contactOf(group), headers: [...wayOver(flow), ['Subject', subject], ...headers], body,
      }, this.#user(address, group, device.takesSessions, medium)).answer
      if (outcome.kind === 'refused') {
        medium?.close()
        return outcome.response.status
      }
      medium?.answered(outcome.response, outcome.session)
      this.#keep(outcome.session, address, group)
      return outcome.response.status
    } catch (thrown) {
      medium?.close()
      throw thrown
    }
  }

  /** RFC 3326: who is no longer in it is told by a BYE with the reason. */
  tell({ group, versions }: Changed): void {
    for (const { step } of versions) {
      const gone = new Map(step.members.flatMap((each) => (each.to === 'out' ? [[each.address, each.method === 'booted' ? 'Removed' : 'Left'] as const] : [])))
      for (const [session, address] of this.#sessions.get(group) ?? []) {
        const text = step.facts.isGone ? 'Gone' : gone.get(address)
        if (text !== undefined) void session.bye([['Reason', writeReason({ cause: taken, text })]])
      }
    }
  }

  #has(group: string, address: string): boolean {
    for (const each of this.#sessions.get(group)?.values() ?? []) if (each === address) return true
    return false
  }

  #keeping(address: string, group: string): Keep {
    return (request) => this.#parts.said(request, address, group)
  }

  #user(address: string, group: string, isTemporary: boolean, medium?: Medium): SessionUser {
    return {
      request: (incoming) => this.#parts.within(incoming, address, group, () => {
        const { request } = incoming
        if (!medium && bodyOf(request, sdpType)) throw new Fault('not-acceptable', { text: 'a session without media stays so' })
        incoming.reply(200, undefined, medium?.again(request))
      }),
      // Who comes again by another connection offers anew.
      flowLost: () => medium?.close(),
      ended: (end, session) => {
        medium?.close()
        const sessions = this.#sessions.get(group)
        sessions?.delete(session)
        if (sessions?.size === 0) this.#sessions.delete(group)
        // OMA CPM 7.3.5: with this reason it is for good. COMPAT(linphone): it gives none, and means that it leaves.
        if (end.by === 'remote' && (end.reason?.cause === 200 || (!isTemporary && !end.reason))) this.#parts.left(address, group)
      },
    }
  }

  #keep(session: InviteSession, address: string, group: string): void {
    if (session.ended) return
    let sessions = this.#sessions.get(group)
    if (!sessions) this.#sessions.set(group, (sessions = new Map()))
    sessions.set(session, address)
  }
}

const contactOf = (group: string): string => `<${group}>;isfocus;text`

const groupService = 'urn:urn-7:3gpp-service.ims.icsi.oma.cpm.session.group'

/** RCC.07 3.2.4: the offer beside the list of members. */
function withOffer(sdp: Uint8Array, list: Content): Content {
  const offer: Content = { headers: [['Content-Type', sdpType]], body: sdp }
  const parts = [offer, list].map(({ headers, body }) => ({ headers: headers.map(([name, value]) => ({ name, value })), body }))
  const { boundary, body } = writeMultipart(parts)
  return {
    headers: [
      ['P-Asserted-Service', groupService], ['Accept-Contact', `*;+g.3gpp.icsi-ref="${groupService.replaceAll(':', '%3A')}"`],
      ['Content-Type', `multipart/mixed;boundary=${boundary}`],
    ],
    body,
  }
}
