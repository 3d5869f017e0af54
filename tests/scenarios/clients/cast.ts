import { join } from 'node:path'
import { systemClock, type Clock } from '../../../src-main/base/clock'
import { randomIds } from '../../../src-main/base/ids'
import { silentLog } from '../../../src-main/base/log'
import { Client } from '../../../src-main/client'
import type { Arrived } from '../../../src-main/client/incoming'
import type { Typing } from '../../../src-main/contract/calls'
import type { GroupMember, GroupState, GroupView } from '../../../src-main/contract/group'
import type { Conversation, Message, Status } from '../../../src-main/contract/message'
import { Session } from '../../../src-main/network/session'
import type { Written } from '../../../src-main/rcs/content'
import { connectRelay, readRelayUri } from '../../../src-main/network/resolve'
import { startRelayServer, type RelayServer } from '../../../src-main/relay-server'
import { defaultFileRules } from '../../../src-main/server/files/rules'
import { ha1sOf } from '../../../src-main/server/passwords'
import type { Listener } from '../../../src-main/sip/flow'
import { listenTcp } from '../../../src-main/sip/tcp'
import { contentIn } from '../../fakes/content'
import { openTestDatabase, temporaryFolder } from '../../fakes/database'

const parts = { clock: systemClock, ids: randomIds, random: Math.random, log: silentLog }
export const domain = 'office.example'
export const addressOf = (name: string): string => `sip:${name}@${domain}`
export const passwordOf = (name: string): string => `the password of ${name}`

