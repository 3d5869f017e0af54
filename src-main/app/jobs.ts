import type { Clock } from '../base/clock'
import { Events } from '../base/events'
import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import type { FaultDetail } from '../contract/faults'
import type { JobKind, JobView } from '../contract/jobs'

/** What a job is given to work with. */
export interface JobControl {
  /** Aborted when the person cancels or the app stops. The job ends by throwing, at a place where nothing is half done. */
  readonly signal: AbortSignal
  /** How far it is; told to the windows a few times a second at most. */
  progress(done: number, total?: number, detail?: FaultDetail): void
}

export interface JobStart {
  kind: JobKind
  unit: JobView['unit']
  total?: number
  detail?: FaultDetail
  /** Resolves with what the words about its end need. */
  run(control: JobControl): Promise<FaultDetail | void>
}

interface Job {
  view: JobView
  abort: AbortController
  ended: Promise<void>
}

/** How often the windows are told, in ms. */
const TELL = 200
/** Jobs that ended and are still shown. */
const KEPT = 8

/** The long pieces of work of main: started here, told to every window, cancelled from any. */
export class Jobs {
  readonly events = new Events<{ job: [view: JobView] }>()
  readonly #jobs = new Map<string, Job>()
  readonly #parts: { clock: Clock; ids: Ids }

  constructor(parts: { clock: Clock; ids: Ids }) {
    this.#parts = parts
  }

  /** Those that run, and the last that ended. */
  list(): JobView[] {
    return [...this.#jobs.values()].map(({ view }) => view)
  }

  isRunning(kind: JobKind): boolean {
    return this.list().some((view) => view.kind === kind && view.at === 'running')
  }

  /** Starts it now; `ended` resolves when it has ended, however that was. */
  start({ kind, unit, total, detail, run }: JobStart): { id: string; ended: Promise<void> } {
    const { clock, ids } = this.#parts
    const id = ids.token()
    const abort = new AbortController()
    const view: JobView = {
      id, kind, unit, at: 'running', done: 0, startedAt: clock.now(), ...(total !== undefined && { total }), ...(detail && { detail }),
    }
    const job: Job = { view, abort, ended: Promise.resolve() }
    this.#jobs.set(id, job)
    let isPlanned = false
    const change = (next: Partial<JobView>): void => void (job.view = { ...job.view, ...next })
    const tell = (): void => this.events.emit('job', job.view)
    const progress: JobControl['progress'] = (done, of, more) => {
      change({ done: Math.max(done, job.view.done), ...(of !== undefined && { total: of }), ...(more && { detail: { ...job.view.detail, ...more } }) })
      if (isPlanned) return
      isPlanned = true
      clock.after(TELL, () => {
        isPlanned = false
        if (job.view.at === 'running') tell()
      })
    }
    const end = (last: Partial<JobView>): void => {
      change(last)
      this.#forgetOld()
      tell()
    }
    tell()
    job.ended = Promise.resolve().then(() => run({ signal: abort.signal, progress })).then(
      (more) => end({ at: 'done', ...(more && { detail: { ...job.view.detail, ...more } }) }),
      (thrown: unknown) => end(abort.signal.aborted ? { at: 'cancelled' } : { at: 'failed', fault: Fault.from(thrown).view() }),
    )
    return { id, ended: job.ended }
  }

  /** Asks it to end. One that has ended is no longer shown. */
  cancel(id: string): void {
    const job = this.#jobs.get(id)
    if (!job) return
    if (job.view.at === 'running') job.abort.abort()
    else this.#jobs.delete(id)
  }

  /** Cancels all and waits for them. */
  async stop(): Promise<void> {
    for (const { abort } of this.#jobs.values()) abort.abort()
    await Promise.all([...this.#jobs.values()].map(({ ended }) => ended))
    this.#jobs.clear()
  }

  #forgetOld(): void {
    const ended = [...this.#jobs.values()].filter(({ view }) => view.at !== 'running')
    for (const { view } of ended.slice(0, -KEPT)) this.#jobs.delete(view.id)
  }
}
