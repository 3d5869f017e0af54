import type { Clock, Timer } from '../base/clock'
import { DAY, HOUR, MINUTE, SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import type { Log } from '../base/log'
import type { FaultCode, FaultView } from '../contract/faults'
import { offerIn } from '../msrp/one-message'
import { Dialogs } from '../sip/dialogs'
import type { Endpoint } from '../sip/endpoint'
import type { Incoming } from '../sip/incoming'
import type { Flow } from '../sip/flow'
import { addressOfRecord } from '../sip/uri'
import type { Account, Accounts } from './accounts'
import type { Authentication } from './authentication'
import type { ServerCounts } from './counts'
import { Deliverer } from './deliver'
import type { Device } from './device'
import { accountLane, laneOwner } from './device'
import type { Domain } from './domain'
import { Messages } from './message'
import { allow, answerForServer, answerForUser } from './options'
import { Focus, groupMethods } from './groups/focus'
import { GroupMedia } from './groups/media'
import { LargeGiver } from './large/give'
import { maxLarge, type LargeLine } from './large/limits'
import { LargeTaker } from './large/take'
import type { GroupLedger, GroupRelay } from './groups/store'
import type { RelayPart, ServerLedger } from './parts'
import { addressIn, Peer } from './peer'
import { refuse } from './refusals'
import { Registrar, type ContentServerAt } from './registrar'
import { defaultRules, type Rules } from './rules'
import { Senders } from './sender'
import { Strangers } from './strangers'

/** A connection on which nobody has shown a password is closed after this long in silence, in ms. */
const patience = 2 * MINUTE
const removed: FaultView = { code: 'unknown-recipient', text: 'the recipient was removed' }
const forgotten = (after: number): FaultView =>
  ({ code: 'expired', text: `the device was not seen for ${Math.round(after / DAY)} days` })

export interface ServerParts {
  domain: Domain
  accounts: Accounts
  authentication: Authentication
  ledger: ServerLedger & GroupLedger
  relay: RelayPart & GroupRelay
  endpoint: Endpoint
  ids: Ids
  /** @default defaultRules */
  rules?: Rules
  contentServer?: ContentServerAt | undefined
  /** Where messages come and go that a MESSAGE cannot carry. */
  large?: LargeLine | undefined
  clock: Clock
  log: Log
}

/** What a relay with many accounts offers over SIP, whatever brings its connections: sockets or a pair in memory. */
export class Server {
  readonly #parts: ServerParts
  readonly #domain: Domain
  readonly #authentication: Authentication
  readonly #registrar: Registrar
  readonly #messages: Messages
  readonly #senders: Senders
  /** For who speaks through this server without a connection. */
  readonly deliverer: Pick<Deliverer, 'now'>
  readonly #focus: Focus
  readonly #large: LargeTaker | undefined
  readonly #media: GroupMedia
  readonly #peers = new Map<Flow, Peer>()
  readonly #rules: Rules
  readonly #strangers: Strangers
  readonly #refused = new Map<FaultCode, number>()
  #malformed = 0
  readonly #timers: Timer[] = []
  #stopping = false
  #working = 0
  #quiet: (() => void) | undefined

  constructor(parts: ServerParts) {
    const { domain, accounts, authentication, ledger, relay, endpoint, ids, contentServer, large, clock, log } = parts
    this.#parts = parts
    const rules = (this.#rules = parts.rules ?? defaultRules)
    this.#strangers = new Strangers(rules.connectionsPerHost)
    this.#domain = domain
    this.#authentication = authentication
    const senders = (this.#senders = new Senders({ domain, authentication }))
    // A dialog's requests count over another connection when its account has shown its password there.
    const dialogs = new Dialogs({
      endpoint, clock, ids, log, admits: (dialog, { flow }) => this.#isOf(flow, addressIn(dialog.remote)),
      forgotten: ({ request: { method, uri } }) => method === 'BYE' && this.#focus.owns(domain.local(addressOfRecord(uri))),
    })
    const media = (this.#media = new GroupMedia({ line: large, clock, ids, log }))
    const deliverer = this.deliverer = new Deliverer({ endpoint, clock, large: new LargeGiver({ line: large, dialogs, clock }), media })
    this.#large = large && new LargeTaker({ line: large, dialogs, clock, log })
    const { keep, groupFlood: flood } = rules
    const focus = (this.#focus = new Focus({ domain, accounts, ledger, relay, dialogs, deliverer, media, keep, flood, clock, ids, log }))
    this.#registrar = new Registrar({
      ledger, relay, clock, log, forget: rules.forgetDevices, contentServer, large: large && { limit: maxLarge, secure: large.secure }, factory: focus.factory,
      registered: (device, isNew) => void focus.registered(device, isNew),
      deliver: (device, peer, contact) => {
        const attachment = relay.attach(device.lane, deliverer.carrier(device, peer, contact))
        return () => attachment.detach()
      },
    })
    this.#messages = new Messages({ domain, accounts, senders, relay, deliverer, groups: focus, keep, clock, log })
  }

  async start(): Promise<void> {
    const { accounts, endpoint, clock } = this.#parts
    accounts.events.on('removed', (account, devices) => this.#accountRemoved(account, devices))
    accounts.events.on('deviceRemoved', (_account, device) => this.#deviceRemoved(device, removed))
    accounts.events.on('passwordChanged', (account) => this.#disconnect(account))
    await this.#tidyLanes()
    endpoint.onRequest((incoming) => this.#request(incoming))
    this.#registrar.start()
    this.#timers.push(clock.every(30 * SECOND, () => this.#closeStrangers()), clock.every(HOUR, () => this.#forgetDevices()))
  }

  /** Serves a connection until it closes. */
  accept(flow: Flow): void {
    if (this.#stopping) return flow.close(new Fault('closed'))
    const { clock, log } = this.#parts
    const peer = new Peer(flow, clock.steady())
    this.#peers.set(flow, peer)
    flow.events.on('message', () => { peer.heardAt = clock.steady() })
    flow.events.on('ping', () => { peer.heardAt = clock.steady() })
    // A browser answers a WebSocket's pings whoever uses it: that alone keeps no stranger's connection.
    flow.events.on('pong', () => { if (peer.accounts.size) peer.heardAt = clock.steady() })
    flow.events.on('malformed', (fault, _answer, fatal) => {
      this.#malformed++
      log.warn({ flow: flow.id, remote: flow.remote.host, code: fault.code, reason: fault.message, fatal }, 'malformed')
    })
    flow.events.on('closed', (fault) => {
      this.#peers.delete(flow)
      this.#strangers.remove(peer)
      this.#registrar.lost(peer)
      log.debug({ flow: flow.id, code: fault?.code }, 'connection closed')
    })
    this.#parts.endpoint.attach(flow)
    this.#strangers.add(peer)?.flow.close(new Fault('busy', { text: 'too many connections of this host on which nobody signed in' }))
    log.debug({ flow: flow.id, remote: flow.remote.host, transport: flow.transport }, 'connection')
  }

  /** For whoever watches. */
  health(): { domain: string; accounts: number; connections: number; devicesOnline: number; messagesTaken: number; pending: number } {
    return {
      domain: this.#domain.name, accounts: this.#parts.accounts.size, connections: this.#peers.size,
      devicesOnline: this.#registrar.online, messagesTaken: this.#messages.taken, pending: this.#messages.pending,
    }
  }

  /** What it counted since its start. */
  counts(): ServerCounts {
    const messages = this.#messages
    return {
      connections: this.#peers.size, registrations: this.#registrar.registrations, registrationsExpired: this.#registrar.expirations,
      authenticationFailures: this.#authentication.failures, authenticationThrottled: this.#authentication.throttled,
      messagesTaken: messages.taken - messages.receiptsTaken, receiptsTaken: messages.receiptsTaken, transientTaken: messages.transientTaken,
      malformed: this.#malformed, strangersClosed: this.#strangers.closed, refused: this.#refused,
    }
  }

  /** From here on requests are refused with 503; resolves when those that were taken are answered, bounded by `within` ms. */
  async drain(within: number): Promise<void> {
    this.#stopping = true
    this.#media.stop()
    if (!this.#working) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#quiet = resolve
    const timer = this.#parts.clock.after(within, resolve)
    await promise
    timer.cancel()
  }

  /** Closes every connection. */
  stop(): void {
    this.#stopping = true
    for (const timer of this.#timers) timer.cancel()
    this.#registrar.stop()
    for (const flow of [...this.#peers.keys()]) flow.close()
  }

  #request(incoming: Incoming): void {
    const peer = this.#peers.get(incoming.flow)
    if (!peer) return
    try {
      const work = this.#serve(incoming, peer)
      if (!work) return
      this.#working++
      work.then(() => this.#worked(), (thrown: unknown) => {
        this.#refuse(incoming, thrown)
        this.#worked()
      })
    } catch (thrown) {
      this.#refuse(incoming, thrown)
    }
  }

  #worked(): void {
    if (--this.#working === 0) this.#quiet?.()
  }

  #serve(incoming: Incoming, peer: Peer): Promise<void> | undefined {
    if (this.#stopping) throw new Fault('closed', { text: 'this relay is stopping' })
    switch (incoming.request.method) {
      case 'MESSAGE': return this.#messages.handle(incoming, peer)
      case 'REGISTER': return this.#register(incoming, peer)
      case 'OPTIONS': return this.#options(incoming, peer)
      default:
        if (groupMethods.has(incoming.request.method)) return this.#within(incoming, peer)
        incoming.reply(405, undefined, { headers: [['Allow', allow]] })
        return undefined
    }
  }

  #refuse(incoming: Incoming, thrown: unknown): void {
    const fault = refuse(incoming, thrown, this.#domain.name)
    this.#refused.set(fault.code, (this.#refused.get(fault.code) ?? 0) + 1)
    const fields = { method: incoming.request.method, flow: incoming.flow.id, code: fault.code, reason: fault.message }
    if (fault.code === 'internal') this.#parts.log.error({ ...fields, err: fault.cause ?? fault }, 'an error of our own')
    else this.#parts.log.info(fields, 'refused')
  }

  async #register(incoming: Incoming, peer: Peer): Promise<void> {
    const { headers } = incoming.request
    // RFC 3261 10.3 step 5: the address of record is in To, and only its owner may bind it.
    const address = this.#domain.local(addressIn(headers.get('To')!))
    let account: Account | undefined
    if (!headers.has('Authorization')) for (const known of peer.accounts) if (known.address === address) account = known
    account ??= await this.#authentication.prove(incoming, peer, 'registrar')
    if (!account) return
    if (account.address !== address) throw new Fault('not-yourself', { text: 'this is not your address to register' })
    await this.#registrar.register(incoming, account, peer)
  }

  async #options(incoming: Incoming, peer: Peer): Promise<void> {
    const { uri, headers } = incoming.request
    if (this.#domain.isServer(uri)) return answerForServer(incoming)
    // Who is online is for those who have an account here.
    const from = this.#domain.local(addressIn(headers.get('From')!))
    const asker = [...peer.accounts].find(({ address }) => address === from) ?? await this.#authentication.prove(incoming, peer, 'proxy')
    if (!asker) return
    const to = this.#domain.local(addressOfRecord(uri))
    if (this.#focus.owns(to)) return this.#focus.options(incoming, asker, to)
    const account = this.#domain.has(to) ? await this.#parts.accounts.findNow(to) : undefined
    if (!account) throw new Fault('unknown-recipient', { text: `${to} is not known here` })
    answerForUser(incoming, account)
  }

  /** What goes to a group or to the factory, and large messages; nobody else takes these methods. */
  async #within(incoming: Incoming, peer: Peer): Promise<void> {
    const { uri, method } = incoming.request
    const to = this.#domain.local(addressOfRecord(uri))
    const isGroup = this.#focus.owns(to)
    const isLarge = method === 'INVITE' && this.#large !== undefined && to !== this.#focus.factory && (!isGroup || offerIn(incoming) !== undefined)
    if (!isGroup && !isLarge) return incoming.reply(405, undefined, { headers: [['Allow', allow]] })
    const sender = this.#senders.trusted(incoming, peer) ?? await this.#senders.prove(incoming, peer)
    if (!sender) return
    if (incoming.cancelled?.aborted) throw new Fault('cancelled', { text: `the ${method} was given up` })
    if (isLarge) return this.#takeLarge(incoming, peer, sender, to)
    await this.#focus.serve(incoming, sender, to)
  }

  async #takeLarge(incoming: Incoming, peer: Peer, sender: Account, to: string): Promise<void> {
    if (this.#focus.owns(to)) return this.#large!.take(incoming, to, (request) => this.#focus.said(request, sender, to, maxLarge))
    const recipient = this.#domain.has(to) ? await this.#parts.accounts.findNow(to) : undefined
    if (!recipient) throw new Fault('unknown-recipient', { text: `${to} is not known here` })
    this.#large!.take(incoming, to, (request) => this.#messages.takeLarge(request, peer, sender, recipient))
  }

  #isOf(flow: Flow, address: string): boolean {
    for (const account of this.#peers.get(flow)?.accounts ?? []) if (account.address === address) return true
    return false
  }

  #accountRemoved(account: Account, devices: readonly Device[]): void {
    this.#disconnect(account)
    void this.#focus.removed(account.address)
    for (const device of devices) this.#deviceRemoved(device, removed)
    this.#drop(accountLane(account.address), removed)
  }

  #deviceRemoved(device: Device, why: FaultView): void {
    this.#registrar.removed(device)
    this.#drop(device.lane, why)
  }

  #drop(lane: string, why: FaultView): void {
    this.#parts.relay.drop(lane, why).catch((thrown: unknown) => this.#parts.log.error({ lane, err: thrown }, 'a lane could not be dropped'))
  }

  #disconnect(account: Account): void {
    for (const peer of [...this.#peers.values()]) {
      if (peer.accounts.delete(account)) peer.flow.close(new Fault('not-registered', { text: 'the account was changed or removed' }))
    }
  }

  /** Lanes whose owner went while the relay was not running, and what a first device did not get to inherit. */
  async #tidyLanes(): Promise<void> {
    const { ledger, relay, accounts } = this.#parts
    for (const { name } of await ledger.read('queue.lanes', null)) {
      const owner = laneOwner(name)
      if (!owner) continue
      const account = accounts.find(owner.address)
      const [first] = account?.devices.values() ?? []
      if (!account || (owner.instance !== undefined && !account.devices.has(owner.instance))) await relay.drop(name, removed)
      else if (owner.instance === undefined && first) await relay.inherit(name, first.lane)
    }
  }

  #closeStrangers(): void {
    const before = this.#parts.clock.steady() - patience
    for (const peer of [...this.#peers.values()]) {
      if (!peer.accounts.size && peer.heardAt < before) peer.flow.close(new Fault('not-registered', { text: 'nobody signed in' }))
    }
  }

  #forgetDevices(): void {
    const { accounts, ledger, log } = this.#parts
    const why = forgotten(this.#rules.forgetDevices)
    for (const [account, device] of this.#registrar.forgotten(accounts.all())) {
      const { address, instance } = device
      account.removeDevice(device)
      log.info({ account: address, device: instance }, 'device forgotten')
      this.#deviceRemoved(device, why)
      ledger.commit('devices.remove', { address, instance }).catch((thrown: unknown) => log.warn({ err: thrown }, 'a device could not be removed'))
    }
  }
}