/** Resolves when `ready` answers something true; tells what it waited for when it never comes. */
export async function until<T>(what: string, ready: () => T | Promise<T>, within = 20_000): Promise<NonNullable<T>> {
  const end = Date.now() + within
  for (;;) {
    const found = await ready()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** The office's relay: the headless parts on a real port and a real file. It can be killed and started again. */
export class Office {
  readonly #file = join(temporaryFolder(), 'relay.sqlite')
  #server: RelayServer | undefined
  #listener: Listener | undefined
  #ledger: Awaited<ReturnType<typeof openTestDatabase>> | undefined
  port = 0
  /** Whether it has a content server; with a certificate and key (PEM) over https. */
  keepsFiles: boolean | { cert: string; key: string } = false
  fileRules = defaultFileRules
  /** Whether it takes large messages; with a certificate and key (PEM) over TLS. */
  takesLarge: boolean | { cert: string; key: string } = false
  /** Asked around every commit of it: what it waits for is waited for. */
  around: (verb: string, commit: () => Promise<unknown>) => Promise<unknown> = (_verb, commit) => commit()
  #filesPort = 0
  readonly #filesFolder = temporaryFolder()
  /** Every connection that is open. */
  readonly #flows = new Set<{ close(): void }>()

  /** @param clock what the relay goes by; its people have the system's */
  constructor(readonly clock: Clock = systemClock) {}

  get uri(): string {
    return `sip:127.0.0.1:${this.port};transport=tcp`
  }

  async opens(...names: string[]): Promise<void> {
    this.#ledger = await openTestDatabase({ file: this.#file })
    for (const name of names) {
      await this.#ledger.commit('accounts.add', { address: addressOf(name), ...ha1sOf(addressOf(name), passwordOf(name)), createdAt: this.clock.now() })
    }
    this.#server = await startRelayServer({
      domain, ledger: this.#watched(this.#ledger), ...parts, clock: this.clock,
      ...(this.takesLarge && { msrp: { host: '127.0.0.1', ports: [0], ...(this.takesLarge !== true && { tls: this.takesLarge }) } }),
      ...(this.keepsFiles && { files: {
        at: { host: '127.0.0.1', ports: [this.#filesPort], ...(this.keepsFiles !== true && { tls: this.keepsFiles }) }, folder: this.#filesFolder, rules: this.fileRules,
      } }),
    })
    this.#filesPort = this.#server.files?.port ?? 0
    this.#listener = await listenTcp({ host: '127.0.0.1', port: this.port, ...parts }, (flow) => {
      this.#flows.add(flow)
      flow.events.on('closed', () => this.#flows.delete(flow))
      this.#server!.accept(flow)
    })
    this.port = Number(/:(\d+);/.exec(this.#listener.uri)![1])
  }

  #watched<L extends object>(ledger: L): L {
    return new Proxy(ledger, {
      get: (target, name) => {
        const own = Reflect.get(target, name, target) as unknown
        if (typeof own !== 'function') return own
        const call = (...args: unknown[]): unknown => Reflect.apply(own, target, args)
        return name === 'commit' ? (verb: string, ...rest: unknown[]) => this.around(verb, () => call(verb, ...rest) as Promise<unknown>) : call
      },
    })
  }

  /** Removes what its content server has kept long enough. */
  async tidiesFiles(): Promise<void> {
    await this.#server!.files!.tidy()
  }

  /** Somebody resets the password at the command line. */
  async changesPassword(name: string): Promise<void> {
    await this.#ledger!.commit('accounts.password', { address: addressOf(name), ...ha1sOf(addressOf(name), 'another one') })
  }

  /** The network is gone for a moment: every connection breaks, the relay goes on. */
  breaksLines(): void {
    for (const flow of [...this.#flows]) flow.close()
  }

  /** The process is gone: connections break, nothing is said. */
  async dies(): Promise<void> {
    const closing = this.#listener?.close()
    for (const flow of this.#flows) flow.close()
    await closing
    await this.#server?.stop(0)
    await this.#ledger?.close()
    this.#server = this.#listener = this.#ledger = undefined
  }
}

/** Somebody or a group, as others write to it. */
export interface Addressed { address: string }

/** One device of somebody, with a journal of its own. */
export class Person {
  readonly #office: Pick<Office, 'uri'>
  readonly #folder = temporaryFolder()
  readonly content = contentIn(this.#folder)
  /** A content server that the relay does not speak of. */
  files: string | undefined
  /** PEM of the authority that it trusts for content servers. */
  ca: string | undefined
  readonly #instance = `urn:uuid:${randomIds.uuid()}`
  readonly address: string
  readonly settings = { sendDisplayed: true, sendTyping: true, fetchUpTo: 20 * 1024 * 1024 }
  readonly arrived: Arrived[] = []
  readonly typing: Typing[] = []
  client!: Client

  readonly #password: string

  /** @param who where it is not one of the office's */
  constructor(office: Pick<Office, 'uri'>, readonly name: string, who = { address: addressOf(name), password: passwordOf(name) }) {
    this.#office = office
    this.address = who.address
    this.#password = who.password
  }

  /** Opens the app and waits until it is online, unless told not to. */
  async comes({ online = true } = {}): Promise<this> {
    this.client = new Client({
      account: this.address, password: this.#password, instance: this.#instance, userAgent: 'Yanxin/play',
      ledger: await openTestDatabase({ file: join(this.#folder, 'relay.sqlite') }), settings: () => this.settings, addresses: () => [],
      connect: () => connectRelay(readRelayUri(this.#office.uri), parts), ...parts, ...this.content, ...(this.files !== undefined && { contentServer: this.files }), ...(this.ca !== undefined && { ca: this.ca }),
    })
    this.client.events.on('arrived', (message) => this.arrived.push(message))
    this.client.events.on('typing', (typing) => this.typing.push(typing))
    await this.client.start()
    if (online) await until(`${this.name} to be online`, () => this.client.link.at === 'online')
    return this
  }

  async leaves(): Promise<void> {
    await this.client.stop()
  }

  /** Keeps a message; resolves with its id. */
  async says(text: string, to: Addressed, { id = randomIds.token(), mentions }: { id?: string; mentions?: string[] } = {}): Promise<string> {
    await this.client.send(to.address, id, text, mentions)
    return id
  }

  /** Lets another program of the account say something, whatever it is. */
  async wire(id: string, { contentType, body }: Written, to: Person): Promise<void> {
    const session = new Session({
      account: this.address, password: this.#password, instance: `urn:uuid:${randomIds.uuid()}`, features: '', userAgent: 'play', addresses: () => [],
      connect: () => connectRelay(readRelayUri(this.#office.uri), parts), ...parts,
    })
    const online = new Promise((resolve) => session.events.on('online', resolve))
    session.start()
    await online
    await session.request({ method: 'MESSAGE', to: to.address, callId: id, body, headers: [['Content-Type', contentType]] })
    await session.stop()
  }

  async messages(other: Addressed): Promise<Message[]> {
    const found = new Map<number, Message>()
    for (let after = 0; ;) {
      const page = await this.client.changes(after, 1_000)
      for (const change of page.changes) {
        if (change.kind === 'message' && change.message.conversation === other.address) found.set(change.message.place, change.message)
      }
      if (!page.more) break
      after = page.upTo
    }
    return [...found.values()].sort((a, b) => a.place - b.place)
  }

  async texts(other: Addressed): Promise<string[]> {
    return (await this.messages(other)).map(({ content }) => (content.kind === 'text' ? content.text : `(${content.kind})`))
  }

  hears(text: string, from: Addressed): Promise<Message> {
    return until(`${this.name} to hear “${text}”`, async () =>
      (await this.messages(from)).find(({ content, outgoing }) => !outgoing && content.kind === 'text' && content.text === text))
  }

  /** Waits for the status of a message of one's own. */
  sees(status: Status, id: string, to: Addressed): Promise<Message> {
    return until(`${this.name} to see ${id} ${status}`, async () => (await this.messages(to)).find((message) => message.id === id && message.status === status))
  }

  /** Looks at the conversation: everything in it is read. */
  async reads(other: Addressed): Promise<void> {
    const conversation = await this.client.conversation(other.address)
    await this.client.markRead(other.address, conversation?.count ?? 0)
  }

  /** Keeps a file, as a window does before it sends it; resolves with its hash. */
  async keeps(bytes: Uint8Array): Promise<string> {
    const file = this.content.kept.newFile()
    await file.write(bytes)
    const { hash } = await file.finish()
    await this.content.kept.settle()
    return hash
  }

  /** Makes a group; who is there hears of it, and comes in by `accepts`. */
  async makes(subject: string, ...members: Addressed[]): Promise<Addressed> {
    const { conversation } = await this.client.groups.create(randomIds.uuid(), { subject, members: members.map(({ address }) => address) })
    await this.stands('joined', { address: conversation })
    return { address: conversation }
  }

  /** Waits for the invitation and accepts it. */
  async accepts(group: Addressed): Promise<void> {
    await this.stands('invited', group)
    await this.client.groups.answer(group.address, 'accept')
    await this.stands('joined', group)
  }

  /** Waits until it stands like that to a group whose state is known. */
  stands(state: GroupState, { address }: Addressed): Promise<Conversation> {
    return until(`${this.name} to be ${state}`, async () => {
      const found = await this.client.conversation(address)
      return found?.group?.state === state && (await this.client.groups.view(address)).group.version >= 0 ? found : undefined
    })
  }

  /** Waits until the group is as `is` says. */
  knows(group: Addressed, what: string, is: (known: { group: GroupView; members: GroupMember[] }) => boolean): Promise<{ group: GroupView; members: GroupMember[] }> {
    return until(`${this.name} to know ${what}`, async () => {
      const known = await this.client.groups.view(group.address).catch(() => undefined)
      return known && is(known) ? known : undefined
    })
  }
}

/** Plays a scene with people of one office, and sends everybody home at the end. */
export async function play<Names extends string>(names: readonly Names[], act: (people: Record<Names, Person>, office: Office) => Promise<void>, clock?: Clock): Promise<void> {
  const office = new Office(clock)
  await office.opens(...names)
  const people = Object.fromEntries(names.map((name) => [name, new Person(office, name)])) as Record<Names, Person>
  try {
    await act(people, office)
  } finally {
    await Promise.allSettled(Object.values<Person>(people).map((person) => person.client?.stop()))
    await office.dies()
  }
}
