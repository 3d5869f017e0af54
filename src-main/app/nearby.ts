import { SECOND, type Clock, type Timer } from '../base/clock'
import type { NearbyRelay } from '../contract/share'
import { PREFIX, type Discovery } from '../share/discovery'

/** After the last question the network is listened to for so long, in ms. */
const PATIENCE = 10 * SECOND

/** The relays in this network, listened for only while somebody wants to know. */
export class Nearby {
  readonly #clock: Clock
  readonly #discovery: Discovery | undefined
  #browsing: { stop(): Promise<void> } | undefined
  #found: readonly NearbyRelay[] = []
  #waiting: (() => void)[] = []
  #end: Timer | undefined

  constructor({ clock, discovery }: { clock: Clock; discovery: Discovery | undefined }) {
    this.#clock = clock
    this.#discovery = discovery
  }

  /** What is known now; whoever asks again within 10 s is told what has come meanwhile. */
  relays(): readonly NearbyRelay[] {
    this.#end?.cancel()
    this.#end = this.#clock.after(PATIENCE, () => void this.stop())
    this.#browsing ??= this.#discovery?.browse((relays) => {
      this.#found = relays
      for (const look of this.#waiting) look()
    })
    return this.#found
  }

  /** Where the relay with that certificate is now, if it is heard within `within` ms. */
  async find(fingerprint: string, within: number): Promise<NearbyRelay | undefined> {
    const prefix = fingerprint.slice(0, PREFIX)
    const known = (): NearbyRelay | undefined => this.relays().find((relay) => relay.prefix === prefix)
    const now = known()
    if (now || !this.#browsing) return now
    const { promise, resolve } = Promise.withResolvers<NearbyRelay | undefined>()
    const look = (): void => {
      const found = known()
      if (found) resolve(found)
    }
    const limit = this.#clock.after(within, () => resolve(undefined))
    this.#waiting.push(look)
    const found = await promise
    limit.cancel()
    this.#waiting = this.#waiting.filter((each) => each !== look)
    return found
  }

  async stop(): Promise<void> {
    this.#end?.cancel()
    const browsing = this.#browsing
    this.#browsing = undefined
    this.#found = []
    await browsing?.stop()
  }
}
