import type { Clock, Timer } from '../base/clock'
import { Events } from '../base/events'
import type { Log } from '../base/log'
import type { Envelope, LaneName } from '../relay/envelope'
import type { Ledger } from '../relay/ledger/ledger'
import type { Put } from '../relay/queue/row'
import { accountLane, Device } from './device'
import type { AccountChange, AccountRow, DeviceRow, Ha1, ServerVerbs } from './verbs'

/** Who answers for an account in the relay's own process instead of a device: the gateway for a chatbot. */
export interface Inbox {
  /** Feature parameters, as a device's. */
  readonly features: string
  /** Resolves when it is kept. @throws Fault as the relay's `submit` */
  submit(put: Put): Promise<void>
  /** What is not stored; false when nobody is there for it. */
  now(envelope: Envelope): boolean
}

/** An account as the running relay knows it: all of them are in memory, the ledger has what must survive. */
export class Account {
  readonly devices = new Map<string, Device>()
  inbox: Inbox | undefined
  #lanes: readonly LaneName[]

  constructor(readonly address: string, public ha1: Ha1) {
    this.#lanes = [accountLane(address)]
  }

  /** Where a message for it is put: every device's lane, or until there is one, the account's own. */
  get lanes(): readonly LaneName[] {
    return this.#lanes
  }

  get online(): boolean {
    if (this.inbox) return true
    for (const device of this.devices.values()) if (device.binding) return true
    return false
  }

  addDevice(device: Device): void {
    this.devices.set(device.instance, device)
    this.#renew()
  }

  removeDevice(device: Device): void {
    this.devices.delete(device.instance)
    this.#renew()
  }

  #renew(): void {
    const lanes = [...this.devices.values()].map((device) => device.lane)
    this.#lanes = lanes.length ? lanes : [accountLane(this.address)]
  }
}

interface AccountsEvents {
  /** The account is gone; `devices` were its. */
  removed: [account: Account, devices: Device[]]
  deviceRemoved: [account: Account, device: Device]
  /** Whoever is connected with the old password has to show the new one. */
  passwordChanged: [account: Account]
}

/** How often the relay looks for what the command line changed, in ms. */
const LOOK = 1_000

/** Every account of the relay, kept in step with what `user` and `device` commands of other processes write. */
export class Accounts {
  readonly events = new Events<AccountsEvents>()
  readonly #accounts = new Map<string, Account>()
  readonly #ledger: Ledger<ServerVerbs>
  readonly #clock: Clock
  readonly #log: Log
  #seen = 0
  #looking: Promise<void> | undefined
  #timer: Timer | undefined

  constructor({ ledger, clock, log }: { ledger: Ledger<ServerVerbs>; clock: Clock; log: Log }) {
    this.#ledger = ledger
    this.#clock = clock
    this.#log = log
  }

  async start(): Promise<void> {
    const { n, accounts, devices } = await this.#ledger.read('accounts.load', null)
    this.#seen = n
    for (const row of accounts) this.#accounts.set(row.address, new Account(row.address, ha1Of(row)))
    for (const row of devices) this.#accounts.get(row.address)?.addDevice(deviceOf(row))
    this.#timer = this.#clock.every(LOOK, () => void this.look())
  }

  stop(): void {
    this.#timer?.cancel()
  }

  /** Forgets the notes of changes that have been seen. */
  async tidy(): Promise<void> {
    await this.#ledger.commit('accounts.tidy', { upTo: this.#seen })
  }

  find(address: string): Account | undefined {
    return this.#accounts.get(address)
  }

  all(): Iterable<Account> {
    return this.#accounts.values()
  }

  get size(): number {
    return this.#accounts.size
  }

  /** Looks now for what another process changed; never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => { this.#looking = undefined })
    return this.#looking
  }

  /** The account of an address, also when it was made a moment ago by another process. */
  async findNow(address: string): Promise<Account | undefined> {
    const known = this.#accounts.get(address)
    if (known) return known
    await this.look()
    return this.#accounts.get(address)
  }

  async #look(): Promise<void> {
    try {
      const { n, changes } = await this.#ledger.read('accounts.changes', { after: this.#seen })
      this.#seen = n
      for (const change of changes) this.#apply(change)
    } catch (thrown) {
      this.#log.warn({ err: thrown }, 'could not look for changed accounts')
    }
  }

  #apply({ address, account: row, devices }: AccountChange): void {
    const known = this.#accounts.get(address)
    if (!row) {
      if (!known) return
      this.#accounts.delete(address)
      this.#log.info({ account: address }, 'account removed')
      this.events.emit('removed', known, [...known.devices.values()])
      return
    }
    if (!known) {
      const account = new Account(address, ha1Of(row))
      for (const device of devices) account.addDevice(deviceOf(device))
      this.#accounts.set(address, account)
      this.#log.info({ account: address }, 'account added')
      return
    }
    const hadPassword = known.ha1
    known.ha1 = ha1Of(row)
    if (hadPassword.sha256 !== row.sha256) this.events.emit('passwordChanged', known)
    const left = new Set(devices.map((device) => device.instance))
    for (const device of [...known.devices.values()]) {
      // A device that registered in this moment may not be written yet: it is no removed one.
      if (left.has(device.instance) || !device.writtenAt) continue
      known.removeDevice(device)
      this.#log.info({ account: address, device: device.instance }, 'device removed')
      this.events.emit('deviceRemoved', known, device)
    }
  }
}

const ha1Of = (row: AccountRow): Ha1 => ({ sha256: row.sha256, md5: row.md5 })

const deviceOf = (row: DeviceRow): Device => {
  const device = new Device(row.address, row.instance, row.firstAt)
  device.agent = row.agent
  device.features = row.features
  device.seenAt = row.seenAt
  device.writtenAt = row.seenAt
  return device
}
