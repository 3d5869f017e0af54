import { createHash } from 'node:crypto'
import { DAY, HOUR, SECOND, type Clock } from '../../base/clock'
import { Fault } from '../../base/faults'
import type { Ids } from '../../base/ids'
import type { Log } from '../../base/log'
import { readContactFeatures, type Feature } from '../../rcs/capabilities'
import { dispositions as everyDisposition, type Disposition } from '../../rcs/cpim'
import { imdnMeans } from '../../rcs/imdn'
import { writeComposing, writeReceipt } from '../../rcs/write'
import { flag, type Envelope } from '../../relay/envelope'
import type { Ledger } from '../../relay/ledger/ledger'
import type { LaneLimit, Put, QueueRow, RowKey } from '../../relay/queue/row'
import type { Carrier } from '../../relay/carrier'
import { readParams } from '../../sip/text'
import { addressOfRecord } from '../../sip/uri'
import type { Account, Accounts } from '../accounts'
import type { Deliverer } from '../deliver'
import { accountLane } from '../device'
import type { Domain } from '../domain'
import { unionOfFeatures } from '../options'
import { allReports, report, type Bot } from './bot'
import type { BotContent } from './content'
import { writeBotContent } from './content'
import { eventEnvelope, partsOf, wireOf, type BotEvent } from './events'
import type { BotMessageVerbs, BotReceipt, BotStanding } from './message-verbs'
import type { BotRegistry } from './registry'
import type { RegistryVerbs } from './registry-verbs'

/** How long what a bot has not taken is tried, ms; then it is dead, and can be replayed. */
export const TRIED = 3 * DAY
/** How long what became of a message is known, ms. */
const KNOWN = 30 * DAY
/** How many one message may go to. */
export const MOST_RECIPIENTS = 100
/** What a chatbot can, as a Contact says it (rcs.md 1.2). */
const botFeatures = ';+g.gsma.rcs.isbot;+g.gsma.rcs.botversion="#=1";+g.3gpp.iari-ref="urn%3Aurn-7%3A3gpp-application.ims.iari.rcs.chatbot.sa"'

/** The relay, as far as the gateway hands it work. */
export interface BotRelay {
  attach(lane: string, carrier: Carrier): { detach(): void }
  adopt(rows: readonly QueueRow[]): void
  letGo(rows: readonly RowKey[]): boolean
  reread(lane: string): void
  submit(put: Put): Promise<void>
}

export interface GatewayParts {
  domain: Domain
  accounts: Accounts
  registry: BotRegistry
  ledger: Ledger<RegistryVerbs & BotMessageVerbs>
  relay: BotRelay
  deliverer: Pick<Deliverer, 'now'>
  /** The carrier of a bot's lane. */
  carrier(bot: Bot): Carrier
  /** Tells a bot of what is not stored. */
  tellNow(bot: Bot, event: BotEvent): void
  limit: LaneLimit
  /** How long a message waits, ms. */
  keep: number
  clock: Clock
  ids: Ids
  log: Log
}

/** What a bot sends. */
export interface Outgoing {
  /** The bot's own; sent again under it, it counts once. @default one of ours */
  id?: string | undefined
  /** Addresses, in any spelling of `Gateway.address`. */
  to: readonly string[]
  content: BotContent
  traffic?: string | undefined
  /** Bits of `report` that the bot is told of. @default all of them, but that it was sent */
  reports?: number | undefined
  /** ms since 1970. */
  expiresAt?: number | undefined
  conversation?: string | undefined
  contribution?: string | undefined
  inReplyTo?: string | undefined
  /** By which a repeat is known as the same, where that is not the content as it goes out. */
  said?: unknown
}

export interface Sent {
  id: string
  to: string[]
  conversation: string
  contribution: string
}

