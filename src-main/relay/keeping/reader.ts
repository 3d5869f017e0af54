import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../base/faults'
import { sqliteFault } from '../ledger/db'

/** A connection that only reads: beside a relay that serves, and to a file that must not change. */
export class Reader {
  readonly sqlite: DatabaseSync

  /** @throws Fault `disk-broken` also where there is no file */
  constructor(readonly file: string) {
    if (!existsSync(file)) throw new Fault('disk-broken', { text: `there is no file ${file}`, detail: { file } })
    try {
      this.sqlite = new DatabaseSync(file, { readOnly: true, timeout: 5_000 })
    } catch (thrown) {
      throw sqliteFault(thrown)
    }
  }

  get<Row>(sql: string, ...values: (string | number)[]): Row | undefined {
    return this.sqlite.prepare(sql).get(...values) as Row | undefined
  }

  all<Row>(sql: string, ...values: (string | number)[]): Row[] {
    return this.sqlite.prepare(sql).all(...values) as Row[]
  }

  /** The one number that a pragma answers. */
  pragma(name: 'page_count' | 'page_size' | 'freelist_count' | 'user_version' | 'application_id'): number {
    return Object.values(this.get<Record<string, number>>(`PRAGMA ${name}`)!)[0]!
  }

  /** Names of its tables, those that SQLite keeps for itself and for FTS5 among them. */
  tables(): string[] {
    return this.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").map(({ name }) => name)
  }

  close(): void {
    if (this.sqlite.isOpen) this.sqlite.close()
  }
}

/** A name as SQL writes it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
