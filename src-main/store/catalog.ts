import { Dexie, type Table } from 'dexie'
import type { Clock } from '../base/clock'
import { announceAll } from './announce'
import { CATALOG, databaseName, forgetOthers, StoreDatabase, storeName } from './database'
import { follow } from './read'

/** How the last filling or rebuild ended. */
export interface RebuildEnd {
  at: 'done' | 'cancelled'
  /** ms since 1970. */
  when: number
  /** Messages that were written, when it is done. */
  messages?: number
}

// (no row) --projector--> reading 1 --asked--> reading 1, building 2 --filled--> reading 2
//                                                      '--cancelled--> reading 1
/** Which database of a journal's store is read, and which is built beside it. A generation is never given twice. */
export interface CatalogRow {
  store: string
  reading: number
  building?: number
  ended?: RebuildEnd
}

class CatalogDatabase extends Dexie {
  declare readonly stores: Table<CatalogRow, string>

  constructor() {
    super(CATALOG, { chromeTransactionDurability: 'relaxed', cache: 'disabled' })
    this.version(1).stores({ stores: 'store' })
  }
}

/**
 * One journal's row of the catalog. What a person asks for is written here: every window sees it, and whoever projects does
 * it, also after everything was killed in the middle.
 */
export class Catalog {
  readonly store: string
  readonly #clock: Clock
  readonly #db = new CatalogDatabase()

  constructor(journal: string, clock: Clock, schema?: number) {
    this.store = storeName(journal, schema)
    this.#clock = clock
  }

  row(): Promise<CatalogRow | undefined> {
    return this.#db.stores.get(this.store)
  }

  /** Tells the row now and after every change of it, until the returned function is called. */
  watch(on: (row: CatalogRow | undefined) => void): () => void {
    return follow(() => this.row(), on, this.#clock)
  }

  /** Has everybody look again at the catalog and at a database that it names. */
  announce(db: StoreDatabase): void {
    announceAll(this.#db, db)
  }

  /** A generation's database, not yet open. */
  database(generation: number): StoreDatabase {
    return new StoreDatabase(databaseName(this.store, generation))
  }

  /** The row, made if there is none. */
  ensure(): Promise<CatalogRow> {
    return this.#change((row) => row ?? { store: this.store, reading: this.#next(row) })
  }

  /** What is read is lost or of another history: another database is read while it is filled. */
  startAnew(): Promise<CatalogRow> {
    return this.#change((row) => ({ store: this.store, reading: this.#next(row) }))
  }

  /** Has another database filled beside the one that is read; one that is being filled already goes on. */
  askRebuild(): Promise<CatalogRow | undefined> {
    return this.#change((row) => row && (row.building === undefined ? { ...row, building: this.#next(row) } : row))
  }

  /** What is built beside begins anew. */
  restartRebuild(building: number): Promise<CatalogRow | undefined> {
    return this.#change((row) => (row?.building === building ? { ...row, building: this.#next(row) } : row))
  }

  cancelRebuild(): Promise<CatalogRow | undefined> {
    return this.#change((row) => {
      if (row?.building === undefined) return row
      return { store: row.store, reading: row.reading, ended: { at: 'cancelled', when: this.#clock.now() } }
    })
  }

  /** What was built is what is read. Resolves with false when it was cancelled meanwhile. */
  async swap(building: number, messages: number): Promise<boolean> {
    const row = await this.#change((now) => (now?.building === building ? { ...this.#done(messages), reading: building } : now))
    return row?.reading === building
  }

  /** What is read is filled. */
  async filled(reading: number, messages: number): Promise<void> {
    await this.#change((row) => (row?.reading === reading ? { ...row, ...this.#done(messages) } : row))
  }

  /** Deletes the generations of this store that its row does not name. */
  async sweep(): Promise<void> {
    await this.#sweep((name) => name.startsWith(databaseName(this.store, '')))
  }

  /** Deletes the stores of other journals and of other layouts as well: of another account, a restored copy, an older version. */
  async sweepOthers(): Promise<void> {
    await this.#sweep(() => true)
    await this.#db.stores.where('store').notEqual(this.store).delete()
  }

  async #sweep(isOurs: (name: string) => boolean): Promise<void> {
    // The names first: what is made after them is not in question.
    const names = new Set(await Dexie.getDatabaseNames())
    const row = await this.row()
    if (!row) return
    const kept = new Set([CATALOG, databaseName(this.store, row.reading), databaseName(this.store, row.building ?? row.reading)])
    await forgetOthers((name) => kept.has(name) || !names.has(name) || !isOurs(name))
  }

  close(): void {
    this.#db.close()
  }

  /** Deletes the catalog itself, when it can be neither read nor written. */
  remove(): Promise<void> {
    return this.#db.delete({ disableAutoOpen: false })
  }

  #done(messages: number): Pick<CatalogRow, 'store' | 'ended'> {
    return { store: this.store, ended: { at: 'done', when: this.#clock.now(), messages } }
  }

  // Also above those of a catalog that was lost.
  #next(row: CatalogRow | undefined): number {
    return Math.max(this.#clock.now(), (row?.reading ?? 0) + 1, (row?.building ?? 0) + 1)
  }

  #change<Row extends CatalogRow | undefined>(make: (row: CatalogRow | undefined) => Row): Promise<Row> {
    return this.#db.transaction('rw', this.#db.stores, async () => {
      const row = await this.#db.stores.get(this.store)
      const next = make(row)
      if (next && next !== row) await this.#db.stores.put(next)
      return next
    })
  }
}
