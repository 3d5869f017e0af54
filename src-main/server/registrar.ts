import type { Clock, Timer } from '../base/clock'
import { HOUR, SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import { readCSeq } from '../sip/cseq'
import type { Incoming } from '../sip/incoming'
import type { Account } from './accounts'
import type { Contact } from './contacts'
import { readAsked } from './contacts'
import type { Binding } from './device'
import { accountLane, Device } from './device'
import { ownText } from './own-text'
import type { Peer } from './peer'
import type { RelayPart, ServerLedger } from './parts'

/** RFC 5626 4.4: how long a flow with keep-alives may be silent, in seconds. */
const flowTimer = 120
/** How often it looks for bindings that ran out and flows that fell silent, in ms. */
const sweep = 5 * SECOND
/** A device's row is written again when its time is older than this, in ms. */
const rewrite = HOUR

/** Names our content server in the 200 to a REGISTER, and its largest file: what GSMA provisions as ftHTTPCSURI and MaxSizeFileTr. */
export const contentServerHeader = 'Yanxin-Content-Server'

/** Names the conference factory in the 200 to a REGISTER: what GSMA provisions as conf-fcty-uri. */
export const factoryHeader = 'Yanxin-Conference-Factory'

/** Says that larger messages than a MESSAGE carries are taken over MSRP, up to so many bytes: what GSMA provisions as MaxSizeStandalone. */
export const largeHeader = 'Yanxin-Large-Message'

export interface ContentServerAt {
  url: string
  /** The largest file that it takes, bytes. */
  limit: number
}

export interface RegistrarOptions {
  ledger: ServerLedger
  relay: RelayPart
  /** A device that was not seen for this long is gone, ms. */
  forget: number
  /** Where files go, told to whoever registers. */
  contentServer?: ContentServerAt | undefined
  /** How large messages are taken, told to whoever registers; `secure`: over TLS. */
  large?: { limit: number; secure: boolean } | undefined
  /** The conference factory's address, told to whoever registers. */
  factory?: string
  /** A device's lane is being delivered from now on; `isNew`: it was not known, or not for what it now says of itself. */
  registered?: (device: Device, isNew: boolean) => void
  clock: Clock
  log: Log
  /** Starts delivering a device's lane over a flow; answers what stops it. */
  deliver: (device: Device, peer: Peer, contact: string) => () => void
}

/** RFC 3261 10 with RFC 5626: which device of an account is reached over which flow. */
export class Registrar {
  readonly #bindings = new Set<Binding>()
  readonly #options: RegistrarOptions
  #timer: Timer | undefined
  /** REGISTERs answered with 200, and bindings that ran out, since the start: for whoever watches. */
  registrations = 0
  expirations = 0

  constructor(options: RegistrarOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = this.#options.clock.every(sweep, () => this.#sweep())
  }

  stop(): void {
    this.#timer?.cancel()
    for (const binding of [...this.#bindings]) this.#unbind(binding)
  }

  /** How many devices are reached at the moment. */
  get online(): number {
    return this.#bindings.size
  }

  /** A REGISTER of an account that has authenticated. @throws Fault, which is the answer */
  async register(incoming: Incoming, account: Account, peer: Peer): Promise<void> {
    const { headers } = incoming.request
    const asked = readAsked(headers)
    const callId = ownText(headers.get('Call-ID')!)
    const cseq = readCSeq(headers.get('CSeq')!).number
    const bound: { binding: Binding; isNew: boolean }[] = []
    if (asked.kind === 'remove-all') {
      for (const device of account.devices.values()) if (device.binding) this.#unbind(device.binding)
    } else if (asked.kind === 'change') {
      for (const contact of asked.contacts) this.#checkOrder(account, contact, callId, cseq)
      for (const contact of asked.contacts) {
        if (contact.expires === 0) this.#remove(account, contact)
        else {
          const before = account.devices.get(contact.instance)?.features
          const device = await this.#device(account, contact, ownText(headers.get('User-Agent') ?? ''))
          if (peer.flow.closed) return
          bound.push({ binding: this.#bind(device, contact, peer, callId, cseq), isNew: before !== contact.features })
        }
      }
    }
    this.#answer(incoming, account, asked.kind === 'change' ? asked.contacts : [], peer)
    // What waited goes out after the 200, so that the device knows that it is registered.
    for (const { binding, isNew } of bound) this.#start(binding, peer, isNew)
  }

  /** The connection is gone; its devices keep their lanes. */
  lost(peer: Peer): void {
    for (const binding of [...peer.bindings]) this.#unbind(binding)
  }

  /** A device or its account was removed. */
  removed(device: Device): void {
    if (device.binding) this.#unbind(device.binding)
  }

  /** Devices not seen for so long that they are gone. */
  forgotten(accounts: Iterable<Account>): [Account, Device][] {
    const before = this.#options.clock.now() - this.#options.forget
    const gone: [Account, Device][] = []
    for (const account of accounts) {
      for (const device of account.devices.values()) if (!device.binding && device.seenAt < before) gone.push([account, device])
    }
    return gone
  }

  // RFC 3261 10.3 step 7: an older request that comes late must not undo a newer one.
  #checkOrder(account: Account, contact: Contact, callId: string, cseq: number): void {
    const before = account.devices.get(contact.instance)?.binding
    if (before && before.callId === callId && cseq <= before.cseq) {
      throw new Fault('refused', { text: 'a REGISTER older than the last one', detail: { status: 500 } })
    }
  }

  #remove(account: Account, contact: Contact): void {
    const device = account.devices.get(contact.instance)
    const binding = device?.binding ?? [...account.devices.values()].find((each) => each.binding?.contact === contact.uri)?.binding
    if (binding) this.#unbind(binding)
  }

  /** The device of a contact. A new one is kept before it is answered, and the first of an account inherits what waited. */
  async #device(account: Account, contact: Contact, agent: string): Promise<Device> {
    const { clock, ledger, relay } = this.#options
    const now = clock.now()
    const known = account.devices.get(contact.instance)
    const device = known ?? new Device(account.address, contact.instance, now)
    device.seenAt = now
    if (known && known.features === contact.features && known.agent === agent && now - known.writtenAt < rewrite) return known
    const isFirst = !known && account.devices.size === 0
    device.features = contact.features
    device.agent = agent
    // Known to the router from here on: what is put later goes to the device's lane, what was put before is inherited.
    if (!known) account.addDevice(device)
    const { address, instance, features, firstAt, seenAt } = device
    try {
      const seen = ledger.commit('devices.seen', { address, instance, agent, features, firstAt, seenAt })
      const inherited = isFirst ? relay.inherit(accountLane(address), device.lane) : undefined
      await Promise.all([seen, inherited])
    } catch (thrown) {
      if (!known) account.removeDevice(device)
      throw thrown
    }
    device.writtenAt = now
    return device
  }

  #bind(device: Device, contact: Contact, peer: Peer, callId: string, cseq: number): Binding {
    const before = device.binding
    if (before && before.peer === peer && before.contact === contact.uri) {
      before.cseq = cseq
      before.callId = callId
      before.expiresAt = this.#options.clock.steady() + contact.expires
      before.params = contact.params
      return before
    }
    if (before) this.#unbind(before)
    const binding: Binding = {
      device, peer, contact: contact.uri, params: contact.params, callId, cseq,
      expiresAt: this.#options.clock.steady() + contact.expires, detach: undefined,
    }
    device.binding = binding
    this.#bindings.add(binding)
    peer.bindings.add(binding)
    return binding
  }

  #start(binding: Binding, peer: Peer, isNew: boolean): void {
    if (binding.detach || binding.device.binding !== binding) return
    binding.detach = this.#options.deliver(binding.device, peer, binding.contact)
    const { address, instance } = binding.device
    this.#options.log.info({ account: address, device: instance, flow: peer.flow.id }, 'registered')
    this.#options.registered?.(binding.device, isNew)
  }

  #unbind(binding: Binding): void {
    if (!this.#bindings.delete(binding)) return
    binding.peer.bindings.delete(binding)
    if (binding.device.binding === binding) binding.device.binding = undefined
    binding.device.seenAt = this.#options.clock.now()
    binding.detach?.()
  }

  #answer(incoming: Incoming, account: Account, contacts: readonly Contact[], peer: Peer): void {
    const { clock, contentServer, large, factory } = this.#options
    const now = clock.steady()
    const headers: [string, string][] = [['Date', new Date(clock.now()).toUTCString()]]
    for (const { binding } of account.devices.values()) {
      if (!binding) continue
      const left = Math.max(0, Math.ceil((binding.expiresAt - now) / SECOND))
      const { gruu } = binding.device
      headers.push(['Contact', `<${binding.contact}>${binding.params};expires=${left}${gruu === undefined ? '' : `;pub-gruu="${gruu}"`}`])
    }
    // RFC 5626 6: outbound is in use when the contact had an instance and a reg-id.
    if (contacts.some((contact) => contact.regId !== undefined)) {
      peer.flowTimer = flowTimer
      headers.push(['Require', 'outbound'], ['Flow-Timer', String(flowTimer)])
    }
    if (contentServer) headers.push([contentServerHeader, `<${contentServer.url}>;max-size=${contentServer.limit}`])
    if (large) headers.push([largeHeader, `${large.limit}${large.secure ? ';secure' : ''}`])
    if (factory !== undefined) headers.push([factoryHeader, `<${factory}>`])
    this.registrations++
    incoming.reply(200, 'OK', { headers })
  }

  #sweep(): void {
    const now = this.#options.clock.steady()
    for (const binding of [...this.#bindings]) {
      const { peer, device } = binding
      if (binding.expiresAt <= now) {
        this.expirations++
        this.#options.log.info({ account: device.address, device: device.instance }, 'registration expired')
        this.#unbind(binding)
      } else if (peer.flowTimer !== undefined && now - peer.heardAt > 2 * peer.flowTimer * SECOND) {
        peer.flow.close(new Fault('connection-lost', { text: 'no keep-alive came' }))
      }
    }
  }
}
