import type { Jobs } from './app/jobs'
import { DAY, type Clock } from './base/clock'
import { Events } from './base/events'
import { Fault } from './base/faults'
import type { Ids } from './base/ids'
import type { Log } from './base/log'
import type { KeptFiles } from './content/kept-files'
import type { PartialFiles } from './content/partial-files'
import type { FilesToSend, LinkView, PeerView, SearchPage, SearchQuery, TappedChip, Typing } from './contract/calls'
import { isReadOnly } from './contract/kept-address'
import { isSayable, type ChangePage, type Content, type Conversation, type FillPage, type Hop, type LocationView, type Message, type Sayable, type ThreadIds } from './contract/message'
import type { DeviceFacts } from './contract/suggestion'
import { isBotAddress } from './client/address'
import { CampaignFiles } from './client/campaign-files'
import { Campaigns } from './client/campaigns'
import { ownFacts } from './client/device-facts'
import { filesPut, longestText, maxText, messagePut, networkLane, placeOf, type Self } from './client/envelopes'
import { isOfType, keepIncoming, keepRequest, type Arrived, type IncomingParts } from './client/incoming'
import { Groups } from './client/groups'
import { filesMessages, mustHaveServer, takesAlbums, type Asking } from './client/send-files'
import { Transfers, type Wish } from './client/transfers'
import type { ClientLedger } from './client/journal'
import type { DatabaseVerbs } from './database-verbs'
import { answerOptions, allow, ownFeatures, Peers } from './network/capabilities'
import { NetworkCarrier } from './network/carrier'
import { GroupCalls } from './network/groups'
import { LargeMessages } from './network/large/large-messages'
import { Http } from './network/transfer/http'
import { Session, userOf } from './network/session'
import { TypingHeard, TypingSender } from './network/typing'
import { keyOf, type QueueRow } from './relay/queue/row'
import { Relay, type Attachment } from './relay/relay'
import type { Incoming } from './sip/incoming'
import type { Flow } from './sip/flow'

export interface ClientOptions {
  /** Address of record. */
  account: string
  password: string
  /** RFC 5626 4.1, e.g. `urn:uuid:…`: the same for as long as the account lives here. */
  instance: string
  userAgent: string
  ledger: ClientLedger
  connect(): Promise<Flow>
  /** Whether the sender is told that its message was read, and that something is being typed; up to which size files are fetched as they come. */
  settings(): { sendDisplayed: boolean; sendTyping: boolean; fetchUpTo: number }
  /** The files of its messages, and those on their way in. */
  kept: KeptFiles
  partial: PartialFiles
  jobs: Jobs
  /** Where its files go when the relay does not say: a foreign operator's content server. */
  contentServer?: string
  /** PEM of a private authority, for content servers. */
  ca?: string
  /** The one certificate that the relay's own content server may show. */
  pin?: string
  addresses(): string[]
  clock: Clock
  ids: Ids
  random: () => number
  log: Log
}

export interface ClientEvents {
  link: [link: LinkView]
  /** The journal's newest number. */
  grew: [n: number]
  typing: [typing: Typing]
  /** A message that was not known came in. */
  arrived: [message: Arrived]
  /** A conversation was read, opened or muted: counts may have changed. */
  read: [conversation: string]
  /** What is known of a group, or of who is in it, is another. */
  group: [conversation: string]
}

/** One account's client: ledger, relay and session joined. What it is told to send is kept first and sent second. */
export class Client {
  readonly events = new Events<ClientEvents>()
  readonly account: string
  readonly #options: ClientOptions
  readonly #self: Self
  readonly #ledger: ClientLedger
  readonly #relay: Relay<DatabaseVerbs>
  readonly #session: Session
  readonly #peers: Peers
  readonly #typing: TypingSender
  readonly #heard: TypingHeard
  readonly #incoming: IncomingParts
  readonly #features = ownFeatures()
  readonly #carrier: NetworkCarrier
  readonly #large: LargeMessages
  readonly #transfers: Transfers
  readonly #campaignFiles: CampaignFiles
  readonly campaigns: Campaigns
  readonly groups: Groups
  #attached: Attachment | undefined
  /** Where groups are made: only a relay of ours says so. */
  #factory: string | undefined
  #n = 0

