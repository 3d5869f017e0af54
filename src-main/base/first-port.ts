import { Fault } from './faults'

/**
 * Opens at the first of `ports` that can be had, tried in their order; 0 is any that is free.
 * @throws what the last try threw; Fault `port-taken` without ports
 */
export async function atFirstPort<T>(ports: readonly number[], open: (port: number) => Promise<T>): Promise<T> {
  let last: unknown = new Fault('port-taken', { text: 'no port was given' })
  for (const port of ports) {
    try {
      return await open(port)
    } catch (thrown) {
      last = thrown
    }
  }
  throw last
}

/** Below every system's range for outgoing connections, so that it is likely to be free at the next start. */
const [FIRST, RANGE] = [21_000, 10_000]

/** Some ports to try, of those that are likely to be free. @param random from 0 up to 1 */
export const drawnPorts = (random: () => number): number[] => Array.from({ length: 8 }, () => FIRST + Math.floor(random() * RANGE))
