import { backoff } from '../base/backoff'
import { MINUTE, SECOND, type Clock, type Timer } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import type { KeptFiles } from '../content/kept-files'
import { pictureType } from '../content/sniff'
import type { GroupSummary } from '../contract/group'
import type { GroupCalls } from '../network/groups'
import type { ConferenceInfo } from '../rcs/conference-info'
import type { GroupApplied, GroupDocument } from '../relay/journal/groups'
import { addressOfRecord } from '../sip/uri'
import type { Arrived } from './incoming'
import type { ClientLedger } from './journal'

/** When a state that was not to be had is asked for again. */
const waits = { first: 2 * SECOND, longest: 5 * MINUTE }
/** The largest picture of a group that is kept, bytes; a focus of ours has 16 KB. */
const largestIcon = 64 * 1024

export interface GroupStateParts {
  account: string
  ledger: ClientLedger
  kept: KeptFiles
  calls: Pick<GroupCalls, 'fetch'>
  clock: Clock
  random: () => number
  log: Log
  /** The journal's number has become `n`. */
  grew(n: number): void
  /** The group's view or roster is another. */
  changed(conversation: string): void
  /** Somebody invited us. */
  arrived(message: Arrived): void
}

/** Keeps what focuses tell of their groups, and asks for it where something is missing: once at a time for each group. */
export class GroupState {
  readonly #parts: GroupStateParts
  /** Groups that are asked for, or wait to be. */
  readonly #asking = new Map<string, { tries: number; timer?: Timer }>()
  #isOnline = false

  constructor(parts: GroupStateParts) {
    this.#parts = parts
  }

  /** The link is there, or there anew: what was missing is asked for. */
  online(): void {
    this.#isOnline = true
    this.#parts.ledger.read('journal.groupsBehind', null).then(
      (all) => all.forEach((conversation) => this.behind(conversation)),
      (thrown: unknown) => this.#parts.log.warn({ fault: Fault.from(thrown).view() }, 'which groups are behind is not known'),
    )
  }

  offline(): void {
    this.#isOnline = false
    for (const { timer } of this.#asking.values()) timer?.cancel()
    this.#asking.clear()
  }

  /** @param after how long what is missing may still come by itself, ms. @default 0 */
  behind(conversation: string, after = 0): void {
    if (!this.#isOnline || this.#asking.has(conversation)) return
    const asking: { tries: number; timer?: Timer } = { tries: 0 }
    this.#asking.set(conversation, asking)
    if (after > 0) asking.timer = this.#parts.clock.after(after, () => void this.#ask(conversation, asking))
    else void this.#ask(conversation, asking)
  }

  /** A document came; resolves when it is kept. @throws Fault `malformed`, and what the disk has against it */
  async take(conversation: string, info: ConferenceInfo): Promise<GroupApplied> {
    const { ledger, clock, account, grew, changed, arrived } = this.#parts
    // Without a picture it is submitted in one go: as all that comes in, in the order in which it came.
    const icon = info.icon && (await this.#keep(info.icon))
    const document = documentOf(conversation, info, icon)
    const applied = await ledger.commit('journal.group', { document, self: account, now: clock.now() })
    grew(applied.n)
    if (applied.outcome === 'gap') this.behind(conversation)
    changed(conversation)
    const { group, was, place } = applied
    if (group.state === 'invited' && was !== 'invited') {
      // Who was away when it happened is not told by whom.
      const by = group.invitedBy ?? conversation
      arrived({ conversation, place: place ?? 0, content: { kind: 'group', change: { what: 'invited', by, of: [account] } }, from: by })
    }
    return applied
  }

  /** A focus refused as it does to those who are out; answers whether that is what it said. */
  async refused(conversation: string, fault: Fault): Promise<boolean> {
    const { ledger, clock, grew, changed } = this.#parts
    const state = fault.code === 'not-member' ? 'removed' : fault.code === 'group-gone' || fault.code === 'unknown-recipient' ? 'gone' : undefined
    if (!state || !(await ledger.read('journal.groupView', { conversation }))) return false
    grew((await ledger.commit('journal.groupOut', { conversation, state, now: clock.now() })).n)
    changed(conversation)
    return true
  }

  async #ask(conversation: string, asking: { tries: number; timer?: Timer }): Promise<void> {
    const { ledger, calls, clock, random, log } = this.#parts
    delete asking.timer
    try {
      if (!(await ledger.read('journal.groupsBehind', null)).includes(conversation)) return this.#done(conversation, asking)
      const { outcome } = await this.take(conversation, await calls.fetch(conversation))
      if (outcome !== 'gap') return this.#done(conversation, asking)
    } catch (thrown) {
      const fault = Fault.from(thrown)
      log.info({ fault: fault.view(), conversation }, 'the state of a group did not come')
      if (fault.code === 'closed' || (await this.refused(conversation, fault).catch(() => false))) return this.#done(conversation, asking)
    }
    if (this.#asking.get(conversation) !== asking) return
    asking.timer = clock.after(backoff(++asking.tries, random(), waits), () => void this.#ask(conversation, asking))
  }

  #done(conversation: string, asking: object): void {
    if (this.#asking.get(conversation) === asking) this.#asking.delete(conversation)
  }

  /** What is no picture that may be drawn is none. */
  async #keep({ body }: NonNullable<ConferenceInfo['icon']>): Promise<GroupSummary['icon'] | null> {
    const contentType = pictureType(body)
    if (!contentType || body.length > largestIcon) return null
    const file = this.#parts.kept.newFile()
    await file.write(body)
    const { hash } = await file.finish()
    await this.#parts.kept.settle()
    return { hash, contentType }
  }
}

/** With addresses of record. */
function documentOf(conversation: string, { entity: _, icon: __, users, change, ...info }: ConferenceInfo, icon: GroupDocument['icon']): GroupDocument {
  return {
    ...info, conversation,
    users: users.map((user) => ({ ...user, entity: addressOfRecord(user.entity) })),
    ...(change && { change: { ...change, by: addressOfRecord(change.by), ...(change.of && { of: change.of.map(addressOfRecord) }) } }),
    ...(icon !== undefined && { icon }),
  }
}
