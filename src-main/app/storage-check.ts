import { DAY, type Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import type { CheckView } from '../contract/calls'
import { runCheck } from '../operation/check'
import { IdleCheck } from '../operation/idle-check'
import { checkerOf, type Keeper } from '../operation/keeper'
import { writeNote, type CheckNote } from '../operation/notes'
import type { Jobs } from './jobs'

export interface StorageCheckParts {
  /** The account's folder, and its file there. */
  folder: string
  file: string
  /** Opens a connection that only reads, off this thread. */
  openKeeper(): Promise<Keeper>
  jobs: Jobs
  /** The journal's newest number: what did not grow is idle. */
  n(): number
  /** Damage was found without anybody asking. */
  damaged(fault: Fault): void
  clock: Clock
  log: Log
}

/** Whether an account's file is whole: looked at once a day when nothing else is to be done, and as a job when the person asks. */
export class StorageCheck {
  readonly #parts: StorageCheckParts
  readonly #idle: IdleCheck
  #job: { id: string; ended: Promise<void> } | undefined

  constructor(parts: StorageCheckParts) {
    this.#parts = parts
    const { folder, openKeeper, clock, log } = parts
    this.#idle = new IdleCheck({
      folder, openKeeper, clock, log, every: DAY, work: () => parts.n(),
      checked: (note) => {
        if (note.problems.length) parts.damaged(this.#fault(note))
      },
    })
  }

  start(): void {
    this.#idle.start()
  }

  async stop(): Promise<void> {
    if (this.#job) this.#parts.jobs.cancel(this.#job.id)
    await Promise.all([this.#idle.stop(), this.#job?.ended])
  }

  /** How the last check ended. */
  last(): CheckView | null {
    const note = this.#idle.last
    return note ? { at: note.at, problems: note.problems.length, file: this.#parts.file } : null
  }

  /** Checks thoroughly, as a job; answers its id. One that runs already goes on. */
  check(): string {
    if (this.#job) return this.#job.id
    const job = this.#parts.jobs.start({
      kind: 'check', unit: 'pages', detail: { file: this.#parts.file },
      run: async ({ signal, progress }) => {
        const keeper = await this.#parts.openKeeper()
        try {
          const { notes: _harmless, ...note } = await runCheck(checkerOf(keeper), { thorough: true, clock: this.#parts.clock, progress: (done, total) => progress(done, total), signal })
          writeNote(this.#parts.folder, 'check', note)
          this.#idle.heard(note)
          if (note.problems.length) throw this.#fault(note)
          return { took: note.took }
        } finally {
          await keeper.close()
        }
      },
    })
    this.#job = job
    void job.ended.then(() => { this.#job = undefined })
    return job.id
  }

  #fault({ problems }: CheckNote): Fault {
    const { file } = this.#parts
    return new Fault('storage-damaged', { text: `${file}: ${problems.slice(0, 5).join('; ')}`, detail: { file, problems: problems.length } })
  }
}
