import { networkInterfaces } from 'node:os'
import { SECOND, type Clock, type Timer } from '../base/clock'

const tick = 5 * SECOND
/** A tick that comes this much late means that the machine slept, or that its clock was set. */
const slack = 10 * SECOND

/** The addresses that this machine has on its networks, sorted; loopback is left out, it does not come and go. */
export const ownAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => !address.internal)
    .map((address) => address.address)
    .sort()

export interface Heard {
  /** The machine slept, or its clock jumped. */
  woke(): void
  /** Addresses came or went; `addresses` are those that are left. */
  networkChanged(addresses: readonly string[]): void
}

/** Looks every 5 s whether the machine slept or moved to another network. */
export function watchMachine(clock: Clock, addresses: () => string[], heard: Heard): Timer {
  let last = clock.now()
  let known = addresses().join(' ')
  return clock.every(tick, () => {
    const now = clock.now()
    const passed = now - last
    last = now
    const fresh = addresses()
    const changed = fresh.join(' ') !== known
    known = fresh.join(' ')
    if (passed > tick + slack || passed < 0) heard.woke()
    else if (changed) heard.networkChanged(fresh)
  })
}
