import type { Log } from '../../base/log'
import { writeResourceLists, resourceListsType } from '../../rcs/resource-lists'
import type { Dialogs } from '../../sip/dialogs'
import type { Incoming } from '../../sip/incoming'
import { accept, invite } from '../../sip/invitation'
import type { InviteSession, SessionUser } from '../../sip/invite-session'
import { writeReason } from '../../sip/reason'
import type { Device } from '../device'
import { takesChanges } from './lanes'
import type { Changed } from './verbs'
import { wayOf, wayOver } from './way'

export interface SessionsParts {
  dialogs: Dialogs
  log: Log
  /** A request within the session of a member. @throws Fault, which is the answer */
  within(incoming: Incoming, address: string, group: string): Promise<void>
  /** Who left by ending its session. */
  left(address: string, group: string): void
  /** Who took an invitation of ours, or refused it. */
  answered(address: string, group: string, answer: 'accept' | 'decline'): void
}

/** RFC 3261 21.6.2: 603 refuses for every device, and for good. */
const declined = 603
/** In the BYE to who is no longer in. COMPAT(linphone): with another cause (403, 410) it takes the end for a failure, and stays in its room. */
const taken = 603

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

  /** A member's INVITE that the focus has allowed. */
  accept(incoming: Incoming, address: string, group: string): void {
    const contact = incoming.request.headers.get('Contact') ?? ''
    const session = accept(this.#parts.dialogs, incoming, { contact: contactOf(group), headers: wayOf(incoming) }, this.#user(address, group, takesChanges(contact)))
    this.#keep(session, address, group)
  }

  /** Invites a device that keeps no log of the group: it is asked, and answers for its person. */
  call(device: Device, group: string, subject: string, members: readonly string[]): void {
    const { binding, address } = device
    const key = `${group} ${device.lane}`
    if (!binding || takesChanges(device.features) || this.#calling.has(key) || this.#has(group, address)) return
    this.#calling.add(key)
    const { dialogs, log } = this.#parts
    const { answer } = invite(dialogs, binding.peer.flow, {
      uri: binding.contact, from: `<${group}>`, to: `<${device.gruu ?? address}>`, contact: contactOf(group),
      headers: [...wayOver(binding.peer.flow), ['Subject', subject], ['Content-Type', resourceListsType], ['Content-Disposition', 'recipient-list-history;handling=optional']],
      body: Buffer.from(writeResourceLists(members)),
    }, this.#user(address, group, false))
    answer.then((outcome) => {
      if (outcome.kind === 'accepted') {
        this.#keep(outcome.session, address, group)
        this.#parts.answered(address, group, 'accept')
      } else if (outcome.response.status === declined) this.#parts.answered(address, group, 'decline')
    }, (thrown: unknown) => log.info({ group, device: device.lane, err: thrown }, 'an invitation was not answered'))
      .finally(() => this.#calling.delete(key))
  }

  /** RFC 3326: who is no longer in it is told by a BYE with the reason. */
  tell({ group, versions }: Changed): void {
    for (const { step } of versions) {
      const gone = new Set(step.members.flatMap((each) => (each.to === 'out' && each.method === 'booted' ? [each.address] : [])))
      for (const [session, address] of this.#sessions.get(group) ?? []) {
        if (step.facts.isGone) void session.bye([['Reason', writeReason({ cause: taken, text: 'Gone' })]])
        else if (gone.has(address)) void session.bye([['Reason', writeReason({ cause: taken, text: 'Removed' })]])
      }
    }
  }

  #has(group: string, address: string): boolean {
    for (const each of this.#sessions.get(group)?.values() ?? []) if (each === address) return true
    return false
  }

  #user(address: string, group: string, isTemporary: boolean): SessionUser {
    return {
      request: (incoming) => this.#parts.within(incoming, address, group),
      ended: (end, session) => {
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
