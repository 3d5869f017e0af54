import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Crowd } from './app/crowd'
import { DataFolder, type SavedAccount } from './app/data-folder'
import { Jobs } from './app/jobs'
import { connectPinned } from './app/joining'
import { Nearby } from './app/nearby'
import { Sharing } from './app/sharing'
import { registered } from './app/registered'
import { StorageCheck } from './app/storage-check'
import { spaced, together } from './app/together'
import { Tiles } from './app/tiles'
import { Windows } from './app/windows'
import { echoName, languageOf, noticeText } from './app/words'
import type { Clock } from './base/clock'
import { Events } from './base/events'
import { Fault } from './base/faults'
import type { Ids } from './base/ids'
import type { Log } from './base/log'
import { Client } from './client'
import { readAccount } from './client/address'
import { AccountFiles } from './client/files'
import { Indexing } from './client/indexing'
import type { Arrived } from './client/incoming'
import type { ClientLedger } from './client/journal'
import { defaultSettings, type AppState, type Settings, type SignIn } from './contract/calls'
import type { FaultView } from './contract/faults'
import type { Join, OwnAddress, ShareWish } from './contract/share'
import { readContentServer } from './network/register'
import { connectRelay, readRelayUri } from './network/resolve'
import { listenableAddresses } from './share/addresses'
import { passwordOf } from './share/codes'
import type { Discovery } from './share/discovery'
import { memberAddress } from './share/member'
import type { Keeper } from './operation/keeper'
import { ownAddresses } from './network/watch'
import type { Flow } from './sip/flow'
import { echoAccount, startTrial, trialAccount, type Trial } from './trial'
import type { Vault } from './vault'

export type Notice = { conversation: string; title: string; body: string }

export interface AppOptions {
  /** The data folder; it exists and is locked by the entry. */
  data: string
  host: AppState['host']
  platform: string
  version: string
  /** The system's language, BCP 47. */
  language: string
  vault: Vault
  /** Opens the database of an account or of the trial's relay, off this thread. */
  openLedger(file: string, log: Log): Promise<ClientLedger>
  /** Opens a connection that only reads beside it, off this thread, for checks. */
  openKeeper(file: string, log: Log): Promise<Keeper>
  /** Opens a link that the allow-list let out. */
  openExternal(url: string): Promise<void>
  /** Shows a system notification. @default the window that was last in front is told to */
  notify?: (notice: Notice) => void
  /** PEM of the certificates of `--ca`. */
  ca?: string
  /** How relays of this network are found; without it nobody is. */
  discovery?: Discovery
  /** On which a relay could be shared. @default those of this computer */
  listenable?: () => OwnAddress[]
  /** What stood in the way at start. */
  startFault?: FaultView
  clock: Clock
  ids: Ids
  random: () => number
  log: Log
}

export interface AppEvents {
  state: [state: AppState]
  /** Unread messages of all conversations, for a badge. */
  unread: [total: number]
}

/** An account that is open: its client, and the relay inside the app when it is the trial's. */
interface Opened {
  account: SavedAccount
  journal: string
  client: Client
  files: AccountFiles
  indexing: Indexing
  storage: StorageCheck
  trial?: Trial
}

