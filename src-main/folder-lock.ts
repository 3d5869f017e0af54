import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Clock } from './base/clock'
import { Fault } from './base/faults'

export interface FolderLock {
  release(): void
}

/** Who holds a folder, as its lock tells. */
interface Holder {
  pid: number
  what: string
  since: string
}

const readHolder = (file: string): Holder | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

/**
 * Takes the data folder for this process, making it if needed. The lock is the operating system's own, on an empty
 * SQLite file: it ends with the process, however that ends, so nothing is left to clean up and no pid is guessed at.
 * @param what how a second process names this one, e.g. `relay for example.com`
 * @throws Fault `folder-locked` (detail: pid, what, since; the caller exits with 3), `folder-unwritable`
 */
export function lockFolder(folder: string, what = 'Yanxin'): FolderLock {
  const dir = resolve(folder)
  const names = join(dir, 'lock.json')
  let db: DatabaseSync
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    db = new DatabaseSync(join(dir, 'lock'))
  } catch (cause) {
    throw unwritable(dir, cause)
  }
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    if ((cause as { errcode?: number }).errcode !== 5) throw unwritable(dir, cause)
    const holder = readHolder(names)
    const who = holder ? `${holder.what} (process ${holder.pid}, since ${holder.since})` : 'another process'
    throw new Fault('folder-locked', { cause, text: `The data folder ${dir} is in use by ${who}.`, detail: { folder: dir, ...holder } })
  }
  try {
    const holder: Holder = { pid: process.pid, what, since: new Date().toISOString() }
    writeFileSync(names, JSON.stringify(holder), { mode: 0o600 })
  } catch (cause) {
    db.close()
    throw unwritable(dir, cause)
  }
  return {
    release() {
      if (!db.isOpen) return
      rmSync(names, { force: true })
      db.close()
    },
  }
}

/**
 * `lockFolder`, waiting a little for a holder that is just ending: whoever stops the program and starts it again at once should
 * not be told that it is running.
 */
export async function lockFolderSoon(folder: string, what: string, clock: Clock): Promise<FolderLock> {
  const until = clock.now() + 2_000
  for (;;) {
    try {
      return lockFolder(folder, what)
    } catch (thrown) {
      if ((thrown as Fault).code !== 'folder-locked' || clock.now() >= until) throw thrown
      await new Promise<void>((resolve) => void setTimeout(resolve, 100))
    }
  }
}

const unwritable = (dir: string, cause: unknown): Fault => new Fault('folder-unwritable', {
  cause, text: `The data folder ${dir} cannot be written: ${(cause as Error).message}.`, detail: { folder: dir },
})
