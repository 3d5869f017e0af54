import { closeSync, fsyncSync, openSync } from 'node:fs'
// By namespace: `backup` came with Node 22.16, and an import by name would keep an older one from starting at all.
import * as sqlite from 'node:sqlite'
import { Fault } from '../../base/faults'
import { sqliteFault } from '../ledger/db'
import { Reader } from './reader'

/** Pages a step: 4 MB. Between steps others of this process run, and what was written is synced, so that no fsync of a relay waits for all of it. */
const STEP = 1_000
const SYNC_EVERY = 4

export interface CopyOptions {
  /** Pages copied, of how many. */
  progress?: (done: number, total: number) => void
  signal?: AbortSignal
}

/**
 * Copies a database to a file that does not exist yet, while others write to it: what is copied is one moment of it. Held by a
 * read transaction, for without one SQLite's backup begins anew at every commit of another connection.
 * @throws Fault `disk-full`, `disk-broken`; the half copy stays and is the caller's to remove
 */
export async function copyDatabase(from: string, to: string, { progress, signal }: CopyOptions = {}): Promise<void> {
  const reader = new Reader(from)
  try {
    reader.sqlite.exec('BEGIN')
    reader.get('SELECT count(*) FROM sqlite_schema')
    const { backup } = sqlite as { backup?: typeof sqlite.backup }
    if (backup) {
      let steps = 0
      await backup(reader.sqlite, to, {
        rate: STEP,
        progress({ totalPages, remainingPages }) {
          signal?.throwIfAborted()
          if (++steps % SYNC_EVERY === 0) syncFile(to)
          progress?.(totalPages - remainingPages, totalPages)
        },
      })
    } else reader.sqlite.prepare('VACUUM INTO ?').run(to)
  } catch (thrown) {
    throw signal?.aborted ? new Fault('closed', { text: 'cancelled', cause: thrown }) : copyFault(thrown)
  } finally {
    reader.close()
  }
}

export function syncFile(file: string): void {
  const handle = openSync(file, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** What is renamed or linked is lasting once its folder is synced; Windows cannot sync one. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** An error of SQLite or of the file system, as a fault. */
export function copyFault(thrown: unknown): Fault {
  const { code } = thrown as NodeJS.ErrnoException
  const text = (thrown as Error).message
  if (code === 'ENOSPC' || code === 'EDQUOT') return new Fault('disk-full', { text, cause: thrown })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOENT' || code === 'ENOTDIR') {
    return new Fault('folder-unwritable', { text, cause: thrown })
  }
  return sqliteFault(thrown)
}
