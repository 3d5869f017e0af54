import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import { flag, type Envelope } from '../relay/envelope'
import type { Put } from '../relay/queue/row'
import type { Incoming } from '../sip/incoming'
import type { SipRequest } from '../sip/message'
import { addressOfRecord } from '../sip/uri'
import type { Account, Accounts } from './accounts'
import { copyOfSent } from './copies'
import type { Deliverer } from './deliver'
import type { Domain } from './domain'
import { readIncoming } from './incoming-message'
import { maxLarge } from './large/limits'
import type { RelayPart } from './parts'
import type { Peer } from './peer'
import type { Senders } from './sender'

/** How many messages may wait for their commit at once; more are asked to come again. */
const mostPending = 10_000

export interface MessagesOptions {
  domain: Domain
  accounts: Accounts
  senders: Senders
  relay: RelayPart
  deliverer: Deliverer
  /** Serves what goes to a group. */
  groups?: GroupsPart | undefined
  /** How long a message waits, ms. */
  keep: number
  clock: Clock
  log: Log
}

/** The focus, as far as messages are handed to it. */
export interface GroupsPart {
  /** Whether an address is one of its own. */
  owns(address: string): boolean
  message(incoming: Incoming, sender: Account, group: string): Promise<void>
}

/** RFC 3428: who sent a MESSAGE, to whom it goes, and that it is kept before it is answered. */
export class Messages {
  readonly #options: MessagesOptions
  #pending = 0
  /** Messages, receipts among them, and what is not kept, since the start: for whoever watches. */
  taken = 0
  receiptsTaken = 0
  transientTaken = 0

  constructor(options: MessagesOptions) {
    this.#options = options
  }

  get pending(): number {
    return this.#pending
  }

  /**
   * Serves one MESSAGE. What every message goes through runs without waiting until it is submitted.
   * @throws Fault, which is the answer
   */
  handle(incoming: Incoming, peer: Peer): Promise<void> | undefined {
    const sender = this.#options.senders.trusted(incoming, peer)
    return sender ? this.#route(incoming, peer, sender) : this.#handleUnproven(incoming, peer)
  }

  async #handleUnproven(incoming: Incoming, peer: Peer): Promise<void> {
    const sender = await this.#options.senders.prove(incoming, peer)
    if (sender) await this.#route(incoming, peer, sender)
  }

  #route(incoming: Incoming, peer: Peer, sender: Account): Promise<void> | undefined {
    const { domain, accounts } = this.#options
    const to = domain.local(addressOfRecord(incoming.request.uri))
    const recipient = accounts.find(to)
    return recipient ? this.#take(incoming, peer, sender, recipient) : this.#takeForNew(incoming, peer, sender, to)
  }

  async #takeForNew(incoming: Incoming, peer: Peer, sender: Account, to: string): Promise<void> {
    const { domain, accounts, groups } = this.#options
    if (groups?.owns(to)) return groups.message(incoming, sender, to)
    const recipient = domain.has(to) ? await accounts.findNow(to) : undefined
    if (!recipient) throw new Fault('unknown-recipient', { text: `${to} is not known here` })
    await this.#take(incoming, peer, sender, recipient)
  }

  #take(incoming: Incoming, peer: Peer, sender: Account, recipient: Account): Promise<void> | undefined {
    const { domain, deliverer, keep, clock } = this.#options
    const way = { from: sender.address, to: recipient.address, now: clock.now(), domain, keep }
    const { envelope, isTransient } = readIncoming(incoming.request, way)
    if (isTransient) {
      this.transientTaken++
      incoming.reply(deliverer.now(envelope, recipient) ? 200 : 480)
      return undefined
    }
    // RFC 3428 7: 200 says that it goes to a device now, 202 that it is kept for later.
    return this.#keep(envelope, peer, sender, recipient, () => incoming.reply(recipient.online ? 200 : 202))
  }

  /**
   * What came over MSRP, as the MESSAGE that could not carry it; resolves when it is kept.
   * @throws Fault, which is the answer
   */
  async takeLarge(request: SipRequest, peer: Peer, sender: Account, recipient: Account): Promise<void> {
    const { domain, keep, clock } = this.#options
    const way = { from: sender.address, to: recipient.address, now: clock.now(), domain, keep, most: maxLarge }
    const { envelope, isTransient } = readIncoming(request, way)
    if (isTransient) throw new Fault('not-acceptable', { text: 'nothing large is only for now' })
    await this.#keep(envelope, peer, sender, recipient, () => {})
  }

  #keep(envelope: Envelope, peer: Peer, sender: Account, recipient: Account, answer: () => void): Promise<void> {
    const { relay, log } = this.#options
    if (this.#pending >= mostPending) throw new Fault('busy', { text: 'too many messages at once' })
    const put: Put = { envelope, lanes: recipient.lanes }
    const copy = copyOfSent(envelope, sender, peer)
    const to = recipient.inbox ?? relay
    this.#pending++
    const kept: Promise<unknown> = copy ? Promise.all([to.submit(put), relay.submit(copy).catch(unlessFull)]) : to.submit(put)
    return kept.then(() => {
      this.#pending--
      this.taken++
      if (envelope.flags & flag.receipt) this.receiptsTaken++
      answer()
      log.debug({ id: envelope.id, from: envelope.from, to: envelope.to, lanes: put.lanes.length, bytes: envelope.body.length }, 'message taken')
    }, (thrown: unknown) => {
      this.#pending--
      throw thrown
    })
  }
}

/** Devices of the sender's own that have too much waiting do without the copy. */
function unlessFull(thrown: unknown): void {
  if (Fault.from(thrown).code !== 'mailbox-full') throw thrown
}
