import type { Jobs } from '../app/jobs'
import { backoff } from '../base/backoff'
import { MINUTE, SECOND, type Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import type { KeptFiles } from '../content/kept-files'
import type { OutgoingFile } from '../contract/calls'
import { faults } from '../contract/faults'
import type { FileView, RemoteFile } from '../contract/message'
import { isThere } from '../relay/campaign/enclosed'
import type { ClientLedger } from './journal'
import { rest } from './rest'
import { allKept, mustHaveServer } from './send-files'
import type { Transfers } from './transfers'

export interface CampaignFilesParts {
  ledger: Pick<ClientLedger, 'read' | 'commit'>
  kept: KeptFiles
  /** The way to the content server. */
  way: Pick<Transfers, 'server' | 'limit' | 'bring'>
  jobs: Jobs
  clock: Clock
  random: () => number
  log: Log
}

/** Does a piece of work again and again where what stands in its way may pass. */
type Patiently = <T>(work: () => Promise<T>) => Promise<T>

/** What breaks off goes on soon, and ever more seldom while nothing of it arrives. */
const AGAIN = { first: SECOND / 2, longest: 10 * MINUTE }
/** How often bytes that do not fit may come before it is the server that is wrong. */
const DAMAGED = 2

/** The files of messages to many: each goes to the content server once, and goes on there after a restart. */
export class CampaignFiles {
  readonly #parts: CampaignFilesParts
  readonly #waiting = new Set<() => void>()

  constructor(parts: CampaignFilesParts) {
    this.#parts = parts
  }

  /** The link is there, or there anew: whatever waited goes on now. */
  online(): void {
    for (const go of [...this.#waiting]) go()
  }

  /** @throws Fault `no-content-server` when it is known that files can go nowhere */
  checkServer(): void {
    mustHaveServer(this.#parts.way)
  }

  /** @throws Fault `no-content-server`, `bad-argument`, `file-empty`, `file-too-large` */
  async check(files: readonly OutgoingFile[]): Promise<void> {
    this.checkServer()
    await allKept(this.#parts.kept, files, this.#parts.way.limit)
  }

  /**
   * Resolves when all files of a message to many that runs lie at the content server, and still will for those who get it now.
   * @throws Fault why one cannot go there, which is kept with it; what the signal was aborted with
   */
  async bring(id: string, signal: AbortSignal, patiently: Patiently): Promise<void> {
    const { ledger, clock } = this.#parts
    const enclosed = await ledger.read('campaign.enclosed', { id })
    if (!enclosed?.files?.some((file) => !isThere(file, clock.now()))) return
    const { files = [] } = await patiently(() => ledger.commit('campaign.upload', { id, now: clock.now() }))
    for (const [file, view] of files.entries()) {
      if (!view.transfer) continue
      const came = await this.#asJob(id, file, view, signal)
      await patiently(async () => {
        if (came instanceof Fault) await ledger.commit('campaign.uploadFailed', { id, file, fault: came.view() })
        else await ledger.commit('campaign.uploaded', { id, file, remote: came })
      })
      if (came instanceof Fault) throw came
    }
  }

  async #asJob(id: string, index: number, file: FileView, signal: AbortSignal): Promise<RemoteFile | Fault> {
    const { jobs } = this.#parts
    signal.throwIfAborted()
    let came: RemoteFile | Fault = new Fault('cancelled')
    const job = jobs.start({
      kind: 'upload', unit: 'bytes', total: file.size, detail: { campaign: id, file: index, name: file.name },
      run: async (control) => {
        try {
          came = await this.#persist(id, index, file, control.signal, (done) => control.progress(done))
        } catch (thrown) {
          // Ended from the list of jobs it is a wish of the person, whatever broke off by it.
          came = control.signal.aborted ? new Fault('cancelled') : Fault.from(thrown)
          throw thrown
        }
      },
    })
    const stop = (): void => jobs.cancel(job.id)
    signal.addEventListener('abort', stop)
    await job.ended
    signal.removeEventListener('abort', stop)
    signal.throwIfAborted()
    return came
  }

  /** Tries until it is there; a try that brought something counts as none. */
  async #persist(id: string, index: number, file: FileView, signal: AbortSignal, told: (done: number) => void): Promise<RemoteFile> {
    const { way, clock, random, log } = this.#parts
    /** For so long, or until the link is there anew. */
    const pause = (ms?: number) => rest(clock, ms, signal, this.#waiting)
    let most = 0
    let damaged = 0
    for (let tries = 1; ; tries++) {
      while (!way.server) await pause()
      const before = most
      try {
        const remote = await way.bring({ id, index, file, signal, progress: (done) => told(most = Math.max(most, done)) })
        if ((remote.until ?? Infinity) <= clock.now()) throw new Fault('file-gone', { text: 'the link to it had run out when it came' })
        return remote
      } catch (thrown) {
        const fault = Fault.from(thrown)
        if (signal.aborted) throw fault
        log.info({ fault: fault.view(), id, file: index, tries }, 'a file for many did not get to the content server')
        const isPassing = way.server === undefined || (faults[fault.code].then === 'wait' && (fault.code !== 'file-damaged' || ++damaged < DAMAGED))
        if (!isPassing) throw fault
        if (most > before) tries = 1
        const after = typeof fault.detail['after'] === 'number' ? fault.detail['after'] : 0
        if (way.server) await pause(Math.max(backoff(tries, random(), AGAIN), after))
      }
    }
  }
}
