import { join } from 'node:path'
import { backoff } from '../base/backoff'
import { MINUTE, SECOND, type Clock, type Timer } from '../base/clock'
import { Fault } from '../base/faults'
import { drawnPorts } from '../base/first-port'
import type { Ids } from '../base/ids'
import type { Log } from '../base/log'
import type { ClientLedger } from '../client/journal'
import type { OwnAddress, ShareView, ShareWish } from '../contract/share'
import { startShare, type Share } from '../share'
import { openCertificate, type Certificate } from '../share/certificate'
import { spokenCode } from '../share/codes'
import type { Discovery } from '../share/discovery'
import { memberAddress } from '../share/member'
import type { Flow } from '../sip/flow'
import type { DataFolder, SavedShare } from './data-folder'

export interface SharingParts {
  folder: DataFolder
  openLedger(file: string, log: Log): Promise<ClientLedger>
  userAgent: string
  /** On which it could listen. */
  addresses(): OwnAddress[]
  discovery: Discovery | undefined
  /** The account here that is on it. */
  own(): string | undefined
  /** What is to be shown has changed. */
  changed(view: ShareView): void
  clock: Clock
  ids: Ids
  random: () => number
  log: Log
}

/** Never a name of the internet: ICANN keeps `internal` for private use. */
export const defaultDomain = 'office.internal'
/** RFC 3261 19.1.2: what `sips` means where no port is named. */
const SIPS = 5_061
/** How often the view is looked at for what has changed, ms. */
const LOOK = SECOND
/** An address may be back soon (a cable, a login to the network), and may be away for days. */
const waits = { first: 5 * SECOND, longest: MINUTE }

/** What runs while it is shared. */
interface Running {
  share: Share
  announced: { stop(): Promise<void> } | undefined
  timer: Timer
}

