import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { randomIds } from '../../src-main/base/ids'
import { messagePut } from '../../src-main/client/envelopes'
import type { DatabaseVerbs } from '../../src-main/database-verbs'
import type { Ledger } from '../../src-main/relay/ledger/ledger'
import { openInlineDatabase, temporaryFolder } from '../fakes/database'
import { Chance } from './torture/chance'

// A journal whose file was changed by nobody that may: bits that flipped, an end that is missing. SQLite keeps no sums of its
// pages, so that a letter that became another is not seen; whatever cannot be true is, and says so by a fault that is typed.

const [mei, now] = ['sip:mei@office.test', Date.UTC(2026, 4, 3, 8)]
const people = ['lan', 'zoe', 'bo'].map((name) => `sip:${name}@office.test`)
/** How many files are damaged in each way. */
const seeds = 25
const texts = ['明天去天津', 'a train at eight', '好的 🙂', '这是一条比较长的消息，'.repeat(20)]

async function fill(ledger: Ledger<DatabaseVerbs>, from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n++) {
    const conversation = people[n % people.length]!
    const text = `${n} ${texts[n % texts.length]!}`
    const message = { conversation, id: `id-${n}`, sentAt: now + n, now: now + n }
    if (n % 2) await ledger.commit('journal.receive', { message: { ...message, from: conversation, content: { kind: 'text', text } } })
    else await ledger.commit('journal.send', { message: { ...message, from: mei, content: { kind: 'text', text } }, put: messagePut({ account: mei, ids: randomIds }, { ...message, content: { kind: 'text', text } }) })
  }
}

/** Everything that the program may ask of the file. Each answers, or fails with a fault; what the faults were. */
async function askAll(ledger: Ledger<DatabaseVerbs>): Promise<{ codes: Set<string>; texts: Map<string, string> }> {
  const codes = new Set<string>()
  const found = new Map<string, string>()
  const asks = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (thrown) {
      const { code, message } = thrown as { code?: string; message: string }
      codes.add(code === 'internal' || code === undefined ? `internal: ${message}` : code)
      return undefined
    }
  }
  for (let after = 0, pages = 0; pages < 50; pages++) {
    const page = await asks(() => ledger.read('journal.changes', { after, limit: 100 }))
    for (const change of page?.changes ?? []) {
      if (change.kind === 'message' && change.message.content.kind === 'text') found.set(change.message.id, change.message.content.text)
    }
    if (!page?.more || page.upTo <= after) break
    after = page.upTo
  }
  await asks(() => ledger.read('journal.conversations', null))
  await asks(() => ledger.read('journal.search', { text: '天津', limit: 50 }))
  await asks(() => ledger.read('journal.search', { text: 'train', limit: 50 }))
  await asks(() => ledger.read('queue.lanes', null))
  await asks(() => ledger.read('queue.next', { lane: 'network', after: 0, limit: 1_000 }))
  for (const conversation of people) {
    await asks(() => ledger.read('journal.page', { conversation, fromPlace: 0, limit: 200 }))
    await asks(() => ledger.read('journal.journey', { conversation, id: 'id-3' }))
    await asks(() => ledger.commit('journal.read', { conversation, place: 50, now }))
  }
  await asks(() => fill(ledger, 10_000, 6))
  return { codes, texts: found }
}

const typed = new Set(['disk-broken', 'newer-version', 'busy'])

/** Opens what is at `file` and asks everything of it; opening may be refused as well. */
async function tries(file: string): Promise<{ codes: Set<string>; texts: Map<string, string> }> {
  let ledger: Ledger<DatabaseVerbs> | undefined
  try {
    ledger = await openInlineDatabase(file)
    return await askAll(ledger)
  } catch (thrown) {
    const { code, message } = thrown as { code: string; message: string }
    return { codes: new Set([code === 'internal' ? `internal: ${message}` : code]), texts: new Map() }
  } finally {
    await ledger?.close().catch(() => {})
  }
}

