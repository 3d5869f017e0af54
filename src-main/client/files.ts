import { join } from 'node:path'
import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import type { Log } from '../base/log'
import { HashThread } from '../content/hash-thread'
import { KeptFiles } from '../content/kept-files'
import { PartialFiles } from '../content/partial-files'
import { Imports, type ImportsParts } from '../import/imports'
import { Spool } from '../import/spool'
import { importJournal } from './import-journal'
import type { ClientLedger } from './journal'

export interface AccountFilesParts {
  /** The account's own folder. */
  folder: string
  account: string
  ledger: ClientLedger
  /** The journal's number has become `n`. */
  grew(n: number): void
  jobs: ImportsParts['jobs']
  clock: Clock
  ids: Ids
  log: Log
}

/** Beside the journal of an account: the files of its messages, and the backups on their way in. */
export class AccountFiles {
  readonly kept: KeptFiles
  /** Files that are being fetched. */
  readonly partial: PartialFiles
  readonly imports: Imports
  readonly #log: Log

  constructor({ folder, account, ledger, grew, jobs, clock, ids, log }: AccountFilesParts) {
    this.#log = log
    this.kept = new KeptFiles({ folder: join(folder, 'content'), ids })
    this.partial = new PartialFiles({ folder: join(folder, 'content/partial'), kept: this.kept, thread: new HashThread() })
    const journal = importJournal({ ledger, clock, grew })
    this.imports = new Imports({ account, spool: new Spool({ folder: join(folder, 'import') }), files: this.kept, journal, jobs, clock, log })
  }

  /** Imports that the last process did not end go on. A folder that cannot be read stops nothing else. */
  async start(): Promise<void> {
    await this.imports.start().catch((thrown: unknown) => this.#log.error({ fault: Fault.from(thrown).view() }, 'imports cannot go on'))
  }

  stop(): Promise<void> {
    return this.imports.stop()
  }
}
