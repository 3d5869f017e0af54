import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How the last check of a file's storage ended. */
export interface CheckNote {
  /** When it ended, ms since 1970. */
  at: number
  /** How long it took, ms. */
  took: number
  thorough: boolean
  /** What is broken, in words; empty when nothing is. */
  problems: string[]
}

/** The last backup that was made and verified. */
export interface BackupNote {
  at: number
  took: number
  bytes: number
}

interface Notes {
  check: CheckNote
  backup: BackupNote
}

// last-check.json, last-backup.json: beside the database, so that every process that uses the folder knows, and after a restart
const fileOf = (folder: string, name: keyof Notes): string => join(folder, `last-${name}.json`)

/** What is noted, if anything can be read. */
export function readNote<Name extends keyof Notes>(folder: string, name: Name): Notes[Name] | undefined {
  try {
    const note = JSON.parse(readFileSync(fileOf(folder, name), 'utf8')) as Notes[Name]
    return typeof note.at === 'number' && typeof note.took === 'number' ? note : undefined
  } catch {
    return undefined
  }
}

/** A note that cannot be written is lost: what it tells of has happened all the same. */
export function writeNote<Name extends keyof Notes>(folder: string, name: Name, note: Notes[Name]): void {
  const file = fileOf(folder, name)
  try {
    writeFileSync(`${file}.new`, JSON.stringify(note), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch { /* said above */ }
}
