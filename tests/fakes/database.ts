import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { build } from 'vite'
import { systemClock, type Clock } from '../../src-main/base/clock'
import { silentLog, type Log } from '../../src-main/base/log'
import { databasePackings, databaseVerbs, migrations, type DatabaseVerbs } from '../../src-main/database-verbs'
import { databaseRules } from '../../src-main/database-rules'
import { openDatabase } from '../../src-main/ledger-thread'
import type { Keeper } from '../../src-main/operation/keeper'
import { serveKeeper, type KeeperVerbs } from '../../src-main/relay/keeping/keeper'
import type { Ledger } from '../../src-main/relay/ledger/ledger'
import { openLedger } from '../../src-main/relay/ledger/port-ledger'
import type { Port } from '../../src-main/relay/ledger/port'
import { serveLedger, type ThreadParts } from '../../src-main/relay/ledger/thread'

const root = resolve(import.meta.dirname, '../..')

const folders: string[] = []
process.on('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

/** A folder that is gone with the test process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'yanxin-'))
  folders.push(folder)
  return folder
}

/** A source file as one script that plain Node runs; built each time. */
export async function bundle(source: string): Promise<string> {
  const outDir = temporaryFolder()
  await build({
    configFile: false, root, logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: resolve(root, source), outDir, target: 'node22', minify: false, emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'script.mjs', format: 'es' } },
    },
  })
  return join(outDir, 'script.mjs')
}

let script: Promise<string> | undefined
/** The entry of the database thread, built once. */
export const databaseScript = (): Promise<string> => (script ??= bundle('src-main/database.ts'))

/** A real file behind a real thread. */
export async function openTestDatabase({ file = join(temporaryFolder(), 'test.db'), log = silentLog, clock = systemClock }: {
  file?: string
  log?: Log
  clock?: Clock
} = {}): Promise<Ledger<DatabaseVerbs>> {
  return openDatabase({ file, log, clock, script: await databaseScript() })
}

/** The same code and a real file, without a thread: what is posted is cloned all the same. */
export function inlinePort(parts: Omit<ThreadParts, 'port' | 'migrations' | 'verbs' | 'clock'> & Partial<ThreadParts>): Port {
  const { port1: near, port2: far } = new MessageChannel()
  let isOver = false
  const ends: (() => void)[] = []
  const portOf = (end: typeof near): Port => ({
    post: (message) => void (isOver || end.postMessage(message)),
    onMessage: (heard) => void end.on('message', heard as (message: unknown) => void),
    onClosed: (heard) => void ends.push(() => heard('ended')),
    end: () => {
      isOver = true
      near.close()
    },
  })
  const port = portOf(near)
  serveLedger({ verbs: databaseVerbs, packings: databasePackings, migrations, clock: systemClock, ...parts, port: parts.port ?? portOf(far) })
  near.on('close', () => ends.forEach((end) => end()))
  return port
}

export const openInlineDatabase = (file = join(temporaryFolder(), 'test.db'), options?: ThreadParts['options']): Promise<Ledger<DatabaseVerbs>> =>
  openLedger<DatabaseVerbs>({ spawn: () => inlinePort({ file, ...(options && { options }) }), log: silentLog, clock: systemClock, packings: databasePackings })

/** A connection that only reads the same file, without a thread. */
export function openInlineKeeper(file: string): Promise<Keeper> {
  const { port1: near, port2: far } = new MessageChannel()
  const portOf = (end: typeof near): Port => ({
    post: (message) => end.postMessage(message), onMessage: (heard) => void end.on('message', heard as (message: unknown) => void),
    onClosed: () => {}, end: () => near.close(),
  })
  const port = portOf(near)
  serveKeeper({ file, rules: databaseRules, port: portOf(far) })
  return openLedger<KeeperVerbs>({ spawn: () => port, log: silentLog, clock: systemClock })
}
