import type { Clock, Timer } from '../base/clock'
import { HOUR } from '../base/clock'
import type { Log } from '../base/log'
import type { Ledger } from '../relay/ledger/ledger'
import type { QueueVerbs } from '../relay/queue/verbs'

const SLICE = 500

/** Removes what is left over in a queue, a little at a time between the commits of others. Answers how much it was. */
export async function tidyQueue(ledger: Ledger<QueueVerbs>): Promise<number> {
  let all = 0
  for (let after: [string, string] | null = null; ;) {
    const { removed, next }: { removed: number; next: [string, string] | null } = await ledger.commit('queue.tidy', { after, limit: SLICE })
    all += removed
    if (!next) return all
    after = next
  }
}

/** Tidies at the start and every hour. */
export function tidyHourly(ledger: Ledger<QueueVerbs>, more: () => Promise<unknown>, { clock, log }: { clock: Clock; log: Log }): Timer {
  const tidy = (): void => {
    Promise.all([tidyQueue(ledger), more()]).then(
      ([removed]) => void (removed && log.info({ removed }, 'left-over notes removed')),
      (thrown: unknown) => log.warn({ err: thrown }, 'left-over notes could not be removed'),
    )
  }
  tidy()
  return clock.every(HOUR, tidy)
}