const visible = /^[\x21-\x7e]{1,128}$/
const isId = (text: string): boolean => visible.test(text) && !/[<>~"\\]/.test(text)

/** What every dialect comes down to. Whatever it does for a bot, it does in that bot's name only. */
export class Gateway {
  readonly #parts: GatewayParts
  readonly #lanes = new Map<string, { bot: Bot; detach(): void }>()
  #isStopped = false
  /** Messages taken from bots since the start. */
  taken = 0

  constructor(parts: GatewayParts) {
    this.#parts = parts
  }

  async start(): Promise<void> {
    const { registry, accounts } = this.#parts
    registry.events.on('changed', () => void this.#renew())
    accounts.events.on('removed', ({ address }) => this.#leave(address))
    await registry.start()
    await this.#renew()
  }

  stop(): void {
    this.#isStopped = true
    this.#parts.registry.stop()
  }

  async tidy(): Promise<void> {
    await this.#parts.ledger.commit('bots.tidy', { before: this.#parts.clock.now() - KNOWN })
  }

  /** @throws Fault `malformed`, `refused`, `busy`, `quota-reached`, `unknown-recipient`, `mailbox-full`, `not-acceptable` */
  async send(bot: Bot, outgoing: Outgoing): Promise<Sent> {
    const { ledger, relay, limit, clock, ids, log } = this.#parts
    const { id = ids.uuid(), traffic, content, reports = allReports & ~report.sent } = outgoing
    if (!isId(id)) throw new Fault('malformed', { text: 'an id has up to 128 visible letters, without quotes and ~', detail: { field: 'messageId' } })
    if (traffic !== undefined && !/^[\w.-]{1,40}$/.test(traffic)) throw new Fault('malformed', { text: 'a traffic type is one word', detail: { field: 'trafficType' } })
    if (bot.traffic.length && !bot.traffic.includes(traffic ?? '')) {
      throw new Fault('refused', { text: `this bot may send ${bot.traffic.join(', ')} only`, detail: { field: 'trafficType' } })
    }
    const recipients = await this.#recipients(outgoing.to)
    this.#admit(bot)
    const now = clock.now()
    const sent: Sent = { id, to: recipients.map(({ address }) => address), conversation: outgoing.conversation ?? ids.uuid(), contribution: outgoing.contribution ?? ids.uuid() }
    const puts = recipients.map((account, n) => {
      const wire = wireOf(id, n, recipients.length)
      return { wire, recipient: account.address, envelope: this.#envelope(bot, account, wire, outgoing, sent, now), lanes: account.lanes }
    })
    const told = reports & report.sent ? recipients.map(({ address: contact }) => this.#told(bot, { kind: 'status', id, contact, at: now, status: 'sent' }, `sent;${id}`, now)) : []
    const digest = createHash('sha256').update(JSON.stringify([sent.to, outgoing.said ?? content, traffic ?? null])).digest('base64url')
    const answer = await ledger.commit('bots.send', { bot: bot.address, id, digest, puts, limit, perDay: bot.perDay, reports, now, told })
    if ('refused' in answer) throw Fault.of(answer.refused)
    relay.adopt(answer.rows)
    if (!answer.again) this.taken += puts.length
    log.debug({ bot: bot.address, id, recipients: puts.length, again: answer.again }, 'message of a bot taken')
    return sent
  }

  /** For each of its recipients. @throws Fault `file-gone` when the bot sent no message of that id */
  async status(bot: Bot, id: string): Promise<[BotStanding, ...BotStanding[]]> {
    const [first, ...rest] = await this.#parts.ledger.read('bots.status', { bot: bot.address, id })
    if (!first) throw unknownMessage(id)
    return [first, ...rest]
  }

  /** Takes a message back from those who have not got it; the bot is told of each. @throws Fault `file-gone` */
  async revoke(bot: Bot, id: string): Promise<{ done: string[]; late: string[] }> {
    const { ledger, relay, clock, log } = this.#parts
    const waiting = await ledger.read('bots.waiting', { bot: bot.address, id })
    if (!waiting.length) throw unknownMessage(id)
    const rows = waiting.flatMap((each) => each.rows)
    const now = clock.now()
    const event = (contact: string, isOk: boolean) => this.#told(bot, { kind: 'revoked', id, contact, at: now, isOk }, `revoked;${id}`, now)
    // What is on its way to a device cannot be taken back.
    const told = waiting.flatMap(({ wire, recipient }) => [true, false].map((isOk) => ({ ...event(recipient, isOk), wire, isOk })))
    if (!relay.letGo(rows)) {
      await Promise.all(told.filter(({ isOk, isTold }) => isTold && !isOk).map(({ put }) => relay.submit(put)))
      return { done: [], late: waiting.map(({ recipient }) => recipient) }
    }
    const answer = await ledger.commit('bots.revoke', { bot: bot.address, id, told, now })
    relay.adopt(answer.rows)
    // Lanes that had let go of rows that stay.
    if (answer.late.length) for (const { lane } of rows) relay.reread(lane)
    log.debug({ bot: bot.address, id, done: answer.done.length, late: answer.late.length }, 'a bot revoked a message')
    return { done: answer.done, late: answer.late }
  }

  /** RFC 3994: somebody at the bot is writing, or has stopped; never stored. False when nobody is there. */
  async typing(bot: Bot, to: string, isActive: boolean): Promise<boolean> {
    const { deliverer, clock, ids } = this.#parts
    const [account] = await this.#recipients([to])
    this.#admit(bot)
    const now = clock.now()
    const written = writeComposing({ from: bot.address, to: account.address, sentAt: now, composing: { state: isActive ? 'active' : 'idle', contentType: 'text/plain', refresh: 60 } })
    return deliverer.now({ ...this.#frame(bot, account, ids.token(), now, now + SECOND), ...written, headers: [['Expires', '0']], flags: 0 }, account)
  }

  /** The bot has shown what a person sent it (RFC 5438 7.2.1). @throws Fault `file-gone` */
  async displayed(bot: Bot, id: string): Promise<void> {
    const { ledger, relay, accounts, clock, keep } = this.#parts
    const senders = await ledger.read('bots.heardFrom', { bot: bot.address, id })
    if (!senders.length) throw unknownMessage(id)
    const now = clock.now()
    for (const address of senders) {
      const account = accounts.find(address)
      if (!account) continue
      const frame = this.#frame(bot, account, `displayed;${id}`, now, now + keep)
      const imdn = { messageId: id, datetime: now, recipientUri: bot.address, kind: 'display', status: 'displayed' } as const
      await relay.submit({ envelope: { ...frame, ...writeReceipt({ from: bot.address, to: address, sentAt: now, id: frame.id, imdn }), headers: [], flags: flag.receipt }, lanes: account.lanes })
    }
  }

  /** What a contact's devices can. @throws Fault `unknown-recipient` */
  async capabilities(bot: Bot, contact: string): Promise<{ address: string; isOnline: boolean; features: ReadonlySet<Feature>; botVersions: number[] }> {
    const [account] = await this.#recipients([contact])
    this.#admit(bot)
    const { features, botVersions } = readContactFeatures(readParams(unionOfFeatures(account), 0))
    return { address: account.address, isOnline: account.online, features, botVersions }
  }

  /** What a bot says of itself, as JSON that was checked; answers its version. */
  async say(bot: Bot, what: 'info' | 'menu', value: object): Promise<number> {
    return (await this.#parts.ledger.commit('bots.say', { bot: bot.address, what, json: JSON.stringify(value), at: this.#parts.clock.now() })).version
  }

  async said(bot: Bot, what: 'info' | 'menu'): Promise<{ version: number; value: unknown; changedAt: number } | undefined> {
    const said = await this.#parts.ledger.read('bots.said', { bot: bot.address, what })
    return said ? { version: said.version, value: JSON.parse(said.json), changedAt: said.changedAt } : undefined
  }

  /** Puts an event of the gateway's own into the bot's lane. */
  async tell(bot: Bot, event: Extract<BotEvent, { kind: 'file' }>): Promise<void> {
    const { put, isTold } = this.#told(bot, event, `file;${event.id}`, this.#parts.clock.now())
    if (isTold) await this.#parts.relay.submit(put)
  }

  /** As a bot writes an address: `+86…`, `tel:+86…`, `sip:…`, `lan` or `lan@office.example`. @throws Fault `malformed` */
  address(contact: string): string {
    const { domain } = this.#parts
    const text = contact.trim()
    if (/^\+\d{3,15}$/.test(text)) return domain.local(`tel:${text}`)
    if (text.startsWith('tel:')) return domain.local(addressOfRecord(text))
    return domain.addressOf(text)
  }

  /** As it is written to bots: a telephone number where it is one. */
  contact(address: string): string {
    return /^sip:(\+\d{3,15})@/.exec(address)?.[1] ?? address
  }

  /** The same as a URI: `tel:` or `sip:`. */
  uri(address: string): string {
    const contact = this.contact(address)
    return contact.startsWith('+') ? `tel:${contact}` : contact
  }

  /** A bot that says who it is must be that one. @throws Fault `not-yourself` */
  mustBe(bot: Bot, sender: string | undefined): void {
    if (sender !== undefined && this.address(sender) !== bot.address) throw new Fault('not-yourself', { text: 'senderAddress is of another bot', detail: { field: 'senderAddress' } })
  }

  #admit(bot: Bot): void {
    const wait = this.#parts.registry.wait(bot)
    if (wait) throw new Fault('busy', { text: `this bot may send ${bot.perSecond} messages a second`, detail: { limit: bot.perSecond, retryAfter: Math.ceil(wait / SECOND) } })
  }

  async #recipients(contacts: readonly string[]): Promise<[Account, ...Account[]]> {
    const { accounts, domain, registry } = this.#parts
    if (!contacts.length || contacts.length > MOST_RECIPIENTS) throw new Fault('malformed', { text: `1 to ${MOST_RECIPIENTS} recipients` })
    const addresses = new Set(contacts.map((contact) => this.address(contact)))
    const found = await Promise.all([...addresses].map(async (address) => {
      const account = domain.has(address) ? await accounts.findNow(address) : undefined
      if (!account || registry.find(address)) throw new Fault('unknown-recipient', { text: `${this.contact(address)} is not known here` })
      return account
    }))
    return found as [Account, ...Account[]]
  }

  #frame(bot: Bot, account: Account, id: string, now: number, expiresAt: number): Pick<Envelope, 'id' | 'from' | 'to' | 'conversation' | 'sentAt' | 'expiresAt'> {
    return { id, from: bot.address, to: account.address, conversation: bot.address, sentAt: now, expiresAt }
  }

  #envelope(bot: Bot, account: Account, wire: string, { content, traffic, expiresAt = Infinity, inReplyTo }: Outgoing, { conversation, contribution }: Sent, now: number): Envelope {
    const { keep } = this.#parts
    const asked: Disposition[] = everyDisposition.filter((each) => each !== 'processing')
    const written = writeBotContent(content, { from: bot.address, to: account.address, id: wire, sentAt: now, dispositions: asked, traffic })
    const headers: [string, string][] = [['Conversation-ID', conversation], ['Contribution-ID', contribution], ...(inReplyTo === undefined ? [] : [['InReplyTo-Contribution-ID', inReplyTo] as [string, string]])]
    for (const [name, value] of headers) if (!visible.test(value)) throw new Fault('malformed', { text: `${name} has up to 128 visible letters` })
    return { ...this.#frame(bot, account, wire, now, Math.max(now, Math.min(expiresAt, now + keep))), ...written, headers, flags: flag.wantsFailure }
  }

  #told(bot: Bot, event: BotEvent, id: string, now: number): { put: Put; isTold: boolean } {
    const envelope = eventEnvelope(event, { bot: bot.address, id, now, keep: TRIED })
    return { put: { envelope, lanes: [accountLane(bot.address)] }, isTold: bot.webhook !== null }
  }

  /** What comes for a bot: what it says of the bot's messages is kept in the same commit. */
  async #hear(bot: Bot, { envelope, lanes }: Put): Promise<void> {
    const { ledger, relay, limit, clock } = this.#parts
    const now = clock.now()
    const isReceipt = Boolean(envelope.flags & flag.receipt)
    const receipts = isReceipt ? receiptsOf(envelope, now) : []
    const put = { envelope: { ...envelope, expiresAt: Math.min(envelope.expiresAt, now + TRIED) }, lanes }
    const { isFull, rows } = await ledger.commit('bots.hear', { put, limit, isTold: bot.webhook !== null, receipts, heard: isReceipt ? null : { at: now } })
    if (isFull) throw new Fault('mailbox-full', { text: `too much waits for ${bot.address}` })
    relay.adopt(rows)
  }

  #now(bot: Bot, envelope: Envelope): boolean {
    if (bot.webhook === null) return false
    for (const part of partsOf(envelope)) {
      if (part.kind === 'composing') this.#parts.tellNow(bot, { kind: 'typing', contact: envelope.from, at: envelope.sentAt, isActive: part.composing.state === 'active' })
    }
    return true
  }

  /** Every bot gets its carrier, and its account somebody who answers for it. */
  async #renew(): Promise<void> {
    const { registry, accounts, relay, carrier } = this.#parts
    if (this.#isStopped) return
    for (const address of this.#lanes.keys()) if (!registry.find(address)) this.#leave(address)
    for (const bot of registry.all()) {
      const known = this.#lanes.get(bot.address)
      const lane = accountLane(bot.address)
      if (known && JSON.stringify(known.bot) === JSON.stringify(bot)) {
        // Somebody may have put into it what was dead.
        relay.reread(lane)
        continue
      }
      const account = await accounts.findNow(bot.address)
      if (!account || this.#isStopped) continue
      account.inbox = { features: botFeatures, submit: (put) => this.#hear(bot, put), now: (envelope) => this.#now(bot, envelope) }
      known?.detach()
      this.#lanes.set(bot.address, { bot, detach: bot.webhook === null ? () => {} : (({ detach }) => () => detach())(relay.attach(lane, carrier(bot))) })
    }
  }

  #leave(address: string): void {
    this.#lanes.get(address)?.detach()
    this.#lanes.delete(address)
    const account = this.#parts.accounts.find(address)
    if (account) account.inbox = undefined
  }
}

function receiptsOf(envelope: Envelope, now: number): BotReceipt[] {
  return partsOf(envelope).flatMap((part) => {
    const status = part.kind === 'imdn' ? imdnMeans(part.imdn) : undefined
    if (part.kind !== 'imdn' || !status) return []
    // Who is wrong about the time is not believed to come from the future.
    return [{ wire: part.imdn.messageId, status, at: Math.min(part.imdn.datetime ?? now, now + HOUR), reason: part.imdn.reason?.text }]
  })
}

const unknownMessage = (id: string): Fault => new Fault('file-gone', { text: `there is no message ${id}` })
