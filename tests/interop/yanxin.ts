import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { Client } from '../../src-main/client'
import type { LinkView } from '../../src-main/contract/calls'
import type { LocationView, Message, Status } from '../../src-main/contract/message'
import { connectTcp } from '../../src-main/sip/tcp'
import { connectTls } from '../../src-main/sip/tls'
import { contentIn } from '../fakes/content'
import { openTestDatabase } from '../fakes/database'
import { Told } from './told'

export interface Place {
  host: string
  port: number
  transport: 'tcp' | 'tls'
}

export interface YanxinAccount {
  user: string
  password: string
  domain: string
  /** Where the relay or operator is at the moment. */
  at: () => Place
  /** Keeps its journal from one opening to the next. */
  folder: string
  /** PEM file of the authority that it trusts. */
  ca?: string
  /** A content server that its relay does not speak of. */
  files?: string
}

/** Somebody's Yanxin without a window: the journal says what the window would show. */
export class Yanxin {
  client!: Client
  readonly address: string
  /** Every link that it has had, the newest last. */
  links = new Told<LinkView>('')
  typing = new Told<{ from: string; until: number }>('')
  #told = new Told<Message>('')
  readonly #account: YanxinAccount
  readonly #instance = `urn:uuid:${randomIds.uuid()}`

  constructor(account: YanxinAccount) {
    this.#account = account
    this.address = `sip:${account.user}@${account.domain}`
  }

  /** Opens, always as the same device, and waits until it is online. */
  async opens({ online = true } = {}): Promise<this> {
    const { user, password, at, folder, ca } = this.#account
    const log = silentLog
    const to = () => ({ ...at(), clock: systemClock, log })
    this.client = new Client({
      account: this.address, password, instance: this.#instance, userAgent: 'Yanxin/interop',
      ledger: await openTestDatabase({ file: join(folder, `${user}.sqlite`) }),
      settings: () => ({ sendDisplayed: true, sendTyping: true, fetchUpTo: 20_000_000 }), addresses: () => [], ...contentIn(join(folder, user)),
      ...(this.#account.files !== undefined && { contentServer: this.#account.files }),
      connect: () => (at().transport === 'tcp' ? connectTcp(to()) : connectTls({ ...to(), ...(ca && { ca: readFileSync(ca) }) })),
      clock: systemClock, ids: randomIds, random: Math.random, log,
    })
    // Our client asks an operator's store again 40 s after it came online.
    this.#told = new Told(user, 60_000)
    this.links = new Told(`${user}'s link`)
    this.typing = new Told(`${user}'s typing`)
    let applied = 0
    const follow = async () => {
      for (const change of (await this.client.changes(applied, 1_000)).changes) {
        applied = Math.max(applied, change.n)
        if (change.kind === 'message') this.#told.add(change.message)
      }
    }
    let following = Promise.resolve()
    this.client.events.on('grew', () => { following = following.then(follow, () => undefined) })
    this.client.events.on('link', (link) => this.links.add(link))
    this.client.events.on('typing', ({ from, until }) => this.typing.add({ from, until }))
    await this.client.start()
    if (online) await this.links.first('online', ({ at }) => at === 'online')
    return this
  }

  closes(): Promise<void> {
    return this.client.stop()
  }

  /** Resolves with the message's id when it is kept. */
  async says(to: string, text: string): Promise<string> {
    const id = randomIds.token()
    await this.client.send(to, id, text)
    return id
  }

  /** The same for a place. */
  async pointsOut(to: string, location: LocationView): Promise<string> {
    const id = randomIds.token()
    await this.client.sendLocation(to, id, location)
    return id
  }

  sees(id: string, status: Status): Promise<Message> {
    return this.#told.first(`${id} ${status}`, (one) => one.id === id && one.status === status)
  }

  hears(text: string): Promise<Message> {
    return this.#told.first(`“${text}”`, ({ outgoing, content }) => !outgoing && content.kind === 'text' && content.text === text)
  }

  hearsPlace(label: string): Promise<Message> {
    return this.#told.first(`a place called ${label}`, ({ outgoing, content }) => !outgoing && content.kind === 'location' && content.location.label === label)
  }

  reads(from: string, { place }: Message): Promise<void> {
    return this.client.markRead(from, place + 1)
  }

  /** The conversation as the window would show it, from the journal. */
  async thread(other: string): Promise<Message[]> {
    const found = new Map<number, Message>()
    for (let after = 0; ;) {
      const page = await this.client.changes(after, 1_000)
      for (const change of page.changes) {
        if (change.kind === 'message' && change.message.conversation === other) found.set(change.message.place, change.message)
      }
      if (!page.more) break
      after = page.upTo
    }
    return [...found.values()].sort((a, b) => a.place - b.place)
  }
}

/** The texts of one direction, in their order. */
export const textsOf = (thread: readonly Message[], outgoing: boolean): string[] =>
  thread.flatMap((one) => (one.outgoing === outgoing && one.content.kind === 'text' ? [one.content.text] : []))
