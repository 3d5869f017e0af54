import { DAY, HOUR } from '../../base/clock'
import { Fault } from '../../base/faults'
import type { FaultView } from '../../contract/faults'
import { flag, type Envelope, type LaneName } from '../../relay/envelope'
import { fullState, partialState, written, type Document } from './documents'
import { joined, mostMembers, type Group, type Step } from './group'
import { lanesOf } from './lanes'
import { applyStep, findGroup, groupOfContribution, groupsOf, insertGroup, type GroupsDb } from './rows'
import { decide, mayHear, mayPost, mustBeIn, type Asked } from './rules'

/** The queue, as far as a group writes into it within its own transactions. */
export interface GroupQueue {
  keepPayload(db: never, envelope: Envelope, how: { now: number; until: number; isHistory: boolean }): { payload: number; isNew: boolean }
  putShared(db: never, kept: Pick<Envelope, 'id' | 'from' | 'to' | 'conversation' | 'sentAt' | 'flags'> & { payload: number; expiresAt: number }, lanes: readonly LaneName[]): number[]
  putRow(db: never, put: { envelope: Envelope; lanes: readonly LaneName[] }): number[]
  historyOf(db: never, recipient: string, since: number, most: number): (Pick<Envelope, 'id' | 'from' | 'sentAt' | 'flags'> & { payload: number })[]
}

/** An envelope that was put: `seqs` for `lanes`, 0 where it was not. */
export interface Spread {
  envelope: Envelope
  lanes: LaneName[]
  seqs: number[]
}

type Refused = { refused: FaultView }

/** What a change made, for whoever tells devices that keep no log of the group. */
export interface Changed {
  group: string
  /** One for each new version, in order. */
  versions: { version: number; step: Step; document: Document }[]
  spread: Spread[]
  leftOut: string[]
}

/** A newcomer is given what was said this long before, ms, and this much of it at most, as far as the group shared its history then. */
const history = { for: 30 * DAY, most: 2_000 }
/** How long a message is known by its identity when nobody waits for it any more, ms: it may be said again. */
const repeats = HOUR
/** Typing goes to the members of groups up to this size. */
const mostTold = 100

/** Names the version of the roster with what goes round in a group. Only the relay writes it. */
export const groupHeader = 'Yanxin-Group'

const gone = (address: string): Fault => new Fault('group-gone', { text: `${address} is no group here` })

/**
 * The group, and what the rule makes of it; what a rule throws is an answer. Nothing is written within: what a write throws has to end
 * the transaction.
 */
function ruled<Ruling>(db: GroupsDb, address: string, rule: (group: Group) => Ruling): Refused | { group: Group; ruling: Ruling } {
  try {
    const group = findGroup(db, address)
    if (!group) throw gone(address)
    return { group, ruling: rule(group) }
  } catch (thrown) {
    if (thrown instanceof Fault) return { refused: thrown.view() }
    throw thrown
  }
}

/** Who said it, as long as it is remembered. */
const authorOf = (db: GroupsDb, group: string, id: string): string | undefined =>
  db.get<{ sender: string }>('SELECT sender FROM payloads WHERE recipient = ? AND id = ? AND sender <> recipient', group, id)?.sender

