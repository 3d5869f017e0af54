import { copyFileSync, existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { dirname, resolve } from 'node:path'
import { Fault } from '../../base/faults'
import { backupKinds, verify, type BackupKind } from './backup'
import { copyDatabase, copyFault, syncFile, syncFolder } from './copy'
import { Reader } from './reader'

export interface RestoreOptions {
  kind: BackupKind
  /** The newest schema that this program knows. */
  newest: number
  /** ms since 1970: names what is kept aside. */
  now: number
}

export interface Restored {
  bytes: number
  /** Where the file went that was there before; absent where there was none. */
  aside?: string
}

/** So far ahead go the numbers of a queue: more than a relay can have given since any backup, and 9,000 restores fit into 2^53. */
const AHEAD = 10 ** 12

/**
 * Puts a backup in the place of a database that nobody has open (the caller holds the folder's lock). What was there is kept
 * under a name that says when; until the last step nothing has changed.
 * @throws Fault `bad-argument` when it is no such backup, `newer-version`, `storage-damaged`, `disk-full`, `folder-unwritable`
 */
export async function restoreDatabase(from: string, file: string, { kind, newest, now }: RestoreOptions): Promise<Restored> {
  if (resolve(from) === resolve(file)) throw new Fault('bad-argument', { text: `${from} is the file that is to be replaced.`, detail: { exit: 1 } })
  inspect(from, kind, newest)
  const fresh = `${file}.restoring`
  const aside = `${file}.before-${new Date(now).toISOString().replaceAll(':', '').replace(/\.\d+/, '')}`
  try {
    removeAll(fresh)
    await copyDatabase(from, fresh)
    moveAhead(fresh, existsSync(file) ? nextSeq(file) : 0)
    verify(fresh)
    syncFile(fresh)
    const had = existsSync(file)
    if (had) setAside(file, aside)
    // Its log must be gone before the other file bears its name: SQLite would apply it.
    rmSync(`${file}-wal`, { force: true })
    rmSync(`${file}-shm`, { force: true })
    renameSync(fresh, file)
    syncFolder(dirname(file))
    return { bytes: statSync(file).size, ...(had && { aside }) }
  } catch (thrown) {
    throw copyFault(thrown)
  } finally {
    removeAll(fresh)
  }
}

function removeAll(file: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(file + end, { force: true })
}

/** Looks at what was given before anything is touched. */
function inspect(from: string, kind: BackupKind, newest: number): void {
  const refuse = (text: string, cause?: unknown): never => {
    throw new Fault('bad-argument', { text: `${from} ${text}`, cause, detail: { exit: 1 } })
  }
  if (!existsSync(from) || !statSync(from).isFile()) refuse('is no file.')
  let reader: Reader | undefined
  try {
    reader = new Reader(from)
    const tables = reader.tables()
    const id = reader.pragma('application_id')
    const isOther = id !== 0 && id !== backupKinds[kind]
    if (isOther || !['queue', 'lanes', 'seqs', 'accounts'].every((table) => tables.includes(table))) refuse(`is no backup of a ${kind}.`)
    const version = reader.pragma('user_version')
    if (version > newest) {
      throw new Fault('newer-version', { text: `${from} was written by a newer version (schema ${version}, this one knows ${newest}).` })
    }
    verify(from)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'storage-damaged') {
      throw new Fault('storage-damaged', { text: `${from} is damaged and is not put back: ${thrown.message}`, cause: thrown, detail: { file: from } })
    }
    if (thrown instanceof Fault && thrown.code !== 'disk-broken') throw thrown
    refuse('is no database, or a broken one.', thrown)
  } finally {
    reader?.close()
  }
}

/** The number that the file would give next; 0 where it cannot be read any more. */
function nextSeq(file: string): number {
  let reader: Reader | undefined
  try {
    reader = new Reader(file)
    return reader.get<{ next: number }>('SELECT next FROM seqs')?.next ?? 0
  } catch {
    return 0
  } finally {
    reader?.close()
  }
}

/** Numbers that were given after the backup was made must not be given again: logs and lanes know rows by them. */
function moveAhead(fresh: string, atLeast: number): void {
  const sqlite = new DatabaseSync(fresh)
  try {
    sqlite.exec('PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE')
    sqlite.prepare('UPDATE seqs SET next = max(next, ?) + ?').run(atLeast, AHEAD)
  } finally {
    sqlite.close()
  }
}

/** The file with its log under another name. Where it can be read, the log is brought into it first. */
function setAside(file: string, aside: string): void {
  try {
    const sqlite = new DatabaseSync(file)
    try {
      sqlite.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } finally {
      sqlite.close()
    }
  } catch {
    // It is broken: that may be why a backup is put back.
  }
  for (const end of ['', '-wal']) {
    const size = statSync(file + end, { throwIfNoEntry: false })?.size
    if (size === undefined || (end && !size)) continue
    try {
      linkSync(file + end, aside + end)
    } catch {
      copyFileSync(file + end, aside + end)
      syncFile(aside + end)
    }
  }
}
