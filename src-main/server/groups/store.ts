import type { Clock } from '../../base/clock'
import { Fault } from '../../base/faults'
import type { FaultView } from '../../contract/faults'
import type { Envelope, LaneName } from '../../relay/envelope'
import type { Ledger } from '../../relay/ledger/ledger'
import type { QueueRow } from '../../relay/queue/row'
import type { Document } from './documents'
import type { Asked } from './rules'
import { groupHeader, type Changed, type GroupVerbs, type Spread } from './verbs'

/** The relay, as far as a focus hands it what its verbs have put. */
export interface GroupRelay {
  adopt(rows: readonly QueueRow[]): void
  /** Rows came into the lane that nobody was told of. */
  reread(lane: LaneName): void
}

export type GroupLedger = Ledger<GroupVerbs>

/**
 * A focus' verbs, with what they put handed to its lanes at once: the order of commits is the order of lanes. Refusals are thrown.
 */
export class GroupStore {
  readonly #ledger: GroupLedger
  readonly #relay: GroupRelay
  readonly #clock: Clock
  readonly #keep: number

  /** @param keep how long a message waits, ms */
  constructor({ ledger, relay, clock, keep }: { ledger: GroupLedger; relay: GroupRelay; clock: Clock; keep: number }) {
    this.#ledger = ledger
    this.#relay = relay
    this.#clock = clock
    this.#keep = keep
  }

  create(group: { address: string; contribution: string | null; subject: string; by: string; name?: string | undefined; members: readonly string[] }): Promise<Changed> {
    return this.#ledger.commit('groups.create', { ...group, ...this.#when() }).then((changed) => this.#hand(allowed(changed)))
  }

  change(group: string, by: string, asked: Asked): Promise<Changed> {
    return this.#ledger.commit('groups.change', { group, by, asked, ...this.#when() }).then((changed) => this.#hand(allowed(changed)))
  }

  /** Resolves when it is kept for everybody. */
  post(envelope: Envelope): Promise<void> {
    return this.#ledger.commit('groups.post', { envelope, now: this.#clock.now() }).then((answer) => {
      const posted = allowed(answer)
      if ('known' in posted) return
      const { version, lanes, seqs } = posted
      this.#adopt({ envelope: { ...envelope, headers: [...envelope.headers, [groupHeader, String(version)]] }, lanes, seqs })
    })
  }

  receipt(envelope: Envelope, about: string[], to: string | undefined): Promise<void> {
    return this.#ledger.commit('groups.receipt', { envelope, about, to }).then((answer) => {
      const { spread } = allowed(answer)
      if (spread) this.#adopt(spread)
    })
  }

  async state(group: string, by: string): Promise<{ version: number; document: Document }> {
    return allowed(await this.#ledger.read('groups.state', { group, by }))
  }

  async audience(group: string, by: string): Promise<string[]> {
    return allowed(await this.#ledger.read('groups.audience', { group, by })).members
  }

  summary(group: string): Promise<{ subject: string; members: string[] }> {
    return this.#ledger.read('groups.summary', { group })
  }

  of(address: string): Promise<{ group: string; isInvited: boolean }[]> {
    return this.#ledger.read('groups.of', { address })
  }

  introduce(address: string, lane: LaneName): Promise<void> {
    return this.#ledger.commit('groups.introduce', { address, lane, ...this.#when() }).then(({ spread }) => spread.forEach((each) => this.#adopt(each)))
  }

  #when(): { now: number; keep: number } {
    return { now: this.#clock.now(), keep: this.#keep }
  }

  #hand({ reread, ...changed }: Changed & { reread: LaneName[] }): Changed {
    for (const spread of changed.spread) this.#adopt(spread)
    for (const lane of reread) this.#relay.reread(lane)
    return changed
  }

  #adopt({ envelope, lanes, seqs }: Spread): void {
    this.#relay.adopt(lanes.flatMap((lane, i) => (seqs[i] ? [{ ...envelope, lane, seq: seqs[i], lanes: 1 }] : [])))
  }
}

function allowed<T extends object>(answer: T | { refused: FaultView }): T {
  if ('refused' in answer) {
    const { code, text, detail } = answer.refused
    throw new Fault(code, { ...(text !== undefined && { text }), ...(detail && { detail }) })
  }
  return answer
}
