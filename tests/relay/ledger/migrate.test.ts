import { spawn } from 'node:child_process'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../../../src-main/base/clock'
import type { Log } from '../../../src-main/base/log'
import { silentLog } from '../../../src-main/base/log'
import { Db, type MigrationProgress } from '../../../src-main/relay/ledger/db'
import { openLedger } from '../../../src-main/relay/ledger/port-ledger'
import { bundle, inlinePort, temporaryFolder } from '../../fakes/database'
import { fill, first, ROWS, second, third } from './migrations'

function oldFile(): string {
  const file = join(temporaryFolder(), 'old.db')
  const db = new Db(file, [first])
  fill(db)
  db.close()
  return file
}

/** How often rows were turned: all once when a step ran whole and once. */
const turned = (db: Db) => db.all<{ turned: number; rows: number }>('SELECT turned, count(*) AS rows FROM words GROUP BY turned')
  .map((row) => ({ ...row }))
const version = (file: string) => {
  const raw = new DatabaseSync(file, { readOnly: true })
  const { user_version } = raw.prepare('PRAGMA user_version').get() as { user_version: number }
  raw.close()
  return user_version
}

/** Runs the child until it has written `lines`, and kills it there. */
async function killAfter(lines: number, child: string, file: string): Promise<string[]> {
  const running = spawn(process.execPath, [child, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  running.stdout.setEncoding('utf8')
  const ended = new Promise<unknown>((resolve) => running.on('close', (_code, signal) => resolve(signal)))
  running.stdout.on('data', (text: string) => {
    output += text
    if (output.split('\n').length > lines) running.kill('SIGKILL')
  })
  expect(await ended).toBe('SIGKILL')
  return output.split('\n').slice(0, -1)
}

it('a long step that is killed in the middle goes on where it was, again and again, and runs once in all', { timeout: 60_000 }, async () => {
  const child = await bundle('tests/relay/ledger/migrate.child.ts')
  const file = oldFile()
  let before = 0
  for (const lines of [3, 40, 100]) {
    const heard = await killAfter(lines, child, file)
    expect(heard).not.toContain('done')
    const done = heard.map((line) => Number(line.split(' ')[1]))
    expect(done[0]).toBeGreaterThan(before)
    before = done.at(-1)!
    expect(version(file)).toBe(1)
  }
  const cursors: (string | null)[] = []
  const progress: MigrationProgress[] = []
  const db = new Db(file, [first, second((cursor) => cursors.push(cursor)), third], { migrating: (each) => progress.push(each) })
  expect(Number(cursors[0])).toBeGreaterThanOrEqual(before)
  expect(turned(db)).toEqual([{ turned: 1, rows: ROWS }])
  expect(db.get(`SELECT 1 FROM sqlite_schema WHERE name = 'migrating'`)).toBeUndefined()
  expect(progress[0]).toEqual({ version: 2, done: Number(cursors[1]), total: ROWS })
  expect(progress.slice(-2)).toEqual([{ version: 2, done: 1, total: 1 }, { version: 3, done: 1, total: 1 }])
  db.close()
  expect(version(file)).toBe(3)
})

it('each step commits with its number: one that fails leaves what was before it, and is tried again', () => {
  const file = oldFile()
  expect(() => new Db(file, [first, second(), { version: 3, sql: 'CREATE TABLE last (word TEXT) STRICT; INSERT INTO nothing VALUES (1)' }])).toThrow()
  expect(version(file)).toBe(2)
  const db = new Db(file, [first, second(() => expect.unreachable()), third])
  expect(turned(db)).toEqual([{ turned: 1, rows: ROWS }])
  db.close()
  expect(version(file)).toBe(3)
})

it('a step that meets a full disk leaves the old version openable, and goes on when there is room', () => {
  const file = oldFile()
  const full = (sql: string) => ({ version: 2, sql: `PRAGMA max_page_count = 1; ${sql}` })
  const heavy = `CREATE TABLE heavy (word TEXT); INSERT INTO heavy SELECT word || hex(zeroblob(5000)) FROM words`
  expect(() => new Db(file, [first, full(heavy)])).toThrowError(expect.objectContaining({ code: 'disk-full' }))
  // In the middle of a long one too.
  const long = second()
  const fills = { ...long, chunk: (db: Db, cursor: string | null) => {
    if (cursor === '500') db.script(`PRAGMA max_page_count = 1; ${heavy}`)
    return long.chunk!(db, cursor)
  } }
  expect(() => new Db(file, [first, fills])).toThrowError(expect.objectContaining({ code: 'disk-full' }))
  const old = new Db(file, [first])
  expect(turned(old)).toEqual([{ turned: 0, rows: ROWS - 500 }, { turned: 1, rows: 500 }])
  old.close()
  const db = new Db(file, [first, second()])
  expect(turned(db)).toEqual([{ turned: 1, rows: ROWS }])
  db.close()
})

it('two that open an old file at once bring it there once', async () => {
  const child = await bundle('tests/relay/ledger/migrate.child.ts')
  const file = oldFile()
  await Promise.all([0, 1].map(() => new Promise<void>((resolve) => {
    const running = spawn(process.execPath, [child, file], { stdio: ['ignore', 'ignore', 'inherit'] })
    running.on('close', (code) => {
      expect(code).toBe(0)
      resolve()
    })
  })))
  const db = new Db(file, [first, second(), third])
  expect(turned(db)).toEqual([{ turned: 1, rows: ROWS }])
  db.close()
})

it('tells how far it is, but nothing of a file that is new', async () => {
  const file = oldFile()
  const told: unknown[] = []
  const log: Log = { ...silentLog, info: (detail: unknown) => void told.push(detail) } as Log
  const open = (name: string) => openLedger({ spawn: () => inlinePort({ file: name, migrations: [first, second(), third] }), log, clock: systemClock })
  await (await open(join(temporaryFolder(), 'new.db'))).close()
  expect(told).toEqual([])
  await (await open(file)).close()
  expect(told[0]).toEqual({ version: 2, done: 10, total: ROWS })
  expect(told.at(-1)).toEqual({ version: 3, done: 1, total: 1 })
})
