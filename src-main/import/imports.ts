import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import type { ImportView } from '../contract/calls'
import type { FaultDetail } from '../contract/faults'
import type { JobKind, JobView } from '../contract/jobs'
import type { KeptFiles } from '../content/kept-files'
import { homeOf } from './addresses'
import type { ImportJournal } from './journal'
import { runImport } from './run'
import type { Chosen, Spool, Spooled } from './spool'

/** The app's jobs, as far as an import needs them. */
interface JobList {
  start(job: {
    kind: JobKind
    unit: JobView['unit']
    total?: number
    detail?: FaultDetail
    run(control: { signal: AbortSignal; progress(done: number, total?: number, detail?: FaultDetail): void }): Promise<FaultDetail | void>
  }): { id: string; ended: Promise<void> }
  cancel(id: string): void
}

export interface ImportsParts {
  /** Address of record. */
  account: string
  spool: Spool
  files: KeptFiles
  journal: ImportJournal
  jobs: JobList
  clock: Clock
  log: Log
  /** Lets the event loop turn. @default setImmediate */
  pause?: () => Promise<void>
}

/** Backups on their way into one account: copied here piece by piece, then read by a job, one after the other. */
export class Imports {
  readonly #parts: ImportsParts
  /** The job of a file that is whole. */
  readonly #running = new Map<string, { job: string; ended: Promise<void> }>()
  #turn: Promise<unknown> = Promise.resolve()
  #isStopped = false

  constructor(parts: ImportsParts) {
    this.#parts = parts
  }

  /** What was being imported when the last process ended goes on. */
  async start(): Promise<void> {
    const { spool, files, journal, clock } = this.#parts
    await files.sweep()
    await spool.sweep(clock.now())
    const whole = (await spool.list()).filter(({ isWhole }) => isWhole)
    // What a cancelled one left staged because the process ended in that moment.
    for (const id of await journal.list()) if (!whole.some((one) => one.id === id)) await journal.drop(id)
    for (const one of whole) this.#run(one)
  }

  /** Ends the jobs where nothing is half done; they go on at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true
    const running = [...this.#running.values()]
    for (const { job } of running) this.#parts.jobs.cancel(job)
    await Promise.all([this.#turn.catch(() => undefined), ...running.map(({ ended }) => ended)])
    // They did not end for those who look on: they are not shown.
    for (const { job } of running) this.#parts.jobs.cancel(job)
  }

  /** @throws Fault `disk-full`, or `busy` while another backup is being read */
  begin(chosen: Chosen): Promise<ImportView> {
    return this.#inTurn(async () => {
      const spooled = await this.#parts.spool.begin(chosen)
      return this.#view(spooled)
    })
  }

  /** @throws Fault `bad-argument` with the right `offset`, `disk-full` */
  add(id: string, offset: number, bytes: Uint8Array): Promise<ImportView> {
    return this.#inTurn(async () => this.#view(await this.#parts.spool.add(id, offset, bytes)))
  }

  /** It is not wanted any more, however far it came. */
  forget(id: string): Promise<void> {
    return this.#inTurn(async () => {
      // Its last piece may have come just before.
      const running = this.#running.get(id)
      if (running) this.#parts.jobs.cancel(running.job)
      else await this.#parts.spool.remove(id)
    })
  }

  #view(spooled: Spooled): ImportView {
    const { id, offset, isWhole } = spooled
    if (!isWhole) return { id, offset }
    this.#run(spooled)
    return { id, offset, job: this.#running.get(id)!.job }
  }

  #run({ id, name, size }: Spooled): void {
    if (this.#running.has(id)) return
    const { account, spool, files, journal, jobs, log, pause = turn } = this.#parts
    const home = homeOf(account)
    const others = [...this.#running.values()].map(({ ended }) => ended)
    const { id: job, ended } = jobs.start({
      kind: 'import', unit: 'bytes', total: size, detail: { file: name, code: home.code },
      run: async ({ signal, progress }) => {
        try {
          await Promise.all(others)
          const outcome = await runImport({ id, size, chunks: () => spool.read(id), home, files, journal, signal, progress, pause })
          await this.#forget(id)
          log.info({ ...outcome, lines: undefined }, 'a backup was imported')
          return outcome
        } catch (thrown) {
          // The app ends, not the import.
          if (this.#isStopped) throw thrown
          const fault = Fault.from(thrown)
          if (!signal.aborted) log.warn({ fault: fault.view() }, 'a backup could not be imported')
          await this.#forget(id).catch((also: unknown) => log.warn({ fault: Fault.from(also).view() }, 'what it left goes at the next start'))
          throw thrown
        } finally {
          this.#running.delete(id)
        }
      },
    })
    this.#running.set(id, { job, ended })
  }

  async #forget(id: string): Promise<void> {
    // Its space first: on a full disk the journal needs some of it. What is staged without a file is dropped at the next start.
    await this.#parts.spool.remove(id)
    await this.#parts.journal.drop(id)
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isStopped) return Promise.reject(new Fault('closed'))
    const done = this.#turn.then(work, work)
    this.#turn = done.catch(() => undefined)
    return done
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
