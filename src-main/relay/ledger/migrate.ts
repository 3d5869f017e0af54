import { Fault } from '../../base/faults'
import type { Db } from './db'

/** One step of the schema: what brings `PRAGMA user_version` from the number before to `version`. Never changed once shipped. */
export interface Migration {
  version: number
  sql?: string
  /**
   * Long work over what is stored, after `sql`: is called again and again, each time in a transaction of its own with what it
   * answered last (null at first), until it answers nothing. A run that is interrupted goes on behind its last commit. Until
   * the end the file counts as the version before, which may open it: `sql` may add, but take nothing away, and what that
   * version writes meanwhile must be found.
   */
  chunk?: (db: Db, cursor: string | null) => ChunkDone | undefined
}

/** How far a long step is: what to go on with, and how much of how much is done. */
export interface ChunkDone {
  cursor: string
  done: number
  total: number
}

/** A step on the way; with `done` equal to `total` it is there. */
export interface MigrationProgress extends Omit<ChunkDone, 'cursor'> {
  version: number
}

/** Log pages (4 KB) at which the log of a long step is brought into the file. */
const CHECKPOINT = 4_000

const versionOf = (db: Db): number => db.get<{ user_version: number }>('PRAGMA user_version')!.user_version

/** What `migrating` says of an interrupted step. */
function interrupted(db: Db, version: number): { cursor: string | null } | undefined {
  const isThere = db.get(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrating'`)
  return isThere && db.get<{ cursor: string | null }>('SELECT cursor FROM migrating WHERE version = ?', version)
}

/** Goes one transaction further; answers how far it is. */
function advance(db: Db, inOrder: readonly Migration[]): MigrationProgress | undefined {
  const step = inOrder.find(({ version }) => version > versionOf(db))
  // Another process was faster while this one waited for the lock.
  if (!step) return undefined
  const { version, sql = '', chunk } = step
  const saved = chunk && interrupted(db, version)
  if (!saved) db.script(sql)
  if (chunk && !saved) {
    db.script('DROP TABLE IF EXISTS migrating; CREATE TABLE migrating (version INTEGER NOT NULL, cursor TEXT) STRICT')
    db.run('INSERT INTO migrating (version) VALUES (?)', version)
  }
  const done = chunk?.(db, saved?.cursor ?? null)
  if (done) {
    db.run('UPDATE migrating SET cursor = ?', done.cursor)
    return { version, done: done.done, total: done.total }
  }
  if (chunk) db.script('DROP TABLE migrating')
  db.script(`PRAGMA user_version = ${version}`)
  return { version, done: 1, total: 1 }
}

/**
 * Brings a file to the newest version. Each step commits on its own, with its number; one that fails (a full disk is a reason)
 * leaves the file at the version before it.
 * @throws Fault `newer-version`
 */
export function migrate(db: Db, migrations: readonly Migration[], heard?: (progress: MigrationProgress) => void): void {
  const inOrder = [...migrations].sort((a, b) => a.version - b.version)
  const newest = inOrder.at(-1)?.version ?? 0
  const found = versionOf(db)
  if (found > newest) {
    throw new Fault('newer-version', { detail: { found, known: newest },
      text: `the file was written by a newer version (schema ${found}, this one knows ${newest})` })
  }
  while (versionOf(db) < newest) {
    const progress = db.transaction(() => advance(db, inOrder))
    // Of a file that is new there is nothing to tell.
    if (progress && found > 0) heard?.(progress)
    if (db.logPages() >= CHECKPOINT) db.checkpoint()
  }
}
