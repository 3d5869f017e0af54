import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock, Timer } from '../../base/clock'
import { SECOND } from '../../base/clock'
import { Events } from '../../base/events'
import type { Log } from '../../base/log'
import type { Ledger } from '../../relay/ledger/ledger'
import { Flood } from '../groups/flood'
import type { Bot } from './bot'
import type { RegistryVerbs } from './registry-verbs'

/** How often the relay looks for what the command line changed, ms. */
const LOOK = SECOND

/** 200 bits; only its SHA-256 is kept. */
export const newToken = (): string => randomBytes(25).toString('base64url')
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Whether two texts are the same, in a time that does not tell where they differ. */
export const isSame = (one: string, other: string): boolean => timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest())

/** Every bot of the relay, in step with what `bot` commands of other processes write. */
export class BotRegistry {
  readonly events = new Events<{ changed: [] }>()
  readonly #ledger: Ledger<RegistryVerbs>
  readonly #clock: Clock
  readonly #log: Log
  #bots = new Map<string, Bot>()
  #tokens = new Map<string, string>()
  readonly #floods = new Map<string, { perSecond: number; flood: Flood }>()
  #seen = -1
  #looking: Promise<void> | undefined
  #timer: Timer | undefined

  constructor({ ledger, clock, log }: { ledger: Ledger<RegistryVerbs>; clock: Clock; log: Log }) {
    this.#ledger = ledger
    this.#clock = clock
    this.#log = log
  }

  async start(): Promise<void> {
    await this.look()
    this.#timer = this.#clock.every(LOOK, () => void this.look())
  }

  stop(): void {
    this.#timer?.cancel()
  }

  find(address: string): Bot | undefined {
    return this.#bots.get(address)
  }

  all(): Iterable<Bot> {
    return this.#bots.values()
  }

  /** Whose token it is; one that the command line made a moment ago counts too. */
  async ofToken(token: string): Promise<Bot | undefined> {
    const hash = hashOf(token)
    if (!this.#tokens.has(hash)) await this.look()
    return this.#bots.get(this.#tokens.get(hash) ?? '')
  }

  /** Hashes of its tokens. */
  hashesOf(address: string): string[] {
    return [...this.#tokens].filter(([, owner]) => owner === address).map(([hash]) => hash)
  }

  /** 0, or how long the bot has to wait for its next message, ms. */
  wait({ address, perSecond }: Bot): number {
    let known = this.#floods.get(address)
    if (known?.perSecond !== perSecond) this.#floods.set(address, (known = { perSecond, flood: new Flood(this.#clock, { burst: perSecond, perSecond }) }))
    return known.flood.take('')
  }

  /** Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => { this.#looking = undefined })
    return this.#looking
  }

  async #look(): Promise<void> {
    try {
      const { n, bots, tokens } = await this.#ledger.read('bots.load', { after: this.#seen })
      this.#seen = n
      if (!bots) return
      this.#bots = new Map(bots.map((bot) => [bot.address, bot]))
      this.#tokens = new Map(tokens.map(({ hash, address }) => [hash, address]))
      for (const address of this.#floods.keys()) if (!this.#bots.has(address)) this.#floods.delete(address)
      this.events.emit('changed')
    } catch (thrown) {
      this.#log.warn({ err: thrown }, 'could not look for changed bots')
    }
  }
}
