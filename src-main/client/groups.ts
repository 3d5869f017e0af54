import { SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import { pictureType } from '../content/sniff'
import type { PeerView } from '../contract/calls'
import type { FaultView } from '../contract/faults'
import { largestIcon, type GroupCommands, type GroupMember, type GroupRole, type GroupView, type LeftOut, type MemberReceipt } from '../contract/group'
import type { GroupCalls } from '../network/groups'
import { writeIcon, writePolicies, type GroupData } from '../rcs/group-data'
import { addressOfRecord, readUri } from '../sip/uri'
import { GroupState, type GroupStateParts } from './group-state'

/** How long what a new group is may come by itself before it is asked for, ms. */
const comes = 3 * SECOND
/** Peers that are asked at the same time. */
const together = 20

export interface GroupsParts extends Omit<GroupStateParts, 'calls'> {
  calls: GroupCalls
  /** Where groups are made; undefined while nobody said so. */
  factory(): string | undefined
  ask(address: string): Promise<PeerView>
}

type GroupChangeWish = Parameters<GroupCommands['changeGroup']>[1]

/** What a person does with groups. What comes of it is told by the focus, to everybody in one order. */
export class Groups {
  readonly state: GroupState
  readonly #parts: GroupsParts

  constructor(parts: GroupsParts) {
    this.#parts = parts
    this.state = new GroupState(parts)
  }

  /** Who cannot be in a group, and why. */
  async candidates(addresses: readonly string[]): Promise<{ address: string; fault?: FaultView }[]> {
    const found: { address: string; fault?: FaultView }[] = []
    for (let from = 0; from < addresses.length; from += together) {
      found.push(...await Promise.all(addresses.slice(from, from + together).map(async (address) => {
        const fault = obstacleOf(await this.#parts.ask(address))
        return { address, ...(fault && { fault }) }
      })))
    }
    return found
  }

  /** @throws Fault `connection-lost`, `not-acceptable` where the operator makes no groups, and as the factory refuses */
  async create(id: string, group: { subject: string; members: string[] }): Promise<{ conversation: string; leftOut: LeftOut[] }> {
    const factory = this.#parts.factory()
    if (factory === undefined) throw new Fault('not-acceptable', { text: 'no conference factory is known' })
    const made = await this.#parts.calls.create(factory, id, group)
    await this.#open(made.conversation, 'admin', group.subject)
    return made
  }

  /** @throws Fault `bad-argument` */
  async view(conversation: string): Promise<{ group: GroupView; members: GroupMember[] }> {
    const view = await this.#parts.ledger.read('journal.groupView', { conversation })
    if (!view) throw new Fault('bad-argument', { text: 'no group', detail: { field: 'conversation' } })
    return view
  }

  /** What a member calls itself, where its group says so. */
  async nameOf(conversation: string, member: string): Promise<string | undefined> {
    return (await this.#parts.ledger.read('journal.memberName', { conversation, member })) ?? undefined
  }

  async invite(conversation: string, members: string[]): Promise<{ leftOut: LeftOut[] }> {
    return { leftOut: await this.#asked(conversation, ({ calls }) => calls.add(conversation, members)) }
  }

  async answer(conversation: string, answer: 'accept' | 'decline'): Promise<void> {
    await this.#asked(conversation, ({ calls, account }) => (answer === 'accept' ? calls.join(conversation) : calls.remove(conversation, account)))
  }

  /** @throws Fault `bad-argument` for what is no link to a group */
  async join(link: string): Promise<string> {
    const { conversation, code } = readLink(link)
    await this.#parts.calls.join(conversation, code)
    await this.#open(conversation, 'member')
    return conversation
  }

  async remove(conversation: string, member: string): Promise<void> {
    await this.#asked(conversation, ({ calls }) => calls.remove(conversation, member))
  }

  async dissolve(conversation: string): Promise<void> {
    await this.#asked(conversation, ({ calls }) => calls.dissolve(conversation))
  }

  async setRole(conversation: string, member: string, role: GroupRole): Promise<void> {
    await this.#asked(conversation, ({ calls }) => calls.setAdmin(conversation, member, role === 'admin'))
  }

  async change(conversation: string, wish: GroupChangeWish): Promise<void> {
    const data = await this.#dataOf(wish)
    await this.#asked(conversation, async ({ calls }) => {
      for (const one of data) await calls.change(conversation, one)
    })
  }

  receipts(conversation: string, id: string): Promise<MemberReceipt[]> {
    return this.#parts.ledger.read('journal.memberReceipts', { conversation, id })
  }

  /** Whoever may not post learns it before anything is kept. @throws Fault `not-member`, `group-gone`, `admins-only` */
  async checkPosting(conversation: string): Promise<{ isGroup: boolean }> {
    const group = (await this.#parts.ledger.read('journal.conversation', { conversation }))?.group
    if (!group) return { isGroup: false }
    if (group.state === 'gone') throw new Fault('group-gone')
    if (group.state !== 'joined') throw new Fault('not-member')
    if (!group.mayPost) throw new Fault('admins-only')
    return { isGroup: true }
  }

  async #open(conversation: string, role: GroupRole, subject?: string): Promise<void> {
    const { ledger, clock, grew } = this.#parts
    const { n } = await ledger.commit('journal.groupOpen', { conversation, role, now: clock.now(), ...(subject !== undefined && { subject }) })
    grew(n)
    this.state.behind(conversation, comes)
  }

  /** Asks the focus; what it says of our own standing counts. */
  async #asked<Result>(conversation: string, ask: (parts: GroupsParts) => Promise<Result>): Promise<Result> {
    try {
      return await ask(this.#parts)
    } catch (thrown) {
      await this.state.refused(conversation, Fault.from(thrown))
      throw thrown
    }
  }

  async #dataOf({ subject, description, icon, policies, code }: GroupChangeWish): Promise<GroupData[]> {
    const text = (target: GroupData['target'], data: string): GroupData => ({ target, action: data === '' ? 'delete' : 'set', data })
    return [
      ...(subject === undefined ? [] : [text('subject', subject)]),
      ...(description === undefined ? [] : [text('description', description)]),
      ...(icon === undefined ? [] : [text('icon', icon === null ? '' : await this.#iconData(icon.hash))]),
      ...(policies === undefined ? [] : [text('policy', writePolicies(policies))]),
      ...(code === undefined ? [] : [{ target: 'code', action: code === 'new' ? 'set' : 'delete', data: '' } satisfies GroupData]),
    ]
  }

  /** @throws Fault `bad-argument`, `file-too-large`, `bad-type` */
  async #iconData(hash: string): Promise<string> {
    const read = await this.#parts.kept.read(hash, 0, largestIcon)
    if (!read) throw new Fault('bad-argument', { text: 'the picture is not kept here', detail: { field: 'icon' } })
    if (read.size > largestIcon) throw new Fault('file-too-large', { detail: { limit: largestIcon, bytes: read.size } })
    const type = pictureType(read.bytes)
    if (type !== 'image/png' && type !== 'image/jpeg' && type !== 'image/webp') throw new Fault('bad-type', { text: 'no picture for a group' })
    return writeIcon({ contentType: type, body: read.bytes })
  }
}

/** Why somebody cannot be in a group: nobody knows them, nobody answers for them, or they take no messages of groups. */
function obstacleOf({ reach, online, isChatbot, features }: PeerView): FaultView | undefined {
  if (reach === 'none') return { code: 'unknown-recipient' }
  if (reach === 'unknown') return { code: 'no-answer' }
  // Who is away is what it was; of who never answered nothing is known but that the relay knows them.
  const takes = features.includes('groups') || features.includes('pager') || features.includes('group') || (!online && features.length === 0)
  return takes && !isChatbot ? undefined : { code: 'not-acceptable' }
}

/** `sip:conf-…@domain;code=…` @throws Fault `bad-argument` */
function readLink(link: string): { conversation: string; code?: string } {
  try {
    const text = link.trim()
    const code = readUri(text).params.get('code')
    return { conversation: addressOfRecord(text), ...(code !== undefined && code !== '' && { code: decodeURIComponent(code) }) }
  } catch (cause) {
    throw new Fault('bad-argument', { text: 'no link to a group', cause, detail: { field: 'link' } })
  }
}
