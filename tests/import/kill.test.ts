import { spawn } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { KeptFiles } from '../../src-main/content/kept-files'
import { conversationOf, homeOf } from '../../src-main/import/addresses'
import { Spool } from '../../src-main/import/spool'
import { openDatabase } from '../../src-main/ledger-thread'
import { bundle, databaseScript, temporaryFolder } from '../fakes/database'
import { backup, hashOf, manyMessages, type OldMessage } from './backup'

const account = 'sip:lan@office.example'

/** Runs the child until it has said so many lines, and kills it; without a number until it ends. */
function run(child: string, args: readonly string[], lines = Infinity): Promise<{ said: string[]; code: number | null }> {
  const running = spawn(process.execPath, [child, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  running.stdout.on('data', (data: Buffer) => {
    text += data.toString()
    if (text.split('\n').length > lines) running.kill('SIGKILL')
  })
  return new Promise((resolve) => running.on('close', (code) => resolve({ said: text.split('\n'), code })))
}

it('kill -9 in the middle, again and again: nothing is lost, nothing is there twice, everything is in order', { timeout: 120_000 }, async () => {
  const [child, script] = await Promise.all([bundle('tests/import/kill.child.ts'), databaseScript()])
  const folder = temporaryFolder()
  const spool = new Spool({ folder: join(folder, 'import') })
  await mkdir(folder, { recursive: true })
  const put = async (name: string, messages: readonly OldMessage[]) => {
    const bytes = backup(messages)
    const { id } = await spool.begin({ name, size: bytes.length, lastModified: 1 })
    await spool.add(id, 0, bytes)
  }
  const args = [folder, script, account]

  await put('first.xml', manyMessages(15_000, { picturesEvery: 30 }))
  const endings: string[] = []
  for (const lines of [2, 5, 9, 14, 3, 20, 12, 26, 9, 14]) {
    const { said, code } = await run(child, args, lines)
    if (code === null) endings.push(...said.slice(-3))
  }
  // Some were in the middle of reading, some of merging.
  expect(endings.join()).toMatch(/journal\.stage/)
  expect(endings.join()).toMatch(/journal\.merge/)
  expect(endings.length).toBeGreaterThan(12)
  // Done, or done before: then nothing goes on.
  expect([0, 2]).toContain((await run(child, args)).code)
  // A later backup that overlaps, cut off as well.
  await put('second.xml', manyMessages(6_000, { picturesEvery: 30, from: 12_000 }))
  for (const lines of [4, 9]) expect((await run(child, args, lines)).code).toBe(null)
  expect(await run(child, args)).toMatchObject({ code: 0 })
  expect((await run(child, args)).code).toBe(2)

  const expected = manyMessages(18_000, { picturesEvery: 30 })
  const ledger = await openDatabase({ file: join(folder, 'relay.sqlite'), script, log: silentLog, clock: systemClock })
  try {
    const conversations = await ledger.read('journal.conversations', null)
    const home = homeOf(account)
    expect(new Set(conversations.map(({ id }) => id))).toEqual(new Set(expected.map(({ address }) => conversationOf(address, home))))
    for (const { id, count } of conversations) {
      const messages = await ledger.read('journal.page', { conversation: id, fromPlace: 0, limit: 100_000 })
      const theirs = expected.filter(({ address }) => conversationOf(address, home) === id)
      expect(messages.map(({ place, content, at }) => [place, 'text' in content && content.text, at])).toEqual(theirs.map(({ text, date }, place) => [place, text, date]))
      expect(count).toBe(theirs.length)
    }
    expect(await ledger.read('journal.imports', null)).toEqual([])
    const kept = new KeptFiles({ folder: join(folder, 'content'), ids: randomIds })
    const hashes = new Set(expected.flatMap(({ files }) => files.map(({ bytes }) => hashOf(bytes))))
    for (const hash of hashes) expect(await kept.size(hash)).toBeGreaterThan(8)
    expect((await kept.usage()).files).toBe(hashes.size)
    expect(await readdir(join(folder, 'import'))).toEqual([])
  } finally {
    await ledger.close()
  }
})
