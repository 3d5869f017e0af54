import { createReadStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import sax from 'sax'
import { expect, it } from 'vitest'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { importJournal } from '../../src-main/client/import-journal'
import { KeptFiles } from '../../src-main/content/kept-files'
import { homeOf } from '../../src-main/import/addresses'
import { BackupReader } from '../../src-main/import/reader'
import { runImport } from '../../src-main/import/run'
import { openTestDatabase, temporaryFolder } from '../fakes/database'
import { backup, manyMessages } from '../import/backup'
import { report } from './report'

const MESSAGES = Number(process.env['BENCH_IMPORT'] ?? 100_000)
const PICTURES_MB = 400
const CHUNK = 64 * 1024

/** Seconds of CPU of all threads, and of the clock. */
async function timed(work: () => Promise<void> | void): Promise<{ seconds: number; cpu: number }> {
  const [before, start] = [process.cpuUsage(), performance.now()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return { seconds: (performance.now() - start) / 1_000, cpu: (user + system) / 1e6 }
}

const chunks = (file: string) => createReadStream(file, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>

async function withSax(file: string): Promise<number> {
  let count = 0
  const parser = sax.parser(true, { position: false })
  parser.onopentag = () => void count++
  parser.onerror = (thrown) => { throw thrown }
  const decoder = new TextDecoder()
  for await (const chunk of chunks(file)) parser.write(decoder.decode(chunk, { stream: true }))
  return count
}

/** As many rows of the same texts, 500 a commit, with the fsync of each: nothing of a journal. */
function rawInserts(path: string, texts: readonly string[]): void {
  const db = new DatabaseSync(path)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (n INTEGER PRIMARY KEY, text TEXT, id TEXT); CREATE UNIQUE INDEX ids ON rows (id)')
  const insert = db.prepare('INSERT INTO rows (text, id) VALUES (?, ?)')
  for (let at = 0; at < texts.length; at += 500) {
    db.exec('BEGIN IMMEDIATE')
    for (let n = at; n < Math.min(at + 500, texts.length); n++) insert.run(texts[n]!, `old-${n}`.padEnd(44, 'x'))
    db.exec('COMMIT')
  }
  db.close()
}

async function imported(folder: string, file: string, size: number) {
  const ledger = await openTestDatabase({ file: join(folder, 'relay.sqlite') })
  const files = new KeptFiles({ folder: join(folder, 'content'), ids: randomIds })
  const journal = importJournal({ ledger, clock: systemClock, grew: () => {} })
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  let highest = 0
  let outcome
  const spent = await timed(async () => {
    outcome = await runImport({
      id: 'bench', size, chunks: () => chunks(file), home: homeOf('sip:lan@office.example'), files, journal, signal: new AbortController().signal,
      progress: () => (highest = Math.max(highest, process.memoryUsage().rss)), pause: () => new Promise((resolve) => setImmediate(resolve)),
    })
  })
  delay.disable()
  await journal.drop('bench')
  await ledger.close()
  return { ...spent, outcome, waits: [delay.percentile(99), delay.max].map((ns) => (ns / 1e6).toFixed(0)), highest }
}

it('an import, beside its parts alone', async () => {
  const folder = temporaryFolder()
  const messages = manyMessages(MESSAGES, { conversations: 1_000 })
  const bytes = backup(messages)
  const file = join(folder, 'sms.xml')
  const handle = await open(file, 'w')
  await handle.writeFile(bytes)
  await handle.close()
  const size = bytes.length
  const per = (seconds: number) => Math.round(MESSAGES / seconds).toLocaleString('en')
  const mega = (amount: number, seconds: number) => `${Math.round(amount / 1e6 / seconds)}`

  const bySax = await timed(async () => { expect(await withSax(file)).toBe(MESSAGES + 1) })
  const byReader = await timed(async () => {
    const reader = new BackupReader()
    let count = 0
    for await (const chunk of chunks(file)) count += reader.read(chunk).length
    expect(count).toBe(MESSAGES)
  })
  const raw = await timed(() => rawInserts(join(folder, 'raw.sqlite'), messages.map(({ text }) => text)))
  const whole = await imported(join(folder), file, size)
  expect(whole.outcome).toMatchObject({ added: MESSAGES })
  const again = await imported(folder, file, size)
  expect(again.outcome).toMatchObject({ added: 0, known: MESSAGES })

  // Attachments: 400 of 1 MB that all differ, and the same once more.
  const pictures = join(folder, 'mms.xml')
  const out = await open(pictures, 'w')
  await out.write('<smses count="400">')
  const picture = Buffer.alloc(1e6)
  for (let n = 0; n < PICTURES_MB; n++) {
    picture.writeUInt32LE(n)
    await out.write(`<mms date="${1_500_000_000_000 + n}" msg_box="1" address="13800138000"><parts><part ct="image/png" cl="${n}.png" data="${picture.toString('base64')}" /></parts></mms>\n`)
  }
  await out.write('</smses>')
  const { size: large } = await out.stat()
  await out.close()
  await mkdir(join(folder, 'pictures'))
  const attached = await imported(join(folder, 'pictures'), pictures, large)
  expect(attached.outcome).toMatchObject({ added: PICTURES_MB, files: PICTURES_MB })
  await rm(join(folder, 'pictures'), { recursive: true })

  report('Importing history', ['what', 'messages/s', 'per CPU second', 'MB/s'], [
    ['sax alone (strict; it cannot read the emoji of Android)', per(bySax.seconds), per(bySax.cpu), mega(size, bySax.seconds)],
    ['our reader alone', per(byReader.seconds), per(byReader.cpu), mega(size, byReader.seconds)],
    ['raw SQLite inserts alone, 500 a commit', per(raw.seconds), per(raw.cpu), ''],
    ['import, to the last commit', per(whole.seconds), per(whole.cpu), mega(size, whole.seconds)],
    ['the same file again: nothing is added', per(again.seconds), per(again.cpu), mega(size, again.seconds)],
    ['400 attachments of 1 MB, each on the disk before its message', '', '', mega(large, attached.seconds)],
  ], `${MESSAGES.toLocaleString('en')} SMS of ${Math.round(size / MESSAGES)} bytes in 1,000 conversations. The event loop of main waited ${whole.waits[0]} ms at p99, ${whole.waits[1]} ms at most; ` +
    `resident memory with attachments of 400 MB was at most ${Math.round(attached.highest / 1e6)} MB (the test itself included).`)
}, 900_000)
