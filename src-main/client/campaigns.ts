import type { JobControl, Jobs } from '../app/jobs'
import { backoff } from '../base/backoff'
import { DAY, MINUTE, SECOND, type Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import { MOST_RECIPIENTS, type Addressee, type CampaignView, type Enclosed, type ListView, type RecipientFilter, type RecipientView, type ToEnclose } from '../contract/campaign'
import { faults } from '../contract/faults'
import { isReadOnly } from '../contract/kept-address'
import { fill } from '../contract/personal'
import { isThere } from '../relay/campaign/enclosed'
import { partsOf } from '../relay/campaign/verbs'
import { rowsOf, type QueueRow } from '../relay/queue/row'
import { readRecipient } from './address'
import type { CampaignFiles } from './campaign-files'
import { maxText, placeOf, type Self } from './envelopes'
import type { ClientLedger } from './journal'
import { contentsOf, letterOf } from './letters'
import { Pace } from './pace'
import { rest } from './rest'

export interface CampaignParts {
  self: Self
  ledger: Pick<ClientLedger, 'read' | 'commit'>
  files: CampaignFiles
  /** Asks somebody whether they take files and words as one message. */
  takesAlbums(address: string): Promise<boolean>
  /** The longest text that can be sent now, in bytes of UTF-8. */
  textLimit(): number
  jobs: Jobs
  clock: Clock
  random: () => number
  log: Log
  /** A commit put rows into the network lane; the journal's number is `n`. */
  made(n: number, rows: readonly QueueRow[]): void
}

/** Messages of one that may be in the queue at once: it can be stopped, and what one writes meanwhile does not wait behind 10,000. */
const WINDOW = 512
/** How many have left it when the next are handed over, and how many those are at most. */
const BATCH = 128
/** Those who are asked before what comes in two forms is handed over. */
const ASKED = 64
/** Words that are handed over together, bytes. */
const AT_ONCE = 4 * 1024 * 1024
/** A commit that failed for what passes is tried again. */
const RECOMMIT = { first: SECOND, longest: MINUTE }
/** How long a draft that nobody started is kept, ms. */
const PATIENCE = DAY

interface Run {
  job: string
  ended: Promise<void>
  /** Ids of its messages that wait in the queue, other than to be tried again. */
  flying: Set<string>
  /** More has become due since it last looked. */
  isAgain: boolean
  wake(): void
}

/**
 * Messages to many. What is to be sent to whom stands in the journal; here it is handed to the queue, in time, as a job for each.
 * What is killed goes on at the next start where it was: a message's id follows from its campaign and its recipient.
 */
export class Campaigns {
  readonly #parts: CampaignParts
  readonly #runs = new Map<string, Run>()
  #stopped = false

  constructor(parts: CampaignParts) {
    this.#parts = parts
  }

  /** Goes on with those that ran when the app ended. */
  async start(): Promise<void> {
    const { ledger, clock, log } = this.#parts
    // A disk that is full today is no reason not to begin.
    ledger.commit('campaign.tidy', { before: clock.now() - PATIENCE })
      .catch((thrown: unknown) => log.info({ fault: Fault.from(thrown).view() }, 'old drafts of messages to many stay'))
    for (const id of await ledger.read('campaign.running', null)) this.#go(id)
  }

  /** Everything stops where it is, and goes on at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true
    const runs = [...this.#runs.values()]
    for (const { job } of runs) this.#parts.jobs.cancel(job)
    await Promise.all(runs.map(({ ended }) => ended))
  }

  views(): Promise<CampaignView[]> {
    return this.#parts.ledger.read('campaign.views', null)
  }

  view(id: string): Promise<CampaignView | null> {
    return this.#parts.ledger.read('campaign.view', { id })
  }

  recipients(id: string, filter: RecipientFilter, offset: number, limit: number): Promise<RecipientView[]> {
    return this.#parts.ledger.read('campaign.recipients', { id, filter, offset, limit })
  }

  /** @throws Fault `bad-argument` when nothing would be said, `too-large`; of files what `CampaignFiles.check` throws */
  async begin(id: string, words: string, perMinute: number, { files, location }: ToEnclose = {}): Promise<void> {
    const { ledger, clock } = this.#parts
    this.#fits(words, files !== undefined)
    if (words.trim() === '' && !files?.length && !location) throw new Fault('bad-argument', { text: 'nothing would be said', detail: { field: 'words' } })
    if (files) await this.#parts.files.check(files)
    const enclosed: Enclosed = {
      ...(files && { files: files.map((file) => ({ ...file, transfer: { way: 'up', at: 'waiting' } })) }), ...(location && { location: placeOf(location) }),
    }
    await ledger.commit('campaign.begin', { id, words, perMinute, now: clock.now(), ...((files || location) && { enclosed }) })
  }

  /** Words beside files go in a MESSAGE, as with an ordinary send. @throws Fault `too-large` */
  #fits(text: string, isBesideFiles: boolean): void {
    const limit = isBesideFiles ? maxText : this.#parts.textLimit()
    const bytes = Buffer.byteLength(text)
    if (bytes > limit) throw new Fault('too-large', { detail: { limit, bytes } })
  }

  /** @throws Fault `too-large`, `unknown-recipient`, `bad-argument` */
  async add(id: string, from: number, recipients: Addressee[]): Promise<void> {
    const { ledger } = this.#parts
    const view = await ledger.read('campaign.view', { id })
    if (!view || from + recipients.length > MOST_RECIPIENTS) throw new Fault('bad-argument', { detail: { field: view ? 'recipients' : 'id' } })
    for (const { address, fields } of recipients) {
      if (isReadOnly(address)) throw new Fault('unknown-recipient')
      const text = fill(view.words, fields)
      this.#fits(text, view.files !== undefined)
      if (contentsOf(view, text, true).length === 0) throw new Fault('bad-argument', { text: `nothing would be said to ${address}`, detail: { field: 'words' } })
    }
    await ledger.commit('campaign.add', { id, from, recipients })
  }

  /** Begins it, or goes on with it. @throws Fault `bad-argument`, `no-content-server` */
  async launch(id: string): Promise<void> {
    await this.#checkServer(id)
    const view = await this.#parts.ledger.commit('campaign.start', { id })
    if (!view) throw new Fault('bad-argument', { detail: { field: 'id' } })
    if (view.state === 'running') this.#go(id)
  }

  /** Resolves when nothing more is handed to the queue. */
  async halt(id: string): Promise<void> {
    await this.#parts.ledger.commit('campaign.stop', { id })
    const run = this.#runs.get(id)
    if (!run) return
    this.#parts.jobs.cancel(run.job)
    await run.ended
  }

  /** @throws Fault `no-content-server` */
  async retry(id: string): Promise<number> {
    await this.#checkServer(id)
    const count = await this.#parts.ledger.commit('campaign.retry', { id })
    if (count > 0) this.#go(id)
    return count
  }

  async #checkServer(id: string): Promise<void> {
    const { ledger, files, clock } = this.#parts
    const view = await ledger.read('campaign.view', { id })
    if (view?.files?.some((file) => !isThere(file, clock.now()))) files.checkServer()
  }

  /** @throws Fault `busy` */
  async forget(id: string): Promise<void> {
    if (!(await this.#parts.ledger.commit('campaign.forget', { id }))) throw new Fault('busy')
  }

  lists(): Promise<ListView[]> {
    return this.#parts.ledger.read('lists.all', null)
  }

  list(id: string, from: number, limit: number): Promise<Addressee[]> {
    return this.#parts.ledger.read('lists.members', { id, from, limit })
  }

  async saveList(id: string, name: string, from: number, members: Addressee[]): Promise<void> {
    await this.#parts.ledger.commit('lists.save', { id, name, from, members, now: this.#parts.clock.now() })
  }

  async renameList(id: string, name: string): Promise<void> {
    await this.#parts.ledger.commit('lists.rename', { id, name, now: this.#parts.clock.now() })
  }

  async forgetList(id: string): Promise<void> {
    await this.#parts.ledger.commit('lists.forget', { id })
  }

  /** Addresses as they are kept; null for what is none, or cannot be answered. */
  readAddresses(typed: readonly string[]): (string | null)[] {
    return typed.map((text) => {
      try {
        const address = readRecipient(text, this.#parts.self.account)
        return isReadOnly(address) ? null : address
      } catch {
        return null
      }
    })
  }

  /** Messages left the queue, or wait there to be tried again: what holds up one recipient holds up no other. */
  left(ids: readonly string[]): void {
    for (const run of this.#runs.values()) {
      let isOne = false
      for (const id of ids) if (run.flying.delete(id)) isOne = true
      if (isOne) run.wake()
    }
  }

  #go(id: string): void {
    if (this.#stopped) return
    const running = this.#runs.get(id)
    if (running) {
      running.isAgain = true
      return running.wake()
    }
    const { ledger, jobs, log } = this.#parts
    const run: Run = { job: '', ended: Promise.resolve(), flying: new Set(), isAgain: false, wake: () => undefined }
    this.#runs.set(id, run)
    const { id: job, ended } = jobs.start({
      kind: 'campaign', unit: 'messages', detail: { campaign: id }, run: (control) => this.#send(id, run, control),
    })
    run.job = job
    run.ended = ended.then(async () => {
      this.#runs.delete(id)
      if (this.#stopped) return
      // The person ended the job: the campaign stops with it.
      const isCancelled = jobs.list().some((view) => view.id === job && view.at === 'cancelled')
      if (isCancelled) await ledger.commit('campaign.stop', { id }).catch((thrown: unknown) => log.warn({ fault: Fault.from(thrown).view() }, 'not stopped'))
      else if (run.isAgain) this.#go(id)
    })
  }

  async #send(id: string, run: Run, { signal, progress }: JobControl): Promise<void> {
    const { ledger, clock } = this.#parts
    const { perMinute, counts, words, files, location } = (await ledger.read('campaign.view', { id }))!
    const pace = new Pace(clock, perMinute)
    /** Messages that somebody gets at most, and how many get them together. */
    const parts = (files?.length ?? 0) + Number(location !== undefined) + Number(words !== '')
    const isAsked = files !== undefined && parts > 1
    const most = Math.max(1, Math.min(Math.floor(BATCH / parts), isAsked ? ASKED : BATCH, Math.floor(AT_ONCE / Math.max(1, words.length))))
    signal.addEventListener('abort', () => run.wake())
    let due = counts.waiting
    const until = (isTrue: () => boolean) => waitFor(run, signal, () => {
      progress(counts.total - due - Math.ceil(run.flying.size / parts), counts.total)
      return isTrue()
    })
    do {
      run.isAgain = false
      for (let count = 1; count > 0;) {
        await until(() => run.flying.size <= WINDOW - BATCH)
        if (pace.left > 0) await rest(clock, pace.left, signal)
        if (files) await this.#parts.files.bring(id, signal, (work) => this.#patiently(signal, work))
        const next = await this.#patiently(signal, () => this.#handOver(id, run, pace.room(most)))
        count = next.count
        due = next.due
        pace.took(count)
      }
      await until(() => run.flying.size === 0 || run.isAgain)
    } while (run.isAgain)
  }

  /** Hands the next ones to the queue. */
  async #handOver(id: string, run: Run, limit: number): Promise<{ count: number; due: number }> {
    const { self, ledger, clock, made, takesAlbums } = this.#parts
    const { recipients, words, enclosed } = await ledger.read('campaign.next', { id, limit })
    if (!recipients.length) return { count: 0, due: 0 }
    const now = clock.now()
    const letters = await Promise.all(recipients.map((recipient) => letterOf(self, { campaign: id, words, enclosed }, recipient, now, takesAlbums)))
    const parts = letters.flatMap(partsOf)
    const ids = parts.map(({ message }) => message.id)
    // Before the commit: the lane may have read, and sent, them before its answer is here.
    for (const each of ids) run.flying.add(each)
    const { n, seqs, due } = await ledger.commit('campaign.send', { id, letters }).catch((thrown: unknown) => {
      for (const each of ids) run.flying.delete(each)
      throw thrown
    })
    const rows: QueueRow[] = []
    parts.forEach(({ message, put }, i) => {
      if (seqs[i]) rows.push(...rowsOf(put, [seqs[i]]))
      else run.flying.delete(message.id)
    })
    made(n, rows)
    return { count: letters.length, due }
  }

  /** Again and again where it may pass: a full disk is made emptier. */
  async #patiently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { clock, random, log } = this.#parts
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted()
      try {
        return await work()
      } catch (thrown) {
        const fault = Fault.from(thrown)
        if (fault.code === 'closed' || faults[fault.code].then === 'stop') throw fault
        log.warn({ fault: fault.view(), attempt }, 'a part of a message to many could not be kept')
        await rest(clock, backoff(attempt, random(), RECOMMIT), signal)
      }
    }
  }
}

/** Resolves when it holds, asked whenever something of the run has left the queue. @throws what the signal was aborted with */
async function waitFor(run: Run, signal: AbortSignal, holds: () => boolean): Promise<void> {
  while (!signal.aborted && !holds()) await new Promise<void>((go) => void (run.wake = go))
  signal.throwIfAborted()
}
