import type { Clock } from '../../base/clock'
import { Fault } from '../../base/faults'
import type { Ids } from '../../base/ids'
import type { Log } from '../../base/log'
import type { Dialogs } from '../../sip/dialogs'
import type { Incoming } from '../../sip/incoming'
import type { SipRequest } from '../../sip/message'
import { readNameAddress } from '../../sip/name-address'
import { readReasons } from '../../sip/reason'
import { acceptRefer } from '../../sip/refer'
import { readParams } from '../../sip/text'
import { addressOfRecord } from '../../sip/uri'
import type { Account, Accounts } from '../accounts'
import type { Deliverer } from '../deliver'
import { holdsSessions, type Device } from '../device'
import type { Domain } from '../domain'
import { refuse } from '../refusals'
import { maxLarge } from '../large/limits'
import { groupDataIn, readRefer, readSet, recipientsIn } from './asked'
import type { FloodLimit } from './flood'
import { takesChanges } from './lanes'
import type { GroupMedia } from './media'
import { Posts } from './posts'
import type { Asked } from './rules'
import { Sessions } from './sessions'
import { GroupStore, type GroupLedger, type GroupRelay } from './store'
import { Subscribers } from './subscribers'
import type { Changed } from './verbs'

export interface FocusParts {
  domain: Domain
  accounts: Accounts
  ledger: GroupLedger
  relay: GroupRelay
  dialogs: Dialogs
  deliverer: Deliverer
  media: GroupMedia
  /** How long what goes round waits for a member, ms. */
  keep: number
  flood: FloodLimit
  clock: Clock
  ids: Ids
  log: Log
}

/** Of an answer to a creation: whom the group was made without, and why. */
const leftOutHeader = 'Yanxin-Left-Out'

/** What the focus answers for; MESSAGE comes to it by way of `Messages`. */
export const groupMethods: ReadonlySet<string> = new Set(['INVITE', 'REFER', 'SUBSCRIBE', 'BYE', 'NOTIFY', 'UPDATE', 'INFO'])
const allow = 'INVITE, ACK, CANCEL, BYE, REFER, SUBSCRIBE, NOTIFY, UPDATE, MESSAGE, OPTIONS'

/**
 * The conference factory and the focus of every group here (RFC 4579): what a request asks is one transaction of the store, and
 * what came of it is told to whoever has to know.
 */
export class Focus {
  readonly factory: string
  readonly #parts: FocusParts
  readonly #store: GroupStore
  readonly #posts: Posts
  readonly #subscribers: Subscribers
  readonly #sessions: Sessions

  constructor(parts: FocusParts) {
    this.#parts = parts
    this.factory = `sip:conference-factory@${parts.domain.name}`
    const store = (this.#store = new GroupStore(parts))
    this.#posts = new Posts({ ...parts, store })
    this.#subscribers = new Subscribers({ ...parts, store })
    this.#sessions = new Sessions({
      ...parts,
      within: (incoming, address, group, renew) => this.#within(incoming, address, group, renew),
      said: async (request, address, group) => this.said(request, this.#member(address), group, maxLarge),
      left: (address, group) => this.#later(group, address, { do: 'remove', of: address }),
      answered: (address, group, answer) => this.#later(group, address, answer === 'accept' ? { do: 'join' } : { do: 'remove', of: address }),
    })
  }