/** Each is one transaction with the rule in it: who may, what changes, and every row that tells of it. Repeats change nothing. */
export function groupVerbs(queue: GroupQueue) {
  const put = (db: GroupsDb, envelope: Envelope, lanes: LaneName[], now: number): Spread => {
    const { payload } = queue.keepPayload(db as never, envelope, { now, until: now + repeats, isHistory: false })
    return { envelope, lanes, seqs: queue.putShared(db as never, { ...envelope, payload }, lanes) }
  }

  /** A document of the group as it goes round in it. */
  const documentEnvelope = (group: Group, id: string, { contentType, headers, body }: Document, now: number, keep: number): Envelope => ({
    id, from: group.address, to: group.address, conversation: group.address, contentType, body,
    headers: [...headers, [groupHeader, String(group.version)]], sentAt: now, expiresAt: now + keep, flags: flag.group,
  })

  /** What was said before goes to who has just come. */
  const shareHistory = (db: GroupsDb, group: Group, lanes: LaneName[], now: number, keep: number): void => {
    for (const kept of queue.historyOf(db as never, group.address, now - history.for, history.most)) {
      queue.putShared(db as never, { ...kept, to: group.address, conversation: group.address, expiresAt: now + keep }, lanes)
    }
  }

  /** Applies a step and puts what tells of it: the change to who was in, the whole state to who came. */
  const take = (db: GroupsDb, group: Group, step: Step, { now, keep }: When): { spread: Spread[]; document: Document; reread: LaneName[] } => {
    const newcomers = step.members.filter(({ address, to }) => to !== 'out' && group.members.get(address)?.state !== to).map(({ address }) => address)
    const told = new Set<string>()
    for (const { address } of joined(group)) told.add(address)
    for (const { address, to } of step.members) if (to === 'out') told.add(address)
    if (step.facts.isGone) for (const address of group.members.keys()) told.add(address)
    applyStep(db, group, step, now)
    for (const address of newcomers) told.delete(address)
    const lanesTo = (addresses: Iterable<string>): LaneName[] => Array.from(addresses, (address) => lanesOf(db, address)?.changes ?? []).flat()
    const document = written(partialState(group, step, now))
    const spread = [put(db, documentEnvelope(group, `v${group.version}`, document, now, keep), lanesTo(told), now)]
    const arrived = lanesTo(newcomers)
    if (arrived.length) {
      const whole = written(fullState(group, { ...step.change, at: now }))
      spread.push(put(db, documentEnvelope(group, `v${group.version};full`, whole, now, keep), arrived, now))
    }
    const heirs = group.policies.history === 'shared' ? newcomers.filter((address) => group.members.get(address)?.state === 'joined') : []
    const reread = heirs.flatMap((address) => lanesOf(db, address)?.all ?? [])
    if (reread.length) shareHistory(db, group, reread, now, keep)
    return { spread: spread.filter(({ lanes }) => lanes.length > 0), document, reread }
  }

  const takeAll = (db: GroupsDb, group: Group, steps: readonly Step[], leftOut: string[], when: When): Changed & { reread: LaneName[] } => {
    const changed: Changed & { reread: LaneName[] } = { group: group.address, versions: [], spread: [], leftOut, reread: [] }
    for (const step of steps) {
      const { spread, document, reread } = take(db, group, step, when)
      changed.versions.push({ version: group.version, step, document })
      changed.spread.push(...spread)
      // What was put beside the spread is read from the queue.
      changed.reread.push(...reread)
    }
    return changed
  }

  const known = (db: GroupsDb, addresses: readonly string[]) => {
    const { known: found = [], leftOut = [] } = Object.groupBy(new Set(addresses), (address) => (lanesOf(db, address) ? 'known' : 'leftOut'))
    return { known: found, leftOut }
  }

  return {
    /** A group with its maker as admin; the same `contribution` answers the group that it made. */
    'groups.create': (db: GroupsDb, { address, contribution, subject, by, name, members, ...when }: When & {
      /** Of the group, if it is to be made. */
      address: string
      contribution: string | null
      subject: string
      by: string
      name?: string | undefined
      members: readonly string[]
    }): Refused | (Changed & { reread: LaneName[] }) => {
      const before = contribution === null ? undefined : groupOfContribution(db, contribution)
      const { known: found, leftOut } = known(db, members.filter((member) => member !== by))
      if (before !== undefined) {
        const group = findGroup(db, before)!
        // Somebody else's number for it says nothing of theirs.
        if (!group.members.has(by)) return { refused: gone(before).view() }
        return { group: before, versions: [], spread: [], leftOut, reread: [] }
      }
      if (found.length + 1 > mostMembers) return { refused: new Fault('group-full', { text: 'too many members', detail: { limit: mostMembers } }).view() }
      const group = insertGroup(db, { address, contribution, subject, at: when.now })
      return takeAll(db, group, [{
        change: { what: 'created', by, text: subject, ...(found.length > 0 && { of: found }) }, facts: { subject },
        members: [
          { address: by, to: 'joined', role: 'admin', name },
          ...found.map((member) => ({ address: member, to: 'invited' as const, role: 'member' as const })),
        ],
      }], leftOut, when)
    },

    'groups.change': (db: GroupsDb, { group: address, by, asked, ...when }: When & { group: string; by: string; asked: Asked }): Refused | (Changed & { reread: LaneName[] }) => {
      const { known: of, leftOut } = asked.do === 'invite' ? known(db, asked.of) : { known: [], leftOut: [] }
      const allowed = ruled(db, address, (group) => decide(group, by, asked.do === 'invite' ? { do: 'invite', of } : asked))
      return 'refused' in allowed ? allowed : takeAll(db, allowed.group, allowed.ruling, leftOut, when)
    },

    /** What a member says, to every other member and the changes' devices of its own; `known` when it was said before. */
    'groups.post': (db: GroupsDb, { envelope: said, now }: { envelope: Envelope; now: number }): Refused | { known: true } | { version: number; lanes: LaneName[]; seqs: number[] } => {
      const allowed = ruled(db, said.to, (group) => mayPost(group, said.from))
      if ('refused' in allowed) return allowed
      const { group } = allowed
      const envelope: Envelope = { ...said, headers: [...said.headers, [groupHeader, String(group.version)]] }
      const isHistory = group.policies.history === 'shared'
      const { payload, isNew } = queue.keepPayload(db as never, envelope, { now, until: now + (isHistory ? history.for : repeats), isHistory })
      if (!isNew) return { known: true }
      const lanes: LaneName[] = []
      for (const { address } of joined(group)) {
        const own = lanesOf(db, address)
        if (own) lanes.push(...(address === said.from ? own.changes : own.all))
      }
      return { version: group.version, lanes, seqs: queue.putShared(db as never, { ...envelope, payload }, lanes) }
    },

    /**
     * A receipt of one member for what others said, to them alone. Whose message it is, is known by its id; of one that is not
     * remembered any more, `to` says so. Nothing when it is for nobody.
     */
    'groups.receipt': (db: GroupsDb, { envelope: said, about, to }: { envelope: Envelope; about: readonly string[]; to: string | undefined }): Refused | { spread: Spread | null } => {
      const allowed = ruled(db, said.to, (group) => mustBeIn(group, said.from))
      if ('refused' in allowed) return allowed
      const { group } = allowed
      const authors = new Set(about.map((id) => authorOf(db, said.to, id) ?? to))
      const lanes = Array.from(authors, (author) => {
        if (author === undefined || author === said.from || group.members.get(author)?.state !== 'joined') return []
        return lanesOf(db, author)?.all ?? []
      }).flat()
      if (!lanes.length) return { spread: null }
      const envelope: Envelope = { ...said, headers: [...said.headers, [groupHeader, String(group.version)]] }
      return { spread: { envelope, lanes, seqs: queue.putRow(db as never, { envelope, lanes }) } }
    },

    /** The whole state, for who subscribes. Reads only. */
    'groups.state': (db: GroupsDb, { group: address, by }: { group: string; by: string }): Refused | { version: number; document: Document } => {
      const allowed = ruled(db, address, (group) => mayHear(group, by))
      return 'refused' in allowed ? allowed : { version: allowed.group.version, document: written(fullState(allowed.group)) }
    },

    /** What an invitation tells. Reads only. */
    'groups.summary': (db: GroupsDb, { group: address }: { group: string }): { subject: string; members: string[] } => {
      const group = findGroup(db, address)
      return { subject: group?.subject ?? '', members: group ? Array.from(joined(group), (member) => member.address) : [] }
    },

    /** Whom a member's typing is told; nobody in a large group. Reads only. */
    'groups.audience': (db: GroupsDb, { group: address, by }: { group: string; by: string }): Refused | { members: string[] } => {
      const allowed = ruled(db, address, (group) => mayPost(group, by))
      if ('refused' in allowed) return allowed
      const { group } = allowed
      return { members: group.members.size > mostTold ? [] : Array.from(joined(group), (member) => member.address).filter((member) => member !== by) }
    },

    /** A device that takes changes is new: it is told the groups of its account as they are now. */
    'groups.introduce': (db: GroupsDb, { address, lane, ...when }: When & { address: string; lane: LaneName }): { spread: Spread[] } => ({
      spread: groupsOf(db, address).map((group) => {
        const { now, keep } = when
        return put(db, documentEnvelope(group, `v${group.version};state`, written(fullState(group)), now, keep), [lane], now)
      }),
    }),

    /** The groups that an account is in, or is invited to. Reads only. */
    'groups.of': (db: GroupsDb, { address }: { address: string }): { group: string; isInvited: boolean }[] =>
      groupsOf(db, address).map((group) => ({ group: group.address, isInvited: group.members.get(address)?.state === 'invited' })),
  }
}

/** When it happens, and how long what tells of it waits, ms. */
interface When {
  now: number
  keep: number
}

export type GroupVerbs = ReturnType<typeof groupVerbs>