/** What desktop.ts and browser.ts start: settings, one account, and any number of windows that look at them. */
export class App {
  readonly events = new Events<AppEvents>()
  readonly windows = new Windows()
  readonly jobs: Jobs
  readonly tiles: Tiles
  readonly sharing: Sharing
  readonly nearby: Nearby
  readonly options: AppOptions
  readonly #folder: DataFolder
  #settings: Settings = defaultSettings
  #opened: Opened | undefined
  #startFault: FaultView | undefined
  /** Under which path windows read and keep files: who knows it was let in by the bridge. */
  readonly content: string
  readonly #crowd = new Crowd()
  /** Signing in and out happen one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: AppOptions) {
    this.options = options
    this.#folder = new DataFolder(options.data)
    this.#startFault = options.startFault
    this.content = `/content/${options.ids.token(32)}/`
    this.jobs = new Jobs(options)
    const { version, ca, clock, ids, discovery, openLedger, random, log, listenable = listenableAddresses } = options
    const userAgent = `Yanxin/${version}`
    this.tiles = new Tiles({
      folder: join(options.data, 'tiles'), template: () => this.#settings.tileServer, userAgent, clock, ids, ...(ca !== undefined && { ca }),
    })
    this.nearby = new Nearby({ clock, discovery })
    this.sharing = new Sharing({
      folder: this.#folder, openLedger, userAgent, addresses: listenable, discovery, clock, ids, random, log,
      own: () => (this.#opened?.account.isHost ? this.#opened.account.address : undefined),
      changed: (view) => this.windows.tell((notices) => notices.shareChanged(view)),
    })
    this.jobs.events.on('job', (job) => this.windows.tell((notices) => notices.job(job)))
  }

  /** Opens the account that was signed in. Does not wait for its link; a file that is broken becomes `startFault`. */
  start(): Promise<void> {
    return this.#inTurn(async () => {
      this.#settings = await this.#folder.settings()
      await this.sharing.start()
      const account = await this.#folder.account()
      if (!account) return
      try {
        const password = account.isLocalTrial ? '' : await this.options.vault.read(secretOf(account.address))
        if (password === undefined) throw new Fault('signed-out', { text: 'the password is not in the vault' })
        this.#become(await this.#open(account, password))
      } catch (thrown) {
        const fault = Fault.from(thrown)
        this.options.log.error({ fault: fault.view(), account: account.address }, 'the account could not be opened')
        this.#startFault ??= fault.view()
      }
    })
  }

  async stop(): Promise<void> {
    await this.#inTurn(() => this.#close())
    await Promise.all([this.sharing.stop(), this.nearby.stop()])
  }

  /** The system says that the machine slept; without it the session notices a few seconds later. */
  woke(): void {
    this.#opened?.client.woke()
  }

  state(): AppState {
    const { version, host, platform } = this.options
    const opened = this.#opened
    return {
      version, host, platform, content: this.content, settings: this.#settings, link: opened?.client.link ?? { at: 'signed-out' },
      ...(opened && {
        account: {
          address: opened.account.address, isLocalTrial: opened.account.isLocalTrial, journal: opened.journal,
          ...(opened.account.files !== undefined && { files: opened.account.files }),
          ...(opened.account.relay !== undefined && { relay: opened.account.relay }),
          ...(opened.account.pin !== undefined && { pin: opened.account.pin }),
          ...(opened.account.isHost && { isHost: true }),
        },
      }),
      ...(this.#startFault && { startFault: this.#startFault }),
    }
  }

  /** The client of whoever is signed in. @throws Fault `signed-out` */
  get client(): Client {
    if (!this.#opened) throw new Fault('signed-out')
    return this.#opened.client
  }

  /** The files of whoever is signed in. @throws Fault `signed-out` */
  get files(): AccountFiles {
    if (!this.#opened) throw new Fault('signed-out')
    return this.#opened.files
  }

  /** The check of the account's file. @throws Fault `signed-out` */
  get storage(): StorageCheck {
    if (!this.#opened) throw new Fault('signed-out')
    return this.#opened.storage
  }

  get language(): 'zh' | 'en' {
    return languageOf(this.#settings, this.windows.last?.look.language ?? this.options.language)
  }

  /** Resolves when the account is registered. Nothing of a sign-in that failed stays, and who was signed in before still is. */
  signIn({ address, password, relay, files }: SignIn): Promise<AppState> {
    return this.#inTurn(async () => {
      const account = readAccount(address)
      const { uri } = readRelayUri(relay)
      const known = await this.#folder.account()
      // Signing in again changes nothing of what was compared; the password is a join code there.
      const pin = known?.address === account && known.relay === uri ? known.pin : undefined
      const more = { ...(files !== undefined && { files: contentServerOf(files) }), ...(pin !== undefined && { pin }) }
      await this.#replace({ address: account, relay: uri, isLocalTrial: false, ...more }, pin === undefined ? password : passwordOf(password))
      return this.state()
    })
  }

  /** Signs in to a relay that a colleague shares, under the number that they put on the list; from then on it must show that certificate. */
  join({ relay, fingerprint, domain, who, code }: Join): Promise<AppState> {
    return this.#inTurn(async () => {
      const { uri } = readRelayUri(relay)
      await this.#replace({ address: memberAddress(who, domain), relay: uri, pin: fingerprint, isLocalTrial: false }, passwordOf(code))
      return this.state()
    })
  }

  /** Signs in here to the relay that this computer shares, or shares it first as `wish` says; its password is nobody's business. @throws Fault `not-sharing`, `bad-argument` */
  shareOwn(who: string, wish?: ShareWish): Promise<AppState> {
    return this.#inTurn(async () => {
      const { sharing } = this
      const address = memberAddress(who, sharing.domainFor(wish))
      const { at } = sharing.view()
      if (wish) await sharing.turnOn(wish)
      const isListed = sharing.view().people.some((person) => person.address === address)
      const { code } = await (isListed ? sharing.renew(address) : sharing.add(who))
      try {
        await this.#replace({ address, pin: sharing.fingerprint, isHost: true, isLocalTrial: false }, passwordOf(code))
      } catch (thrown) {
        if (!isListed) await sharing.remove(address)
        if (at === 'off') await sharing.turnOff()
        throw thrown
      }
      sharing.tell()
      return this.state()
    })
  }

  /** A local account with an echo to talk to; resolves with the conversation with it. */
  tryHere(): Promise<{ state: AppState; conversation: string }> {
    return this.#inTurn(async () => {
      if (!this.#opened?.account.isLocalTrial) await this.#replace({ address: trialAccount, isLocalTrial: true }, '')
      const { client, trial } = this.#opened!
      await client.peer(echoAccount)
      await client.open(echoAccount, { name: echoName(this.language), isChatbot: true })
      trial!.greet(this.language)
      return { state: this.state(), conversation: echoAccount }
    })
  }

  /** @param keep `nothing` deletes the account's journal from this computer */
  signOut(keep: 'history' | 'nothing'): Promise<AppState> {
    return this.#inTurn(async () => {
      const account = this.#opened?.account ?? (await this.#folder.account())
      await this.#close()
      if (!account) return this.state()
      await this.#folder.forgetAccount()
      await this.options.vault.remove(secretOf(account.address))
      if (keep === 'nothing') {
        await rm(this.#folder.folderOf(account.address), { recursive: true, force: true })
        if (account.isLocalTrial) await rm(this.#folder.trialFolder, { recursive: true, force: true })
      }
      this.#startFault = undefined
      this.#tellState()
      return this.state()
    })
  }

  async saveSettings(change: Partial<Settings>): Promise<Settings> {
    const settings = { ...this.#settings, ...change }
    await this.#folder.saveSettings(settings)
    this.#settings = settings
    this.#tellState()
    return settings
  }

  /** The person chose a notification: windows open its conversation. */
  show(conversation: string): void {
    this.windows.tell((notices) => notices.show(conversation))
  }

  /** Opens `account` in the place of whoever is signed in, or leaves everything as it was. */
  async #replace(account: SavedAccount, password: string): Promise<void> {
    const before = this.#opened
    const known = await this.#folder.account()
    const oldPassword = before && !before.account.isLocalTrial ? await this.options.vault.read(secretOf(before.account.address)) : ''
    await this.#close()
    let opened: Opened | undefined
    const folder = this.#folder.folderOf(account.address)
    const isNew = (await mkdir(folder, { recursive: true })) !== undefined
    try {
      opened = await this.#open(account, password)
      await registered(opened.client)
      if (!account.isLocalTrial) await this.options.vault.write(secretOf(account.address), password)
      await this.#folder.saveAccount(account)
    } catch (thrown) {
      if (opened) await closeAll(opened)
      if (isNew) await rm(folder, { recursive: true, force: true })
      if (before) this.#become(await this.#open(before.account, oldPassword ?? ''))
      throw thrown
    }
    if (known && known.address !== account.address) await this.options.vault.remove(secretOf(known.address))
    this.#startFault = undefined
    this.#become(opened)
  }

  async #open(account: SavedAccount, password: string): Promise<Opened> {
    const { clock, ids, random, log, openLedger, version } = this.options
    const folder = this.#folder.folderOf(account.address)
    const userAgent = `Yanxin/${version}`
    await mkdir(folder, { recursive: true })
    const instance = await this.#folder.instanceOf(account.address, () => ids.uuid())
    const trial = account.isLocalTrial ? await this.#openTrial(userAgent) : undefined
    try {
      const file = join(folder, 'relay.sqlite')
      const ledger = await openLedger(file, log).catch((thrown: unknown) => {
        const { code, message, detail } = Fault.from(thrown)
        throw new Fault(code, { cause: thrown, detail, text: `${file} cannot be used: ${message}` })
      })
      try {
        const files = new AccountFiles({
          folder, account: account.address, ledger, grew: (n) => client.grew(n), jobs: this.jobs, clock, ids, log: log.child({ part: 'files' }),
        })
        const { ca } = this.options
        const client: Client = new Client({
          account: account.address, password: trial?.password ?? password, instance, userAgent, ledger,
          connect: trial ? () => trial.connect() : () => (account.isHost ? this.sharing.connect() : this.#connect(account)),
          settings: () => this.#settings,
          addresses: ownAddresses, clock, ids, random, log: log.child({ account: account.address }),
          kept: files.kept, partial: files.partial, jobs: this.jobs, ...(ca !== undefined && { ca }), ...(account.pin !== undefined && { pin: account.pin }), ...(account.files !== undefined && { contentServer: account.files }),
        })
        const { id: journal } = await client.number()
        let grown = 0
        client.events.on('grew', (n) => { grown = n })
        const storage = new StorageCheck({
          folder, file, openKeeper: () => this.options.openKeeper(file, log), jobs: this.jobs, n: () => grown, clock, log,
          damaged: (fault) => {
            this.#startFault = fault.view()
            this.#tellState()
          },
        })
        await client.start()
        await files.start()
        const indexing = new Indexing({ ledger, jobs: this.jobs, clock, log })
        indexing.start()
        storage.start()
        return { account, journal, client, files, indexing, storage, ...(trial && { trial }) }
      } catch (thrown) {
        await ledger.close()
        throw thrown
      }
    } catch (thrown) {
      await trial?.stop()
      throw thrown
    }
  }

  async #openTrial(userAgent: string): Promise<Trial> {
    const { clock, ids, random, log, openLedger } = this.options
    await mkdir(this.#folder.trialFolder, { recursive: true })
    return startTrial({ folder: this.#folder.trialFolder, openLedger, userAgent, clock, ids, random, log: log.child({ part: 'trial' }) })
  }

  async #connect(account: SavedAccount): Promise<Flow> {
    const { clock, log, ca } = this.options
    const { pin, relay = '' } = account
    if (pin === undefined) return connectRelay(readRelayUri(relay), { clock, log, ...(ca !== undefined && { ca }) })
    return connectPinned(account, pin, {
      nearby: this.nearby, clock, log,
      moved: async (at) => {
        account.relay = at
        if ((await this.#folder.account())?.address === account.address) await this.#folder.saveAccount(account)
      },
    })
  }

  #become(opened: Opened): void {
    this.#opened = opened
    const { events } = opened.client
    events.on('link', () => this.#tellState())
    const { clock } = this.options
    const tellUnread = together(clock, 200, () => this.#tellUnread(opened))
    const tellGrew = spaced(clock, FRAME, () => this.windows.tell((notices) => notices.journalGrew(grown)))
    let grown = 0
    events.on('grew', (n) => {
      grown = n
      tellGrew()
    })
    events.on('typing', (typing) => this.windows.tell((notices) => notices.typing(typing)))
    events.on('arrived', (message) => {
      tellUnread()
      this.#notify(opened, message).catch((thrown: unknown) => this.options.log.warn({ fault: Fault.from(thrown).view() }, 'not notified'))
    })
    events.on('read', tellUnread)
    events.on('group', (conversation) => this.windows.tell((notices) => notices.groupChanged(conversation)))
    tellUnread()
    this.#tellState()
  }

  async #close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    if (!opened) return
    await closeAll(opened)
    this.#tellState()
    this.events.emit('unread', 0)
  }

  async #notify(opened: Opened, message: Arrived): Promise<void> {
    const { notifications } = this.#settings
    if (notifications === 'off' || this.windows.isLookedAt(message.conversation)) return
    const now = this.options.clock.now()
    const known = await opened.client.conversation(message.conversation)
    // What is muted is told of only where it calls us.
    if (known?.mutedUntil !== undefined && (known.mutedUntil < 0 || known.mutedUntil > now) && !message.isMention) return
    if (!this.#crowd.lets(now)) return
    const group = known?.group && { name: known.name ?? '', author: message.name ?? (await opened.client.groups.nameOf(message.conversation, message.from)), address: message.conversation }
    const text = noticeText({ ...message, name: known?.name ?? message.name, ...(group && { group }) }, notifications === 'hidden', this.language)
    const notice: Notice = { conversation: message.conversation, ...text }
    if (this.options.notify) this.options.notify(notice)
    // Several windows must not say the same thing: the one that was last in front does.
    else this.windows.last?.notices.notify(notice)
  }

  #tellUnread(opened: Opened): void {
    opened.client.unread().then(
      (total) => this.#opened === opened && this.events.emit('unread', total),
      // The ledger is closing: the count is told anew when an account is open again.
      () => undefined,
    )
  }

  #tellState(): void {
    const state = this.state()
    this.events.emit('state', state)
    this.windows.tell((notices) => notices.stateChanged(state))
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(work, work)
    this.#turn = done.catch(() => undefined)
    return done
  }
}

/** @throws Fault `bad-argument` */
function contentServerOf(text: string): string {
  const uri = readContentServer(text)
  if (uri === undefined) throw new Fault('bad-argument', { text: `not the address of a content server: ${text.slice(0, 200)}`, detail: { field: 'files' } })
  return uri
}

/** Windows are told that the journal grew once in so many ms at most: what comes within a frame they apply together. */
const FRAME = 16

const secretOf = (address: string): string => `password.${Buffer.from(address).toString('hex').slice(0, 200)}`

async function closeAll({ client, files, indexing, storage, trial }: Opened): Promise<void> {
  await storage.stop()
  await indexing.stop()
  await files.stop()
  await client.stop()
  await trial?.stop()
}