  /** Whether an address is that of a group or of the factory. */
  owns(address: string): boolean {
    return address === this.factory || (address.startsWith('sip:conf-') && this.#parts.domain.has(address))
  }

  /** @throws Fault, which is the answer */
  async message(incoming: Incoming, sender: Account, group: string): Promise<void> {
    await this.said(incoming.request, sender, group)
    incoming.reply(200)
  }

  /** What a member says to its group, whatever brought it; resolves when it is kept. @param most bytes. @throws Fault, which is the answer */
  async said(request: SipRequest, sender: Account, group: string, most?: number): Promise<void> {
    const data = groupDataIn(request)
    if (data) await this.#change(group, sender.address, readSet(data, () => this.#parts.ids.token(12)))
    else await this.#posts.take(request, sender, group, most)
  }

  /** A request to the factory or to a group, by somebody who is known. @throws Fault, which is the answer */
  async serve(incoming: Incoming, sender: Account, to: string): Promise<void> {
    const { method } = incoming.request
    if (to === this.factory) {
      if (method === 'SUBSCRIBE') return this.#subscribers.acceptList(incoming, to, recipientsIn(incoming.request, this.#parts.domain), sender.address)
      if (method !== 'INVITE') return this.#notAllowed(incoming, 'INVITE, ACK, CANCEL, SUBSCRIBE, OPTIONS')
      return this.#create(incoming, sender)
    }
    switch (method) {
      case 'INVITE': return this.#join(incoming, sender, to)
      case 'REFER': return this.#refer(incoming, sender.address, to)
      case 'SUBSCRIBE': return this.#subscribers.accept(incoming, to, sender.address)
      // RFC 3261 12.2.2: what stands in no dialog that is known here.
      case 'BYE': return this.#lateBye(incoming, sender, to)
      case 'NOTIFY': case 'UPDATE': case 'INFO': return incoming.reply(481)
      default: return this.#notAllowed(incoming, allow)
    }
  }

  /** RFC 3261 11: a member may ask whether the group is there. @throws Fault `not-member`, `group-gone` */
  async options(incoming: Incoming, sender: Account, to: string): Promise<void> {
    if (to !== this.factory) await this.#store.state(to, sender.address)
    incoming.reply(200, 'OK', { headers: [['Contact', `<${to}>;isfocus`], ['Allow', allow], ['Accept', '*/*']] })
  }

  /** The end of a session that the relay knew before it started anew says the same as of one that it knows. */
  async #lateBye(incoming: Incoming, { address, devices }: Account, group: string): Promise<void> {
    // COMPAT(linphone): it leaves by any BYE; others by one that gives the reason of OMA CPM 7.3.5.
    const isLeaving = readReasons(incoming.request.headers)[0]?.cause === 200 || [...devices.values()].some(({ binding, features }) =>
      binding?.peer.flow === incoming.flow && !takesChanges(features) && !holdsSessions(features))
    if (!isLeaving) return incoming.reply(481)
    await this.#change(group, address, { do: 'remove', of: address })
    incoming.reply(200)
  }