// off --turnOn--> on --address gone--> waiting --timer, address there--> on
//  ^               |                      |
//  '---turnOff-----+----------------------'      (what is on stays on over a restart)
/** *Share my relay on this network*: off until somebody turns it on, and never on another address than the chosen one. */
export class Sharing {
  readonly #parts: SharingParts
  #saved: SavedShare | undefined
  #shown: { certificate: Certificate; code: string } | undefined
  #running: Running | undefined
  #waiting: { fault: Fault; timer: Timer } | undefined
  #tries = 0
  #told = ''
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: SharingParts) {
    this.#parts = parts
  }

  /** Shares again what was shared; what stands in the way is shown and tried again. */
  start(): Promise<void> {
    return this.#inTurn(async () => {
      this.#saved = await this.#parts.folder.share()
      if (this.#saved?.on) await this.#try(this.#saved)
      else if (this.#saved) await this.#certificate(this.#saved.domain).catch((thrown: unknown) => this.#parts.log.warn({ fault: Fault.from(thrown).view() }, 'no certificate'))
    })
  }

  stop(): Promise<void> {
    return this.#inTurn(() => this.#close())
  }

  view(): ShareView {
    const { addresses, own } = this.#parts
    const saved = this.#saved
    const share = this.#running?.share
    const self = own()
    return {
      at: this.#running ? 'on' : this.#waiting ? 'waiting' : 'off',
      ...(this.#waiting && { fault: this.#waiting.fault.view() }),
      ...(saved && this.#shown && {
        relay: {
          name: saved.name, domain: saved.domain, host: saved.host, port: saved.port, filesPort: saved.filesPort, msrpPort: saved.msrpPort,
          fingerprint: this.#shown.certificate.fingerprint, code: this.#shown.code,
        },
      }),
      addresses: addresses(), people: share?.people() ?? [], refused: share?.refused() ?? [],
      ...(self !== undefined && { own: self }),
    }
  }

  /** Of its addresses, now or when it is shared so. @throws Fault `not-sharing`, `bad-argument` */
  domainFor(wish: ShareWish | undefined): string {
    if (this.#saved) return this.#saved.domain
    if (!wish) throw new Fault('not-sharing')
    return domainOf(wish.domain)
  }

  /** What the account of whoever shares is pinned to. @throws Fault `not-sharing` */
  get fingerprint(): string {
    if (!this.#shown) throw new Fault('not-sharing')
    return this.#shown.certificate.fingerprint
  }

  /** Shares on the chosen address, or leaves everything as it was. @throws Fault `port-taken`, `address-gone`, `cannot-connect` */
  turnOn(wish: ShareWish): Promise<ShareView> {
    return this.#inTurn(async () => {
      const before = this.#saved
      const isMoved = wish.port !== undefined || before === undefined
      const next: SavedShare = {
        on: true, name: wish.name.trim(), host: wish.host, domain: before?.domain ?? domainOf(wish.domain),
        port: wish.port ?? before?.port ?? SIPS, filesPort: before?.filesPort ?? 0, msrpPort: before?.msrpPort ?? 0,
      }
      await this.#close()
      try {
        // Colleagues know the port: only the first time another may be taken in its place.
        await this.#open(next, isMoved && wish.port === undefined)
      } catch (thrown) {
        if (before?.on) await this.#try(before)
        this.tell()
        throw thrown
      }
      this.tell()
      return this.view()
    })
  }

  turnOff(): Promise<ShareView> {
    return this.#inTurn(async () => {
      await this.#close()
      if (this.#saved) await this.#keep({ ...this.#saved, on: false })
      this.tell()
      return this.view()
    })
  }

  /** Puts a number or name on the list; answers its address and its join code. @throws Fault `bad-argument`, `not-sharing` */
  async add(text: string): Promise<{ address: string; code: string }> {
    const share = this.#share
    const address = memberAddress(text, this.#saved!.domain)
    const code = await share.add(address)
    this.tell()
    return { address, code }
  }

  /** @throws Fault `bad-argument`, `not-sharing` */
  async renew(address: string): Promise<{ address: string; code: string }> {
    const code = await this.#share.renew(address)
    this.tell()
    return { address, code }
  }

  /** @throws Fault `bad-argument`, `not-sharing` */
  async remove(address: string): Promise<void> {
    await this.#share.remove(address)
    this.tell()
  }

  /** The host's own connection. @throws Fault `not-sharing` */
  async connect(): Promise<Flow> {
    return this.#share.connect()
  }

  get #share(): Share {
    if (!this.#running) throw new Fault('not-sharing', { text: 'the relay is not shared' })
    return this.#running.share
  }

  /** As `open`; what fails is tried again later. */
  async #try(saved: SavedShare): Promise<void> {
    try {
      await this.#open(saved, false)
    } catch (thrown) {
      this.#wait(saved, Fault.from(thrown))
    }
  }

  #wait(saved: SavedShare, fault: Fault): void {
    const { clock, random, log } = this.#parts
    log.warn({ fault: fault.view() }, 'not shared')
    const again = (): void => void this.#inTurn(async () => {
      if (!this.#waiting) return
      this.#waiting = undefined
      await this.#try(saved)
      this.tell()
    })
    this.#waiting = { fault, timer: clock.after(backoff(++this.#tries, random(), waits), again) }
  }

  async #open(saved: SavedShare, isFirst: boolean): Promise<void> {
    const { folder, openLedger, userAgent, discovery, clock, ids, random, log } = this.#parts
    const { name, domain, host } = saved
    this.#hasAddress(host)
    const certificate = await this.#certificate(domain)
    const keptOr = (port: number) => (port === 0 ? drawnPorts(random) : [port])
    const share = await startShare({
      folder: folder.shareFolder, domain, certificate, host, ports: isFirst ? [saved.port, ...drawnPorts(random)] : [saved.port],
      filesPorts: keptOr(saved.filesPort), msrpPorts: keptOr(saved.msrpPort),
      openLedger, userAgent, clock, ids, random, log: log.child({ part: 'share' }),
    })
    const { port, filesPort, msrpPort } = share
    try {
      await this.#keep({ ...saved, port, filesPort, msrpPort })
    } catch (thrown) {
      await share.stop()
      throw thrown
    }
    this.#tries = 0
    const announced = discovery?.announce({ name, domain, host, port, fingerprint: certificate.fingerprint })
    this.#running = { share, announced, timer: clock.every(LOOK, () => this.#look(host)) }
  }

  /** @throws Fault `address-gone` */
  #hasAddress(host: string): void {
    if (!this.#parts.addresses().some((address) => address.host === host)) throw new Fault('address-gone', { text: `this computer has no address ${host}`, detail: { host } })
  }

  #look(host: string): void {
    try {
      this.#hasAddress(host)
      this.tell()
    } catch (thrown) {
      const saved = this.#saved!
      void this.#inTurn(async () => {
        if (!this.#running) return
        await this.#close()
        this.#wait(saved, Fault.from(thrown))
        this.tell()
      })
    }
  }

  async #certificate(domain: string): Promise<Certificate> {
    if (this.#shown) return this.#shown.certificate
    const certificate = await openCertificate(join(this.#parts.folder.shareFolder, 'certificate.pem'), { domain, now: this.#parts.clock.now() })
    this.#shown = { certificate, code: await spokenCode(certificate.fingerprint) }
    return certificate
  }

  async #keep(saved: SavedShare): Promise<void> {
    await this.#parts.folder.saveShare(saved)
    this.#saved = saved
  }

  async #close(): Promise<void> {
    this.#waiting?.timer.cancel()
    this.#waiting = undefined
    const running = this.#running
    this.#running = undefined
    running?.timer.cancel()
    await Promise.all([running?.announced?.stop(), running?.share.stop()])
  }

  /** Windows are told, if there is anything new. */
  tell(): void {
    const view = this.view()
    const text = JSON.stringify(view)
    if (text === this.#told) return
    this.#told = text
    this.#parts.changed(view)
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(work, work)
    this.#turn = done.catch(() => undefined)
    return done
  }
}

/** @throws Fault `bad-argument` */
function domainOf(text: string | undefined): string {
  const domain = (text ?? '').trim().toLowerCase() || defaultDomain
  if (!/^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(domain)) {
    throw new Fault('bad-argument', { text: `not a domain: ${domain.slice(0, 200)}`, detail: { field: 'domain' } })
  }
  return domain
}
