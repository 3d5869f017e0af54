import type { Clock } from '../../base/clock'
import { SECOND } from '../../base/clock'
import { Fault } from '../../base/faults'
import type { Log } from '../../base/log'
import { Throttle } from '../throttle'
import type { Bot, DialectName } from './bot'
import type { BotRegistry } from './registry'

/** Whose request it is. Who guesses waits, longer each time. */
export class Keys {
  readonly #registry: BotRegistry
  readonly #log: Log
  readonly #perHost: Throttle

  constructor({ registry, clock, log }: { registry: BotRegistry; clock: Clock; log: Log }) {
    this.#registry = registry
    this.#log = log
    this.#perHost = new Throttle({ clock, free: 20 })
  }

  /**
   * The bot whose token it is, when it is the one that the request speaks for and that speaks this dialect.
   * @throws Fault `wrong-password`, `not-yourself`, `busy`
   */
  ofToken(token: string, claim: { host: string; dialect: DialectName; address?: string | undefined }): Promise<Bot> {
    return this.prove({ ...claim, find: () => this.#registry.ofToken(token) })
  }

  /** As `ofToken`, whatever the dialect shows. */
  async prove({ host, dialect, address, find }: { host: string; dialect: DialectName; address?: string | undefined; find(): Promise<Bot | undefined> }): Promise<Bot> {
    const wait = this.#perHost.wait(host)
    if (wait) throw new Fault('busy', { text: 'too many wrong tokens, try later', detail: { retryAfter: Math.ceil(wait / SECOND) } })
    const bot = await find()
    if (!bot) {
      this.#perHost.wrong(host)
      this.#log.warn({ remote: host, bot: address }, 'a wrong token of a bot')
      throw new Fault('wrong-password', { text: 'a token that is not known' })
    }
    if (address !== undefined && bot.address !== address) throw new Fault('not-yourself', { text: 'this token is of another bot' })
    if (bot.dialect !== dialect) throw new Fault('not-yourself', { text: `this bot speaks ${bot.dialect}` })
    return bot
  }

  get registry(): BotRegistry {
    return this.#registry
  }
}