  /** A device is there: one that takes changes and is new learns its groups, another is asked to the groups that wait for an answer. */
  async registered(device: Device, isNew: boolean): Promise<void> {
    const { address, lane } = device
    try {
      if (takesChanges(device.features)) {
        if (isNew) await this.#store.introduce(address, lane)
        return
      }
      for (const { group, isInvited } of await this.#store.of(address)) if (isInvited) await this.#call([device], group)
    } catch (thrown) {
      this.#parts.log.warn({ device: lane, fault: Fault.from(thrown).view() }, 'a device could not be told of its groups')
    }
  }

  /** An account is no more: it leaves its groups. */
  async removed(address: string): Promise<void> {
    try {
      for (const { group } of await this.#store.of(address)) await this.#change(group, address, { do: 'remove', of: address })
    } catch (thrown) {
      this.#parts.log.warn({ account: address, fault: Fault.from(thrown).view() }, 'a removed account is still in its groups')
    }
  }

  async #create(incoming: Incoming, sender: Account): Promise<void> {
    const { domain, ids } = this.#parts
    const { request } = incoming
    const offered = this.#parts.media.offerIn(incoming, sender)
    const members = recipientsIn(request, domain)
    if (!members.length) throw new Fault('malformed', { text: 'a group of nobody' })
    const changed = await this.#store.create({
      address: `sip:conf-${ids.token(16)}@${domain.name}`, contribution: request.headers.get('Contribution-ID') ?? null,
      subject: (request.headers.get('Subject') ?? '').trim().slice(0, 200), by: sender.address, name: nameIn(incoming), members,
    })
    await this.#tell(changed)
    if (offered) return this.#sessions.accept(incoming, sender.address, changed.group, offered, leftOut(changed))
    // COMPAT(linphone): the maker is sent on to the group, where its session is made.
    incoming.reply(302, 'Moved Temporarily', { headers: [['Contact', `<${changed.group}>;isfocus`], ...leftOut(changed)] })
  }

  async #join(incoming: Incoming, sender: Account, group: string): Promise<void> {
    const { request } = incoming
    const params = request.uri.indexOf(';')
    const code = params < 0 ? undefined : readParams(request.uri, params).get('code')
    const offered = this.#parts.media.offerIn(incoming, sender)
    await this.#change(group, sender.address, { do: 'join', code, name: nameIn(incoming) })
    this.#sessions.accept(incoming, sender.address, group, offered)
  }

  async #refer(incoming: Incoming, by: string, group: string): Promise<void> {
    const changed = await this.#change(group, by, readRefer(incoming.request, group, this.#parts.domain))
    const left = leftOut(changed)
    if (left.length) {
      // Who was not there is named at once; a NOTIFY of a status line could not.
      return incoming.reply(202, undefined, { headers: [['Refer-Sub', 'false'], ...left] })
    }
    acceptRefer(this.#parts.dialogs, incoming, `<${group}>;isfocus`)(200)
  }

  /** A request in a member's session. COMPAT(linphone): it renames by UPDATE or INVITE with a Subject, and refers in its session. */
  async #within(incoming: Incoming, address: string, group: string, renew: () => void): Promise<void> {
    const { domain } = this.#parts
    const { method, headers } = incoming.request
    try {
      const sender = this.#member(address)
      switch (method) {
        case 'INVITE': case 'UPDATE': {
          const subject = headers.get('Subject')?.trim()
          if (subject) await this.#change(group, address, { do: 'set', subject })
          return renew()
        }
        case 'MESSAGE': return await this.message(incoming, sender, group)
        case 'INFO': return incoming.reply(200)
        default: return await this.serve(incoming, sender, group)
      }
    } catch (thrown) {
      refuse(incoming, thrown, domain.name)
    }
  }

  /** @throws Fault `not-member` when the account is no more */
  #member(address: string): Account {
    const account = this.#parts.accounts.find(address)
    if (!account) throw new Fault('not-member', { text: 'there is no such account any more' })
    return account
  }

  #notAllowed(incoming: Incoming, methods: string): void {
    incoming.reply(405, undefined, { headers: [['Allow', methods]] })
  }

  async #change(group: string, by: string, asked: Asked): Promise<Changed> {
    const changed = await this.#store.change(group, by, asked)
    await this.#tell(changed)
    return changed
  }

  /** A change that nobody waits for. */
  #later(group: string, by: string, asked: Asked): void {
    this.#change(group, by, asked).catch((thrown: unknown) =>
      this.#parts.log.info({ group, by, fault: Fault.from(thrown).view() }, 'what a device said of its membership did not count'))
  }

  /** What the queue does not tell: subscribers, sessions, and devices that have to be asked. */
  async #tell(changed: Changed): Promise<void> {
    const { accounts, log } = this.#parts
    if (!changed.versions.length) return
    log.info({ group: changed.group, version: changed.versions.at(-1)!.version, what: changed.versions.map(({ step }) => step.change.what) }, 'a group changed')
    this.#sessions.tell(changed)
    await this.#subscribers.tell(changed)
    const invited = changed.versions.flatMap(({ step }) => step.members.filter(({ to }) => to === 'invited'))
    await this.#call(invited.flatMap(({ address }) => [...accounts.find(address)?.devices.values() ?? []]), changed.group)
  }

  /** Asks those of the devices that keep no log of the group, and are there. */
  async #call(devices: readonly Device[], group: string): Promise<void> {
    const plain = devices.filter(({ binding, features }) => binding && !takesChanges(features))
    if (!plain.length) return
    const { subject, members } = await this.#store.summary(group)
    for (const device of plain) this.#sessions.call(device, group, subject, members)
  }
}

/** How the sender calls itself. */
function nameIn({ request: { headers } }: Incoming): string | undefined {
  const { displayName } = readNameAddress(headers.get('From')!)
  return displayName ? displayName.slice(0, 100) : undefined
}

const leftOut = ({ leftOut: all }: Changed): [string, string][] =>
  (all.length ? [[leftOutHeader, all.map((address) => `<${addressOfRecord(address)}>;reason=unknown-recipient`).join(', ')]] : [])
