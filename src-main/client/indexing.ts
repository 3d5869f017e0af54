import type { Jobs, JobControl } from '../app/jobs'
import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import type { ClientLedger } from './journal'

export interface IndexingParts {
  ledger: Pick<ClientLedger, 'read' | 'commit'>
  jobs: Jobs
  clock: Clock
  log: Log
}

/** What one commit should take, ms: so long waits who sends or receives meanwhile. */
const CHUNK = 10
/** Messages of a commit. Where it takes longer in spite of few, it is the disk that is slow. */
const LEAST = 200
const MOST = 500
/** The longest pause between two, ms. */
const PAUSE = 25

/**
 * Builds the search index where it is not whole (after an update whose rule of search is another), newest messages first,
 * with pauses for others. What is killed or cancelled goes on at the next start.
 */
export class Indexing {
  readonly #parts: IndexingParts
  #job: { id: string; ended: Promise<void> } | undefined
  #started: Promise<void> = Promise.resolve()

  constructor(parts: IndexingParts) {
    this.#parts = parts
  }

  start(): void {
    const { ledger, jobs, log } = this.#parts
    this.#started = ledger.read('search.coverage', null).then((coverage) => {
      if (!coverage) return
      const { total, from } = coverage
      this.#job = jobs.start({ kind: 'index', unit: 'messages', total, detail: { from }, run: (control) => this.#build(control) })
    }).catch((thrown: unknown) => log.warn({ fault: Fault.from(thrown).view() }, 'whether the search index is whole is not known'))
  }

  async stop(): Promise<void> {
    await this.#started
    if (!this.#job) return
    this.#parts.jobs.cancel(this.#job.id)
    await this.#job.ended
  }

  async #build({ signal, progress }: JobControl): Promise<void> {
    const { ledger, clock } = this.#parts
    for (let limit = LEAST; ;) {
      signal.throwIfAborted()
      const began = clock.steady()
      const { done, total, from } = await ledger.commit('search.index', { limit })
      const took = clock.steady() - began
      progress(done, total, from === undefined ? {} : { from })
      if (from === undefined) return
      limit = Math.round(Math.min(MOST, Math.max(LEAST, limit * Math.min(2, CHUNK / Math.max(1, took)))))
      await new Promise<void>((go) => void clock.after(Math.min(took, PAUSE), go))
    }
  }
}
