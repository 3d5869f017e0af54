import { Worker } from 'node:worker_threads'
import type { Clock } from './base/clock'
import type { Log } from './base/log'
import { databasePackings, type DatabaseVerbs } from './database-verbs'
import type { KeeperVerbs } from './relay/keeping/keeper'
import type { Ledger } from './relay/ledger/ledger'
import { openLedger } from './relay/ledger/port-ledger'
import type { Port } from './relay/ledger/port'

export interface ThreadOptions {
  /** The SQLite file; made if there is none. */
  file: string
  /** The built entry of the thread. @default database.js beside the running bundle */
  script?: string | URL
  /** `keeper` only reads, beside the thread that owns the file. @default it owns the file */
  role?: 'keeper'
}

/** Starts the database thread as a worker_thread. */
export function spawnDatabaseThread({ file, role, script = new URL('./database.js', import.meta.url) }: ThreadOptions): Port {
  const worker = new Worker(script, { workerData: { file, role } })
  let error: string | undefined
  worker.on('error', (thrown) => (error = thrown instanceof Error ? thrown.message : String(thrown)))
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    onMessage: (heard) => void worker.on('message', heard as (message: unknown) => void),
    onClosed: (heard) => void worker.on('exit', (code) => heard(error ?? `exit code ${code}`)),
    end: () => void worker.terminate(),
  }
}

/**
 * A thread that reads the file beside the one that owns it: for checks.
 * @throws Fault `disk-broken`
 */
export const openKeeper = ({ log, clock, ...thread }: Omit<ThreadOptions, 'role'> & { log: Log; clock: Clock }): Promise<Ledger<KeeperVerbs>> =>
  openLedger<KeeperVerbs>({ spawn: () => spawnDatabaseThread({ ...thread, role: 'keeper' }), log, clock })

/**
 * The database in a thread of its own.
 * @throws Fault `newer-version`, `disk-full`, `disk-broken`
 */
export const openDatabase = ({ log, clock, ...thread }: ThreadOptions & { log: Log; clock: Clock }): Promise<Ledger<DatabaseVerbs>> =>
  openLedger<DatabaseVerbs>({ spawn: () => spawnDatabaseThread(thread), log, clock, packings: databasePackings })
