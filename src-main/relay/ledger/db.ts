import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Fault } from '../../base/faults'
import type { FaultCode } from '../../contract/faults'
import { migrate, type Migration, type MigrationProgress } from './migrate'
import { LedgerStats } from './stats'

export type { Migration, MigrationProgress } from './migrate'
export type Value = SQLInputValue

export interface DbOptions {
  /** More pages than this and the disk counts as full: for tests. */
  maxPages?: number
  /** How long another process may hold the file, ms. @default 5_000 */
  patience?: number
  /** Where commits and checkpoints are counted. @default its own */
  stats?: LedgerStats
  /** Hears how far a file of an older version is on its way to this one. */
  migrating?: (progress: MigrationProgress) => void
}

// The primary result codes of sqlite.org/rescode.html that say something of the machine rather than of our statement.
const codes: Readonly<Record<number, FaultCode>> = {
  5: 'busy', 6: 'busy', 8: 'disk-broken', 10: 'disk-broken', 11: 'disk-broken', 13: 'disk-full', 14: 'disk-broken', 26: 'disk-broken',
  // No verb of ours breaks a constraint in a file that is as it was left: it contradicts itself.
  19: 'disk-broken',
}

/** What SQLite threw, as a fault with a code of ours. */
export function sqliteFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  const { errcode } = thrown as { errcode?: number }
  // What a verb parses is what was stored.
  if (thrown instanceof SyntaxError) return new Fault('disk-broken', { text: `a row cannot be read: ${thrown.message}`, cause: thrown })
  return Fault.from(thrown, (errcode !== undefined && codes[errcode & 0xff]) || 'internal')
}

/** What is there in every file that is whole. @throws Fault `disk-broken` */
export function found<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new Fault('disk-broken', { text: 'a row is missing that must be there' })
  return row
}

/** A SQLite file with its statements kept ready. Belongs to the thread that opened it. */
export class Db {
  readonly stats: LedgerStats
  readonly #sqlite: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #kept = new Map<string, unknown>()
  #dataVersion = 0

  /**
   * Opens the file (made if there is none) and brings its schema to the newest of `migrations`.
   * @throws Fault `newer-version`, `disk-full`, `disk-broken`
   */
  constructor(file: string, migrations: readonly Migration[], options: DbOptions = {}) {
    const { maxPages, patience = 5_000, stats = new LedgerStats(), migrating } = options
    this.stats = stats
    try {
      this.#sqlite = new DatabaseSync(file, { timeout: patience })
    } catch (thrown) {
      throw sqliteFault(thrown)
    }
    try {
      // FULL: a commit returns after its fsync (guarantee 1). Checkpoints are the thread's to time, see thread.ts.
      this.#sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; ' +
        'PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864')
      migrate(this, migrations, migrating)
      if (maxPages) this.#sqlite.exec(`PRAGMA max_page_count = ${maxPages}`)
    } catch (thrown) {
      this.#sqlite.close()
      throw sqliteFault(thrown)
    }
  }

  run(sql: string, ...values: Value[]): { changes: number; lastInsertRowid: number } {
    return this.#statement(sql).run(...values) as { changes: number; lastInsertRowid: number }
  }

  get<Row = Record<string, unknown>>(sql: string, ...values: Value[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined
  }

  /** The row that is there in every file that is whole. @throws Fault `disk-broken` */
  one<Row = Record<string, unknown>>(sql: string, ...values: Value[]): Row {
    return found(this.get<Row>(sql, ...values))
  }

  all<Row = Record<string, unknown>>(sql: string, ...values: Value[]): Row[] {
    return this.#statement(sql).all(...values) as Row[]
  }

  /** Statements that answer nothing and are not kept ready. */
  script(sql: string): void {
    this.#sqlite.exec(sql)
  }

  /** Rows one by one; nothing else may use the same statement meanwhile. */
  iterate<Row = Record<string, unknown>>(sql: string, ...values: Value[]): IterableIterator<Row> {
    return this.#statement(sql).iterate(...values) as IterableIterator<Row>
  }

  /** What `make` read once, kept until a transaction is rolled back or another process writes to the file. */
  keep<Kept>(name: string, make: () => Kept): Kept {
    let kept = this.#kept.get(name) as Kept | undefined
    if (kept === undefined) this.#kept.set(name, (kept = make()))
    return kept
  }

  /** Forgets what is kept: the file was changed beside it. */
  drop(): void {
    this.#kept.clear()
  }

  /** Runs `work` in a transaction that is durable when this returns. */
  transaction<Result>(work: () => Result): Result {
    this.run('BEGIN IMMEDIATE')
    try {
      const { data_version: version } = this.get<{ data_version: number }>('PRAGMA data_version')!
      if (version !== this.#dataVersion) this.drop()
      this.#dataVersion = version
      const result = work()
      const began = performance.now()
      this.run('COMMIT')
      this.stats.commits.add(performance.now() - began)
      return result
    } catch (thrown) {
      this.drop()
      // After some errors (a full disk is one) SQLite has rolled back by itself.
      if (this.#sqlite.isTransaction) this.#rollBack()
      throw thrown
    }
  }

  /** Pages in the write-ahead log that are not yet in the file. */
  logPages(): number {
    const { log, checkpointed } = this.get<{ log: number; checkpointed: number }>('PRAGMA wal_checkpoint(NOOP)')!
    return log - checkpointed
  }

  /** Brings the log into the file without waiting for readers. */
  checkpoint(): void {
    const began = performance.now()
    this.all('PRAGMA wal_checkpoint(PASSIVE)')
    this.stats.checkpoints.add(performance.now() - began)
  }

  get isOpen(): boolean {
    return this.#sqlite.isOpen
  }

  /** A transaction that cannot be ended is left by closing: the next would not begin in it. */
  #rollBack(): void {
    try {
      this.run('ROLLBACK')
    } catch {
      this.close()
    }
  }

  close(): void {
    if (this.#sqlite.isOpen) this.#sqlite.close()
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = this.#sqlite.prepare(sql)))
    return statement
  }
}
