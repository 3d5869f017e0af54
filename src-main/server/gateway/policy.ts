import type { Clock } from '../../base/clock'
import type { Ids } from '../../base/ids'
import type { FaultView } from '../../contract/faults'
import { peekCpim } from '../../rcs/cpim'
import { writeReceipt } from '../../rcs/write'
import { flag, type Envelope } from '../../relay/envelope'
import type { Put, QueueRow, RowKey } from '../../relay/queue/row'
import type { Accounts } from '../accounts'
import { accountLane } from '../device'
import type { BotMessageVerbs } from './message-verbs'
import type { BotRegistry } from './registry'

type ArgsOf<K extends keyof BotMessageVerbs> = Parameters<BotMessageVerbs[K]>[1]
export type BotSettled = { verb: 'bots.taken'; args: ArgsOf<'bots.taken'> } | { verb: 'bots.fail'; args: ArgsOf<'bots.fail'> }

export interface BotPolicyParts {
  registry: BotRegistry
  accounts: Accounts
  clock: Clock
  ids: Ids
  /** How long what a relay itself says is kept, ms. */
  keep: number
}

const keyOf = ({ seq, lane, from, id, lanes }: QueueRow): RowKey => ({ seq, lane, from, id, lanes })
const notSaid = flag.receipt | flag.copy | flag.tombstone

/** What is committed when a row leaves a bot's lane, or one that a bot sent leaves another's. */
export class BotPolicy {
  readonly #parts: BotPolicyParts

  constructor(parts: BotPolicyParts) {
    this.#parts = parts
  }

  /** The bot took it: no device of its own says so, so the relay does where the sender asked (RFC 5438 7.2.1). */
  taken(row: QueueRow): BotSettled | undefined {
    const { registry, accounts } = this.#parts
    if (row.lane !== accountLane(row.to) || !registry.find(row.to) || row.flags & notSaid) return undefined
    const sender = accounts.find(row.from)
    const envelope = sender && this.#delivered(row)
    return envelope && { verb: 'bots.taken', args: { row: keyOf(row), receipt: { envelope, lanes: sender.lanes } } }
  }

  /** @param receipt that it failed, for its sender */
  failed(row: QueueRow, fault: FaultView, receipt: Put | undefined, more: Put[]): BotSettled | undefined {
    const { registry, clock } = this.#parts
    const from = registry.find(row.from)
    const isDead = row.lane === accountLane(row.to) && registry.find(row.to) !== undefined
    if (!from && !isDead) return undefined
    const at = clock.now()
    return { verb: 'bots.fail', args: {
      row: keyOf(row), more,
      ...(receipt && { receipt: { put: receipt, isTold: !from || from.webhook !== null } }),
      ...(from && { of: { at, reason: fault.text ?? fault.code } }),
      ...(isDead && { dead: { row, fault, at } }),
    } }
  }

  #delivered(row: QueueRow): Envelope | undefined {
    const { clock, ids, keep } = this.#parts
    if (!wantsDelivered(row)) return undefined
    const [now, id] = [clock.now(), ids.token()]
    const written = writeReceipt({
      from: row.to, to: row.from, sentAt: now, id, imdn: { messageId: row.id, datetime: now, recipientUri: row.to, kind: 'delivery', status: 'delivered' },
    })
    return { id, ...written, from: row.to, to: row.from, conversation: row.to, headers: [], sentAt: now, expiresAt: now + keep, flags: flag.receipt }
  }
}

function wantsDelivered({ contentType, body, headers }: QueueRow): boolean {
  if (!/^message\/cpim/i.test(contentType) || headers.some(([name]) => name.toLowerCase() === 'content-encoding')) return false
  try {
    return peekCpim(body).dispositions.has('positive-delivery')
  } catch {
    return false
  }
}
