import { existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import { databaseRules } from '../database-rules'
import { migrations } from '../database-verbs'
import { lockFolder } from '../folder-lock'
import { runCheck } from '../operation/check'
import { readNote, writeNote } from '../operation/notes'
import { backupDatabase } from '../relay/keeping/backup'
import { checkStep, planCheck } from '../relay/keeping/check'
import { copyFault } from '../relay/keeping/copy'
import { diskUsage, type DiskUsage } from '../relay/keeping/disk'
import { Reader } from '../relay/keeping/reader'
import { restoreDatabase } from '../relay/keeping/restore'
import { sqliteFault } from '../relay/ledger/db'
import { laneOwner } from '../server/device'
import { filesOfAccounts, type FileUsage } from '../server/files/verbs'
import type { Command } from './flags'
import { databaseFile, namedFile } from './serve'

export type KeepCommand = Extract<Command, { command: 'check' | 'disk' | 'backup' | 'restore' }>

export interface KeepTerminal {
  clock: Clock
  /** How far it is, in a few words; shown where somebody watches. */
  progress(text: string): void
}

export interface KeepEnd {
  lines: string[]
  /** 1 when the storage is damaged. */
  exit: 0 | 1
}

/** How many tables and indexes are named. */
const PARTS = 12

const percent = (done: number, total: number): string => `${total ? Math.floor((100 * done) / total) : 100} %`
const size = (bytes: number): string =>
  bytes < 10_000 ? `${bytes} B` : bytes < 10_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

/** `check`, `disk`, `backup`, `restore`. All but `restore` and `disk --vacuum` work while the relay runs. @throws Fault with one sentence */
export async function keep(command: KeepCommand, terminal: KeepTerminal): Promise<KeepEnd> {
  const { data } = command
  const file = databaseFile(data)
  if (command.command !== 'restore' && !existsSync(file)) {
    throw new Fault('bad-argument', { text: `There is no relay in ${data}.`, detail: { exit: 1 } })
  }
  try {
    switch (command.command) {
      case 'check': return await check(command, file, terminal)
      case 'disk': return command.vacuum ? vacuum(data, file) : disk(file, command.top)
      case 'backup': return await backup(command, file, terminal)
      case 'restore': return await restore(command, file, terminal)
    }
  } catch (thrown) {
    const fault = copyFault(thrown)
    if (fault.code === 'folder-unwritable') throw new Fault(fault.code, { text: `Cannot be written: ${fault.message}.`, cause: thrown })
    throw command.command === 'check' || command.command === 'disk' ? namedFile(fault, data) : fault
  }
}

async function check({ data, quick }: Extract<KeepCommand, { command: 'check' }>, file: string, { clock, progress }: KeepTerminal): Promise<KeepEnd> {
  const reader = new Reader(file)
  try {
    const checker = {
      plan: (thorough: boolean) => planCheck(reader, databaseRules, thorough),
      step: (step: Parameters<typeof checkStep>[1], thorough: boolean) => checkStep(reader, step, databaseRules, thorough),
    }
    const { notes, ...note } = await runCheck(checker, {
      thorough: !quick, clock,
      progress: (done, total, step) => progress(`${percent(done, total)}${step.kind === 'table' ? `, ${step.table}` : ''}`),
    })
    writeNote(data, 'check', note)
    if (!note.problems.length) {
      const rows = (table: string): number => reader.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)!.n
      return { exit: 0, lines: [
        ...notes, `Nothing is wrong with ${file}: ${rows('accounts')} accounts, ${rows('devices')} devices, ${rows('queue')} messages waiting (${seconds(note.took)}).`,
      ] }
    }
    const last = readNote(data, 'backup')
    return { exit: 1, lines: [
      `${file} is damaged:`, ...note.problems.map((text) => `  ${text}`),
      'Nothing was deleted or changed. Stop the relay, copy the whole folder elsewhere, and put a backup back:',
      `  npm run relay -- restore --data ${data} --from FILE`,
      last ? `The last backup was made at ${new Date(last.at).toISOString()}.` : 'No backup was made of this folder by the backup command.',
      'Then look at the disk: what damages a database is nearly always below it.',
    ] }
  } finally {
    reader.close()
  }
}