  constructor(options: ClientOptions) {
    const { account, ledger, clock, ids, random, log } = options
    this.account = account
    this.#options = options
    this.#ledger = ledger
    this.#self = { account, ids }
    this.#session = new Session({ ...options, features: this.#features })
    this.#relay = new Relay<DatabaseVerbs>({
      ledger, clock, random, log,
      policy: {
        taken: (rows) => {
          this.campaigns.left(rows.map(({ id }) => id))
          return { verb: 'journal.taken', args: { rows, now: clock.now() } }
        },
        settled: (row, outcome) => {
          this.campaigns.left([row.id])
          return { verb: 'journal.settled', args: { row: keyOf(row), outcome, now: clock.now() } }
        },
        retrying: (row, { fault }) => {
          this.campaigns.left([row.id])
          return { verb: 'journal.retrying', args: { row: keyOf(row), hop: { at: clock.now(), event: 'retry', by: 'network', fault, ...(fault.text && { answer: fault.text }) } } }
        },
        committed: (result) => this.#grew((result as { n?: number } | undefined)?.n ?? 0),
      },
    })
    const wire = { session: this.#session, account, clock }
    this.#peers = new Peers({ ...wire, features: this.#features })
    this.#large = new LargeMessages({ ...wire, ids, log })
    this.#carrier = new NetworkCarrier({
      ...wire, ids, log, takesPlaces: (address) => this.#peers.takes(address, 'geolocation') ?? true,
      isChatbot: (address) => this.#isBot(address),
      large: (envelope) => this.#large.send(envelope),
    })
    this.#typing = new TypingSender(wire)
    this.#heard = new TypingHeard(clock, (typing) => this.events.emit('typing', typing))
    this.#incoming = {
      self: this.#self, ledger, clock, log,
      isChatbot: (address) => this.#isBot(address),
      adopt: (rows) => this.#relay.adopt(rows),
      grew: (n) => this.#grew(n),
      arrived: (message) => this.events.emit('arrived', message),
      typing: (from, conversation, until) => this.#heard.heard(from, conversation, until),
      hasGroups: () => this.#factory !== undefined,
      group: async (conversation, info) => void (await this.groups.state.take(conversation, info)),
      behind: (conversation) => this.groups.state.behind(conversation),
      fetchUpTo: () => options.settings().fetchUpTo,
      files: (conversation, id) => void this.#move(conversation, id),
    }
    const http = new Http({
      account, username: userOf(account), password: options.password, userAgent: options.userAgent, clock, ids, ...(options.ca !== undefined && { ca: options.ca }),
      // What another was named for has a certificate of its own.
      ...(options.pin !== undefined && options.contentServer === undefined && { pin: options.pin }),
    })
    const made = (n: number, rows: readonly QueueRow[]) => this.#made(n, rows)
    this.#transfers = new Transfers({ ...options, http, self: this.#self, made })
    this.#campaignFiles = new CampaignFiles({ ...options, way: this.#transfers })
    this.campaigns = new Campaigns({
      ...options, self: this.#self, made, files: this.#campaignFiles, textLimit: () => this.textLimit,
      takesAlbums: (address) => takesAlbums(this.#asking, address),
    })
    this.groups = new Groups({
      ...options, calls: new GroupCalls(wire), factory: () => this.#factory,
      ask: (address) => this.#peers.ask(address),
      grew: (n) => this.#grew(n),
      changed: (conversation) => this.events.emit('group', conversation),
      arrived: (message) => this.events.emit('arrived', message),
    })
    this.#listen()
  }

  get link(): LinkView {
    return this.#shown(this.#session.link)
  }

  /** The longest text that can be sent now, in bytes of UTF-8. */
  get textLimit(): number {
    const { link } = this
    return link.at === 'online' && link.textLimit !== undefined ? Math.max(maxText, Math.min(link.textLimit, longestText)) : maxText
  }

  /** The journal's name and newest number. */
  number(): Promise<{ n: number; id: string }> {
    return this.#ledger.read('journal.number', null)
  }

  /** Starts; the link comes up by itself. */
  async start(): Promise<void> {
    this.#n = (await this.number()).n
    await this.#relay.start()
    await this.#transfers.start()
    await this.campaigns.start()
    this.#session.start()
  }

  /** The machine slept: the link is looked at anew. */
  woke(): void {
    this.#session.woke()
  }

  /** Un-registers, finishes what is in flight, closes the ledger. */
  async stop(): Promise<void> {
    this.#typing.stop()
    this.#heard.stop()
    this.groups.state.offline()
    await this.campaigns.stop()
    await this.#transfers.stop()
    await this.#relay.stop({ within: 1_500 })
    this.#attached?.detach()
    await this.#large.stop()
    await this.#session.stop()
    await this.#ledger.close()
  }

  /** A message under an id that the window minted: saying it again changes nothing. Resolves when it is kept. */
  async send(conversation: string, id: string, text: string, mentions?: string[]): Promise<void> {
    await this.#say(conversation, id, { kind: 'text', text, ...(mentions?.length && { mentions }) })
    this.#typing.sent(conversation)
  }

  /** Files that were kept before; resolves when the message is kept. @throws Fault `no-content-server`, `bad-argument`, `file-empty`, `file-too-large` */
  async sendFiles(conversation: string, id: string, message: FilesToSend): Promise<void> {
    if (isReadOnly(conversation)) throw new Fault('unknown-recipient')
    const { isGroup } = await this.groups.checkPosting(conversation)
    mustHaveServer(this.#transfers)
    const { account, kept } = this.#options
    const { messages, words } = await filesMessages(
      { account, kept, ...this.#asking },
      { conversation, id, ...message, isGroup },
      this.#transfers.limit,
    )
    const { n } = await this.#ledger.commit('journal.sendFiles', { messages, ...(words && { words }) })
    this.#typing.sent(conversation)
    this.#grew(n)
    for (const each of messages) await this.#move(conversation, each.id)
  }

  /** A place. As `send`. */
  async sendLocation(conversation: string, id: string, place: LocationView): Promise<void> {
    await this.#say(conversation, id, { kind: 'location', location: placeOf(place) })
  }

  /**
   * What the person tapped of a chatbot's message `to`, or of its menu. As `send`.
   * @throws Fault `bad-type` to who is no chatbot, `bad-argument` for a message that is not here
   */
  async answer(conversation: string, id: string, { to, chip: { text, data, action } }: TappedChip): Promise<void> {
    await this.#checkChatbot(conversation)
    const content: Sayable = { kind: 'answer', text, is: action ? 'action' : 'reply', ...(to !== undefined && { to }), ...(data !== undefined && { data }) }
    if (to !== undefined && !(await this.#answered(conversation, content))) throw new Fault('bad-argument', { detail: { field: 'to' } })
    await this.#say(conversation, id, content)
  }

  /** Tells a chatbot of this device what its person agreed to. As `answer`. */
  async shareDevice(conversation: string, id: string, facts: DeviceFacts): Promise<void> {
    await this.#checkChatbot(conversation)
    await this.#say(conversation, id, { kind: 'shared', facts })
  }

  /** What there is to be told of this device. */
  deviceFacts(): DeviceFacts {
    return ownFacts(this.#options.userAgent)
  }

  async transfer(conversation: string, id: string, file: number, wish: Wish): Promise<void> {
    const message = await this.#ledger.read('journal.message', { conversation, id })
    if (!message) throw new Fault('bad-argument', { detail: { field: 'id' } })
    if (wish === 'go' && message.outgoing && message.status === 'failed') return this.sendAgain(conversation, id)
    await this.#transfers.wish(message, file, wish)
  }

  /** A failed message goes out again, under its own id. */
  async sendAgain(conversation: string, id: string): Promise<void> {
    const message = await this.#ledger.read('journal.message', { conversation, id })
    if (isReadOnly(conversation)) throw new Fault('unknown-recipient')
    await this.groups.checkPosting(conversation)
    if (message?.outgoing && message.content.kind === 'files') return this.#filesAgain(message)
    if (!message?.outgoing || !isSayable(message.content)) throw new Fault('bad-argument', { detail: { field: 'id' } })
    const now = this.#options.clock.now()
    const answered = await this.#answered(conversation, message.content)
    const put = messagePut(this.#self, { conversation, id, content: message.content, now, asText: isOfType(message.fault), ...(answered && { answered }) })
    const { n, rows } = await this.#ledger.commit('journal.again', { conversation, id, put, now })
    this.#made(n, rows)
  }

  async saveDraft(conversation: string, text: string): Promise<void> {
    const { n } = await this.#ledger.commit('journal.draft', { conversation, text, now: this.#options.clock.now() })
    this.#grew(n)
  }

  /** Everything below `place` is read; displayed receipts leave with the same commit, if the person lets them. */
  async markRead(conversation: string, place: number): Promise<void> {
    const now = this.#options.clock.now()
    const { n, rows } = await this.#ledger.commit('journal.read', {
      conversation, place, now,
      ...(this.#options.settings().sendDisplayed && { receipts: { from: this.account, lane: networkLane, expiresAt: now + 30 * DAY } }),
    })
    this.#made(n, rows)
    this.events.emit('read', conversation)
  }

  /** @param until ms; 0: not any more, -1: for good */
  async mute(conversation: string, until: number): Promise<void> {
    const { n } = await this.#ledger.commit('journal.mute', { conversation, until })
    this.#grew(n)
    this.events.emit('read', conversation)
  }

  typing(conversation: string, isTyping: boolean): void {
    if (isReadOnly(conversation)) return
    if (this.#options.settings().sendTyping) this.#typing.typed(conversation, isTyping)
    else this.#typing.sent(conversation)
  }

  /** Makes the conversation if there is none. */
  async open(conversation: string, about: { name?: string; isChatbot?: boolean } = {}): Promise<Conversation> {
    const { n, conversation: opened } = await this.#ledger.commit('journal.open', { conversation, now: this.#options.clock.now(), ...about })
    this.#grew(n)
    return opened
  }

  /** Asks whom the other side is; that it is a chatbot is kept with its conversation. */
  async peer(address: string): Promise<PeerView> {
    // Nobody on the way needs to know whose names are kept here.
    if (isReadOnly(address)) return { address, reach: 'none', online: undefined, isChatbot: false, features: [], askedAt: this.#options.clock.now() }
    // A group is nobody who could be asked what he can do.
    if ((await this.conversation(address))?.group) return { address, reach: 'rcs', online: undefined, isChatbot: false, features: [], askedAt: this.#options.clock.now() }
    const view = await this.#peers.ask(address)
    const known = view.isChatbot ? await this.conversation(address) : undefined
    if (known && !known.isChatbot) await this.open(address, { isChatbot: true })
    return view
  }

  changes(after: number, limit: number, epoch?: string): Promise<ChangePage> {
    return this.#ledger.read('journal.changes', { after, limit, ...(epoch !== undefined && { epoch }) })
  }

  filling(cursor: string | null, pages: number): Promise<FillPage> {
    return this.#ledger.read('journal.filling', { cursor, pages })
  }

  journey(conversation: string, id: string): Promise<Hop[]> {
    return this.#ledger.read('journal.journey', { conversation, id })
  }

  search(query: SearchQuery): Promise<SearchPage> {
    return this.#ledger.read('journal.search', query)
  }

  async conversation(id: string): Promise<Conversation | undefined> {
    return (await this.#ledger.read('journal.conversation', { conversation: id })) ?? undefined
  }

  /** Incoming messages not yet read, in all conversations. */
  unread(): Promise<number> {
    return this.#ledger.read('journal.unread', { now: this.#options.clock.now() })
  }

  async #say(conversation: string, id: string, content: Sayable): Promise<void> {
    if (isReadOnly(conversation)) throw new Fault('unknown-recipient')
    await this.groups.checkPosting(conversation)
    const now = this.#options.clock.now()
    const answered = await this.#answered(conversation, content)
    const put = messagePut(this.#self, { conversation, id, content, now, ...(answered && { answered }) })
    const { n, rows } = await this.#ledger.commit('journal.send', { message: { conversation, id, from: this.account, content, sentAt: now, now }, put })
    this.#made(n, rows)
  }

  get #asking(): Asking {
    return { clock: this.#options.clock, known: (address) => this.#peers.known(address), ask: (address) => this.#peers.ask(address) }
  }

  /** Whether it is known, without asking, that the other side is a chatbot. */
  #isBot(address: string): boolean {
    return isBotAddress(address) || (this.#peers.known(address)?.isChatbot ?? false)
  }

  async #checkChatbot(conversation: string): Promise<void> {
    if (this.#isBot(conversation) || (await this.conversation(conversation))?.isChatbot) return
    if (!(await this.peer(conversation)).isChatbot) throw new Fault('bad-type', { text: 'only a chatbot takes what was tapped' })
  }

  /** How the message is called that an answer answers; nothing for anything else, and where it is not here. */
  async #answered(conversation: string, content: Content): Promise<ThreadIds | undefined> {
    if (content.kind !== 'answer' || content.to === undefined) return undefined
    const message = await this.#ledger.read('journal.message', { conversation, id: content.to })
    if (!message || message.outgoing) return undefined
    return ('thread' in message.content ? message.content.thread : undefined) ?? {}
  }

  /** What is at the server still is not sent there again. */
  async #filesAgain(message: Message): Promise<void> {
    const { conversation, id } = message
    const now = this.#options.clock.now()
    const put = filesPut(this.#self, message, now)
    if (put) {
      const { n, rows } = await this.#ledger.commit('journal.again', { conversation, id, put, now })
      return this.#made(n, rows)
    }
    const { n, message: again } = await this.#ledger.commit('journal.uploadAgain', { id, now })
    this.#grew(n)
    if (again) this.#transfers.take(again, true)
  }

  /** The files of a message that was kept move, as far as they shall. */
  async #move(conversation: string, id: string): Promise<void> {
    try {
      const message = await this.#ledger.read('journal.message', { conversation, id })
      if (message) this.#transfers.take(message)
    } catch (thrown) {
      // The ledger is closing: what waits is found at the next start.
      this.#options.log.info({ fault: Fault.from(thrown).view(), id }, 'its files wait for the next start')
    }
  }

  #listen(): void {
    const { events } = this.#session
    events.on('link', (link) => this.events.emit('link', this.#shown(link)))
    events.on('online', ({ contentServer, conferenceFactory, large }) => {
      this.#peers.renew()
      this.#factory = conferenceFactory
      this.#large.online(large)
      this.groups.state.online()
      const own = this.#options.contentServer
      this.#transfers.online(own === undefined ? contentServer : { uri: own })
      this.#campaignFiles.online()
      this.#attached = this.#relay.attach(networkLane, this.#carrier)
    })
    events.on('offline', () => {
      this.#attached?.detach()
      this.#attached = undefined
      this.#transfers.offline()
      this.groups.state.offline()
    })
    events.on('request', (incoming) => this.#answer(incoming))
  }

  /** What the registrar says of its own content server counts only where files go there. */
  #shown(link: LinkView): LinkView {
    if (link.at !== 'online' || this.#options.contentServer === undefined) return link
    const { fileLimit: _ofRegistrar, ...rest } = link
    return rest
  }

  #answer(incoming: Incoming): void {
    switch (incoming.request.method) {
      case 'MESSAGE': return void keepIncoming(incoming, this.#incoming)
      case 'INVITE': return this.#large.answer(incoming, (request) => keepRequest(request, this.#incoming))
      case 'OPTIONS': return answerOptions(incoming, this.account, this.#features)
      // RFC 3261 8.2.1
      default: return incoming.reply(405, undefined, { headers: [['Allow', allow]] })
    }
  }

  #made(n: number, rows: readonly QueueRow[]): void {
    this.#grew(n)
    this.#relay.adopt(rows)
  }

  /** The journal's number has become `n` by what was committed beside the client. */
  grew(n: number): void {
    this.#grew(n)
  }

  #grew(n: number): void {
    if (n <= this.#n) return
    this.#n = n
    this.events.emit('grew', n)
  }
}
