import { existsSync, linkSync, renameSync, rmSync, statSync, unlinkSync, openSync, closeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { basename, dirname, join, resolve } from 'node:path'
import { Fault } from '../../base/faults'
import { copyDatabase, copyFault, syncFile, syncFolder, type CopyOptions } from './copy'
import { Reader } from './reader'

/** SQLite's application_id of a backup, so that one kind is not put back as another: `YanR`, `YanJ`. */
export const backupKinds = { relay: 0x59616e52, journal: 0x59616e4a } as const
export type BackupKind = keyof typeof backupKinds

export interface BackupMade {
  /** The file, with its whole path. */
  file: string
  bytes: number
}

/**
 * Writes a copy of a database that may be in use: complete, checked, synced and for its owner alone before it bears the name
 * that was asked for. An existing file is never replaced.
 * @throws Fault `bad-argument` where there is such a file, `disk-full`, `disk-broken`, `folder-unwritable`, `storage-damaged`
 */
export async function backupDatabase(from: string, to: string, kind: BackupKind, options: CopyOptions = {}): Promise<BackupMade> {
  const file = resolve(to)
  const half = join(dirname(file), `.${basename(file)}.${process.pid}.part`)
  refuseExisting(file)
  try {
    // Made first, so that it is never readable to others, whatever the umask says.
    closeSync(openSync(half, 'wx', 0o600))
    await copyDatabase(from, half, options)
    seal(half, kind)
    syncFile(half)
    verify(half)
    claim(half, file)
    syncFolder(dirname(file))
    return { file, bytes: statSync(file).size }
  } catch (thrown) {
    throw copyFault(thrown)
  } finally {
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(half + end, { force: true })
  }
}

/** One file without a log beside it, that says what it is. */
function seal(file: string, kind: BackupKind): void {
  const sqlite = new DatabaseSync(file)
  try {
    sqlite.exec(`PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE; PRAGMA application_id = ${backupKinds[kind]}`)
  } finally {
    sqlite.close()
  }
}

/** Reads all of it. @throws Fault `storage-damaged` */
export function verify(file: string): void {
  const reader = new Reader(file)
  try {
    const found = reader.all<Record<string, string>>('PRAGMA quick_check').map((row) => Object.values(row)[0]!)
    if (found.length === 1 && found[0] === 'ok') return
    throw new Fault('storage-damaged', { text: `the copy is damaged, as the database itself may be: ${found[0] ?? 'no answer'}`, detail: { file } })
  } finally {
    reader.close()
  }
}

const refuseExisting = (file: string): void => {
  if (existsSync(file)) throw new Fault('bad-argument', { text: `${file} is there already and is not replaced.`, detail: { exit: 1 } })
}

/** Gives it its name, which nobody may have taken meanwhile. */
function claim(half: string, file: string): void {
  try {
    linkSync(half, file)
    unlinkSync(half)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') refuseExisting(file)
    // A file system without links.
    refuseExisting(file)
    renameSync(half, file)
  }
}