async function backup({ data, to }: Extract<KeepCommand, { command: 'backup' }>, file: string, { clock, progress }: KeepTerminal): Promise<KeepEnd> {
  const began = clock.now()
  // A folder gets a file that says when.
  const isFolder = statSync(to, { throwIfNoEntry: false })?.isDirectory() ?? false
  const target = isFolder ? join(to, `relay-${new Date(began).toISOString().replaceAll(':', '').replace(/\.\d+/, '')}.sqlite`) : to
  const made = await backupDatabase(file, target, 'relay', { progress: (done, total) => progress(percent(done, total)) })
  const at = clock.now()
  writeNote(data, 'backup', { at, took: at - began, bytes: made.bytes })
  return { exit: 0, lines: [`${made.file}: ${size(made.bytes)}, checked (${seconds(at - began)}).`] }
}

async function restore({ data, from }: Extract<KeepCommand, { command: 'restore' }>, file: string, { clock }: KeepTerminal): Promise<KeepEnd> {
  const lock = lockFolder(data, 'a restore')
  try {
    const { bytes, aside } = await restoreDatabase(from, file, { kind: 'relay', newest: migrations.at(-1)!.version, now: clock.now() })
    // It told of the file that is gone.
    rmSync(join(data, 'last-check.json'), { force: true })
    return { exit: 0, lines: [
      `Put back ${from} (${size(bytes)}).`, ...(aside ? [`What was there before is kept as ${aside}.`] : []),
      'What the relay acknowledged after that backup is not in it; accounts and passwords are as they were then.',
    ] }
  } finally {
    lock.release()
  }
}

function disk(file: string, top: number): KeepEnd {
  const reader = new Reader(file)
  try {
    return { exit: 0, lines: [...diskLines(file, diskUsage(reader, 100_000), top), ...fileLines(reader, top)] }
  } finally {
    reader.close()
  }
}

/** Who has files at the content server. A database of an earlier version has no such table. */
function fileLines(reader: Reader, top: number): string[] {
  const accounts = reader.tables().includes('content_files') ? reader.all<FileUsage>(filesOfAccounts) : []
  if (!accounts.length) return ['No files are kept.']
  return [
    `Files, in their folder beside it${accounts.length > top ? `, ${top} of ${accounts.length} accounts` : ''}:`,
    ...accounts.slice(0, top).map(({ address, files, bytes }) => line(address, bytes, `  ${files} ${files === 1 ? 'file' : 'files'}`)),
  ]
}

const line = (name: string, amount: number, more = ''): string => `${size(amount).padStart(12)}  ${name}${more}`

function diskLines(file: string, { file: bytes, log, free, parts, lanes }: DiskUsage, top: number): string[] {
  const accounts = new Map<string, { messages: number; bytes: number }>()
  for (const lane of lanes) {
    const name = laneOwner(lane.name)?.address ?? lane.name
    const known = accounts.get(name) ?? { messages: 0, bytes: 0 }
    accounts.set(name, { messages: known.messages + lane.messages, bytes: known.bytes + lane.bytes })
  }
  const rest = parts.slice(PARTS).reduce((sum, { bytes: part }) => sum + part, 0)
  const most = [...accounts].sort(([, a], [, b]) => b.bytes - a.bytes).slice(0, top)
  return [
    line(file, bytes), line('its write-ahead log', log), line('free pages in it, used first', free),
    'Tables and indexes:', ...parts.slice(0, PARTS).map(({ name, table, bytes: part }) => line(name, part, name === table ? '' : ` (of ${table})`)),
    ...(rest ? [line(`${parts.length - PARTS} others`, rest)] : []),
    ...(most.length ? [`Accounts with the most waiting${accounts.size > top ? `, ${top} of ${accounts.size}` : ''}:`] : ['Nothing waits.']),
    ...most.map(([name, { messages, bytes: waiting }]) => line(name, waiting, `  ${messages} ${messages === 1 ? 'message' : 'messages'}`)),
  ]
}

/** Gives free pages back to the disk: writes the whole file anew, so nobody else may use it. */
function vacuum(data: string, file: string): KeepEnd {
  const lock = lockFolder(data, 'disk --vacuum')
  try {
    const before = statSync(file).size
    const sqlite = new DatabaseSync(file, { timeout: 5_000 })
    try {
      sqlite.exec('PRAGMA synchronous = FULL; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
    } finally {
      sqlite.close()
    }
    return { exit: 0, lines: [`${file}: ${size(before)} became ${size(statSync(file).size)}.`] }
  } catch (thrown) {
    throw sqliteFault(thrown)
  } finally {
    lock.release()
  }
}
