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

/** Removes what many were told and nobody waits for any more. Answers how much it was. */
export async function sweepPayloads(ledger: Ledger<QueueVerbs>, now: number): Promise<number> {
  let all = 0
  for (let after = 0; ;) {
    const { removed, next } = await ledger.commit('queue.sweep', { now, after, limit: SLICE })
    all += removed
    if (next === null) return all
    after = next
  }
}

/** Tidies at the start and every hour. */
export function tidyHourly(ledger: Ledger<QueueVerbs>, more: () => Promise<unknown>, { clock, log }: { clock: Clock; log: Log }): Timer {
  const tidy = (): void => {
    Promise.all([tidyQueue(ledger), sweepPayloads(ledger, clock.now()), more()]).then(
      ([notes, payloads]) => void (notes + payloads && log.info({ notes, payloads }, 'left-over notes and payloads removed')),
      (thrown: unknown) => log.warn({ err: thrown }, 'left-over notes could not be removed'),
    )
  }
  tidy()
  return clock.every(HOUR, tidy)
}
