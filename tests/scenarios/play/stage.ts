import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import type { Clock } from '../../../src-main/base/clock'
import { systemClock } from '../../../src-main/base/clock'
import { randomIds } from '../../../src-main/base/ids'
import type { Log } from '../../../src-main/base/log'
import type { DatabaseVerbs } from '../../../src-main/database-verbs'
import type { Ledger } from '../../../src-main/relay/ledger/ledger'
import { startRelayServer, type RelayServer } from '../../../src-main/relay-server'
import { ha1sOf } from '../../../src-main/server/passwords'
import { defaultRules, type Rules } from '../../../src-main/server/rules'
import type { Listener } from '../../../src-main/sip/flow'
import { listenTcp } from '../../../src-main/sip/tcp'
import { openInlineDatabase } from '../../fakes/database'
import { Phone, until, type Person } from './phone'

export const domain = 'play.test'

/** What was logged, to be looked through. */
export const remembered = (lines: string[]): Log => {
  const keep = (level: string) => (fields: object, text: string): void => void lines.push(`${level} ${text} ${JSON.stringify(fields)}`)
  const log: Log = { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error'), child: () => log }
  return log
}

/** A relay over a real file and real sockets, and the people who use it. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'yanxin-play-'))
  readonly log: string[] = []
  readonly phones: Phone[] = []
  readonly people = new Map<string, Phone>()
  port = 0
  ledger!: Ledger<DatabaseVerbs>
  relay!: RelayServer
  #listener!: Listener

  constructor(readonly clock: Clock = systemClock, readonly rules: Partial<Rules> = {}) {}

  get file(): string {
    return join(this.folder, 'relay.sqlite')
  }

  async opens(): Promise<this> {
    const { clock } = this
    const log = remembered(this.log)
    this.ledger = await openInlineDatabase(this.file)
    this.relay = await startRelayServer({ domain, ledger: this.ledger, clock, ids: randomIds, log, rules: { ...defaultRules, ...this.rules } })
    this.#listener = await listenTcp({ host: '127.0.0.1', port: this.port, clock: systemClock, log }, (flow) => this.relay.accept(flow))
    this.port = Number(/:(\d+);/.exec(this.#listener.uri)![1])
    return this
  }

  async closes(): Promise<void> {
    await this.#listener.close()
    await this.relay.stop(1_000)
    await this.ledger.close()
  }

  /** An account, as `user add` makes it. */
  async adds(user: string, password = `${user} secret`): Promise<void> {
    const address = `sip:${user}@${domain}`
    await this.ledger.commit('accounts.add', { address, ...ha1sOf(address, password), createdAt: this.clock.now() })
    await this.relay.accounts.look()
  }

  /** A device of somebody; not yet connected. */
  phone(user: string, more: Partial<Person> = {}): Phone {
    const phone = new Phone({ user, domain, password: `${user} secret`, port: this.port, ...more })
    this.phones.push(phone)
    return phone
  }

  /** How many rows wait in all lanes. */
  async waiting(): Promise<number> {
    const lanes = await this.ledger.read('queue.lanes', null)
    return lanes.reduce((sum, { waiting }) => sum + waiting, 0)
  }

  /** Resolves when nothing waits any more. */
  async settles(): Promise<void> {
    const end = Date.now() + 15_000
    while (await this.waiting()) {
      if (Date.now() > end) throw new Error('the queue did not become empty')
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  async ends(): Promise<void> {
    for (const phone of this.phones) if (phone.isOpen) await phone.leaves()
    await this.closes()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export interface Cast {
  stage: Stage
  /** Mei and Lan have accounts and one device each, connected and registered. */
  mei: Phone
  lan: Phone
}

/** A play with two people who are there. */
export function scene(name: string, play: (cast: Cast) => Promise<void>, clock?: () => Clock): void {
  test(name, async () => {
    const stage = await new Stage(clock?.()).opens()
    try {
      for (const user of ['mei', 'lan']) await stage.adds(user)
      const mei = await stage.phone('mei', { instance: 'urn:uuid:00000000-0000-4000-8000-000000000001' }).comes()
      const lan = await stage.phone('lan', { instance: 'urn:uuid:00000000-0000-4000-8000-000000000002' }).comes()
      await play({ stage, mei, lan })
    } finally {
      await stage.ends()
    }
  })
}

export { until }
