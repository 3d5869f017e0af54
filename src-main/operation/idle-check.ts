import type { Clock, Timer } from '../base/clock'
import { MINUTE } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import { runCheck } from './check'
import { checkerOf, type Keeper } from './keeper'
import { readNote, writeNote, type CheckNote } from './notes'

export interface IdleCheckParts {
  /** The folder of the file, where the result is noted. */
  folder: string
  /** Opens a thread that reads beside the one that commits; closed after each check. */
  openKeeper(): Promise<Keeper>
  /** A number that grows with the work done: what did not grow much for a minute is idle. */
  work(): number
  /** How long after the last check the next is due, ms; 0 for never. */
  every: number
  clock: Clock
  log: Log
  /** The result, each time. */
  checked?: (note: CheckNote) => void
}

/** How often it looks whether it is time, ms. */
const LOOK = MINUTE
/** More work than this in a look is no idleness; after `PATIENCE` intervals it is checked all the same. */
const LITTLE = 60
const PATIENCE = 3

/**
 * Checks a file's storage from time to time, when there is little else to do: a quick check, table by table, in a thread of its
 * own (measured: it costs commits of the same time nothing but their share of the disk), with a pause between the tables.
 */
export class IdleCheck {
  readonly #parts: IdleCheckParts
  readonly #abort = new AbortController()
  #timer: Timer | undefined
  #last: CheckNote | undefined
  #seen = 0
  #startedAt = 0
  #running: Promise<void> | undefined

  constructor(parts: IdleCheckParts) {
    this.#parts = parts
    this.#last = readNote(parts.folder, 'check')
  }

  /** The last result, whoever checked. */
  get last(): CheckNote | undefined {
    return this.#last
  }

  start(): void {
    const { clock, every, work } = this.#parts
    this.#startedAt = clock.now()
    this.#seen = work()
    // The command line may check as well, so the note is read anew.
    this.#timer = clock.every(Math.min(LOOK, every || LOOK), () => {
      this.#last = readNote(this.#parts.folder, 'check') ?? this.#last
      if (every && this.#isTime()) void this.check()
    })
  }

  /** Cancels a check that runs. */
  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#abort.abort()
    await this.#running
  }

  /** Somebody else of this process has checked. */
  heard(note: CheckNote): void {
    this.#last = note
  }

  /** Checks now; never rejects. */
  check(): Promise<void> {
    this.#running ??= this.#check().finally(() => { this.#running = undefined })
    return this.#running
  }

  #isTime(): boolean {
    const { clock, every, work } = this.#parts
    const worked = work()
    const isIdle = worked - this.#seen <= LITTLE
    this.#seen = worked
    const age = clock.now() - (this.#last?.at ?? this.#startedAt)
    // A clock that was set back must not put it off for ever.
    return age < 0 || age >= every * PATIENCE || (isIdle && age >= every)
  }

  async #check(): Promise<void> {
    const { folder, openKeeper, clock, log, checked } = this.#parts
    const { signal } = this.#abort
    let keeper: Keeper | undefined
    try {
      keeper = await openKeeper()
      const between = () => new Promise<void>((go) => void clock.after(10, go))
      const { notes: _harmless, ...note } = await runCheck(checkerOf(keeper), { thorough: false, clock, between, signal })
      this.#last = note
      writeNote(folder, 'check', note)
      if (note.problems.length) log.error({ problems: note.problems, folder }, 'the storage is damaged: nothing was deleted; put a backup back')
      else log.info({ took: note.took }, 'the storage was checked, and nothing is wrong')
      checked?.(note)
    } catch (thrown) {
      if (!signal.aborted) log.warn({ fault: Fault.from(thrown).view() }, 'the storage could not be checked')
    } finally {
      await keeper?.close()
    }
  }
}