describe('a journal file in which bits have flipped', () => {
  let whole: Buffer
  let loggedFile: string
  beforeAll(async () => {
    const file = join(temporaryFolder(), 'relay.sqlite')
    const ledger = await openInlineDatabase(file)
    await fill(ledger, 0, 400)
    await ledger.close()
    whole = readFileSync(file)
    // And one that was killed: the newest commits are in the log alone.
    loggedFile = join(temporaryFolder(), 'relay.sqlite')
    const open = await openInlineDatabase(file)
    await fill(open, 400, 60)
    for (const end of ['', '-wal']) copyFileSync(file + end, loggedFile + end)
    await open.close()
  })

  const flip = (bytes: Buffer, chance: Chance, from = 0, to = bytes.length): void => {
    for (let i = chance.between(1, 24); i > 0; i--) {
      const at = chance.between(from, to - 1)
      bytes[at] = bytes[at]! ^ (1 << chance.between(0, 7))
    }
  }

  const damages: Record<string, (file: string, chance: Chance) => void> = {
    'anywhere': (file, chance) => {
      const bytes = Buffer.from(whole)
      flip(bytes, chance)
      writeFileSync(file, bytes)
    },
    'in the header': (file, chance) => {
      const bytes = Buffer.from(whole)
      flip(bytes, chance, 0, 100)
      writeFileSync(file, bytes)
    },
    'at the head of pages': (file, chance) => {
      const bytes = Buffer.from(whole)
      for (let i = 0; i < 6; i++) {
        const page = chance.between(1, bytes.length / 4_096 - 1) * 4_096
        flip(bytes, chance, page, page + 40)
      }
      writeFileSync(file, bytes)
    },
    'in the log': (file, chance) => {
      copyFileSync(loggedFile, file)
      const log = readFileSync(`${loggedFile}-wal`)
      flip(log, chance)
      writeFileSync(`${file}-wal`, log)
    },
    'whole pages are noise': (file, chance) => {
      const bytes = Buffer.from(whole)
      for (let i = chance.between(1, 4); i > 0; i--) {
        const page = chance.between(1, bytes.length / 4_096 - 1) * 4_096
        for (let at = page; at < page + 4_096; at++) bytes[at] = chance.between(0, 255)
      }
      writeFileSync(file, bytes)
    },
    'the end is missing': (file, chance) => writeFileSync(file, whole.subarray(0, chance.between(1, whole.length - 1))),
    'the end of the log is missing': (file, chance) => {
      copyFileSync(loggedFile, file)
      const log = readFileSync(`${loggedFile}-wal`)
      writeFileSync(`${file}-wal`, log.subarray(0, chance.between(1, log.length - 1)))
    },
  }

  it.each(Object.entries(damages))('%s: every answer is right or a fault that says so, the program lives', async (name, damage) => {
    const seen = new Map<string, number>()
    let unharmed = 0
    for (let seed = 1; seed <= seeds; seed++) {
      const file = join(temporaryFolder(), 'relay.sqlite')
      damage(file, new Chance(seed))
      const { codes, texts: found } = await tries(file)
      for (const code of codes) seen.set(code, (seen.get(code) ?? 0) + 1)
      if (!codes.size) unharmed++
      expect([name, seed, [...codes].filter((code) => !typed.has(code))]).toEqual([name, seed, []])
      expect([name, seed, existsSync(file)]).toEqual([name, seed, true])
      // A frame of the log carries its sum: nothing of a broken one is believed.
      if (name.includes('log')) for (const [id, text] of found) if (id.startsWith('id-') && !id.startsWith('id-10')) expect(text.split(' ')[0]).toBe(id.slice(3))
    }
    expect(seen.size + unharmed).toBeGreaterThan(0)
  }, 60_000)
})

describe('a file that is broken while it is in use, and then put back', () => {
  it('says disk-broken as long as it is, and goes on by itself when it is not', async () => {
    const file = join(temporaryFolder(), 'relay.sqlite')
    const first = await openInlineDatabase(file)
    await fill(first, 0, 400)
    await first.close()
    const whole = readFileSync(file)
    const ledger = await openInlineDatabase(file)
    writeFileSync(file, Buffer.alloc(whole.length, 0x5a))
    const codes: string[] = []
    for (let i = 0; i < 3; i++) {
      for (const ask of [() => fill(ledger, 1_000, 1), () => ledger.read('journal.page', { conversation: people[0]!, fromPlace: 0, limit: 100 })]) {
        await ask().catch((thrown: { code: string }) => codes.push(thrown.code))
      }
    }
    // What was read before may still be known; nothing but this is said.
    expect(new Set(codes)).toEqual(new Set(['disk-broken']))
    writeFileSync(file, whole)
    await fill(ledger, 1_000, 3)
    expect((await ledger.read('journal.conversations', null)).reduce((sum, { count }) => sum + count, 0)).toBe(403)
    await ledger.close()
  })

  it('a message whose text cannot be read is said in its place, the others are there', async () => {
    const file = join(temporaryFolder(), 'relay.sqlite')
    const first = await openInlineDatabase(file)
    await fill(first, 0, 30)
    await first.close()
    const bytes = readFileSync(file)
    const at = bytes.indexOf('"text":"15 ')
    bytes[at + 6] = '!'.charCodeAt(0)
    writeFileSync(file, bytes)
    const ledger = await openInlineDatabase(file)
    const { changes } = await ledger.read('journal.changes', { after: 0, limit: 1_000 })
    const contents = changes.flatMap((change) => (change.kind === 'message' ? [change.message.content] : []))
    expect(contents.filter(({ kind }) => kind === 'text')).toHaveLength(29)
    expect(contents.find(({ kind }) => kind !== 'text')).toMatchObject({ kind: 'unsupported', contentType: 'damaged' })
    await ledger.close()
  })
})
