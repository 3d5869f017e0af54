import { DAY, SECOND } from '../../../../base/clock'
import { Fault } from '../../../../base/faults'
import type { Bot } from '../../bot'
import { hashOf, newToken } from '../../registry'

/** How long an access token counts, s, and how many a bot may have in a day. */
export const EXPIRES = 7_200
const PER_DAY = 2_000

/** Short-lived tokens, of which a bot has one: a new one ends the old. They are in memory only; after a restart bots ask anew. */
export class AccessTokens {
  readonly #clock: { now(): number }
  readonly #tokens = new Map<string, { address: string; until: number }>()
  readonly #given = new Map<string, { hash: string; day: number; count: number }>()

  constructor(clock: { now(): number }) {
    this.#clock = clock
  }

  /** @throws Fault `quota-reached` */
  give({ address }: Bot): string {
    const now = this.#clock.now()
    const day = Math.floor(now / DAY)
    const before = this.#given.get(address)
    const count = before?.day === day ? before.count : 0
    if (count >= PER_DAY) throw new Fault('quota-reached', { text: `${PER_DAY} access tokens a day` })
    if (before) this.#tokens.delete(before.hash)
    const token = newToken()
    const hash = hashOf(token)
    this.#tokens.set(hash, { address, until: now + EXPIRES * SECOND })
    this.#given.set(address, { hash, day, count: count + 1 })
    return token
  }

  /** Whose it is. @throws Fault `expired` */
  find(token: string): string | undefined {
    const found = this.#tokens.get(hashOf(token))
    if (found && found.until <= this.#clock.now()) throw new Fault('expired', { text: 'this access token is over' })
    return found?.address
  }
}
