import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fold } from '../../src-main/base/fold'
import { findPart, readParts } from '../../src-main/base/search-rule'
import { findable } from '../../src-main/contract/findable'
import type { SearchQuery } from '../../src-main/contract/calls'
import type { Content } from '../../src-main/contract/message'
import { databaseVerbs, migrations } from '../../src-main/database-verbs'
import { Db } from '../../src-main/relay/ledger/db'
import { openTestDatabase, temporaryFolder } from '../fakes/database'
import { writeHistory } from './history'
import { report } from './report'
import { searchQueries } from './search-queries'

const COUNT = Number(process.env['BENCH_SEARCH'] ?? 1_000_000)
/** Hits of the first page: what the window asks for. */
const PAGE = 20
/** Messages of one step of the index: what the client does at once. */
const CHUNK = 250

/** Queries of each kind that the scan answers as well: it takes its time. */
const SCANNED = 5

interface Kept { id: string; conversation: string; folded: string }

const sorted = (times: readonly number[]) => [...times].sort((a, b) => a - b)
const at = (times: readonly number[], share: number): string => sorted(times)[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(1)
const spread = (times: readonly number[]) => [at(times, 0.5), at(times, 0.95), at(times, 1)]

/** The plain scan by the rule, newest first: what the index is held against. */
function* scan(kept: readonly Kept[], { text, conversation }: Omit<SearchQuery, 'limit'>): Generator<Kept> {
  const parts = readParts(text)
  if (!parts) return
  for (const each of kept) {
    if (conversation !== undefined && each.conversation !== conversation) continue
    if (parts.every((part) => findPart(each.folded, part) >= 0)) yield each
  }
}

it(`search over ${COUNT} messages`, async () => {
  const file = join(temporaryFolder(), 'relay.sqlite')
  const history = writeHistory(file, { count: COUNT })
  const raw = new DatabaseSync(file, { readOnly: true })
  const bytes = () => (raw.prepare(`SELECT sum(pgsize) AS bytes FROM dbstat WHERE name LIKE 'search%'`).get() as { bytes: number }).bytes
  const all = raw.prepare('SELECT m.id, c.address AS conversation, m.content FROM messages m JOIN conversations c USING (conversation) ORDER BY message DESC')
  const texts: string[] = []
  const kept: Kept[] = []
  for (const { id, conversation, content } of all.iterate() as IterableIterator<{ id: string; conversation: string; content: string }>) {
    const text = findable(JSON.parse(content) as Content)
    kept.push({ id, conversation, folded: fold(text) })
    if (texts.length < 20_000) texts.push(text)
  }

  const ledger = await openTestDatabase({ file })
  const db = new Db(file, migrations)
  const steps: number[] = []
  const used = process.cpuUsage()
  const began = performance.now()
  for (let left = true; left;) {
    const start = performance.now()
    left = (await ledger.commit('search.index', { limit: CHUNK })).from !== undefined
    steps.push(performance.now() - start)
  }
  const took = (performance.now() - began) / 1_000
  const { user, system } = process.cpuUsage(used)

  const rows: string[][] = []
  const every: number[] = []
  const worked: number[] = []
  const scanned: number[] = []
  let wanted = 0
  for (const [kind, queries] of Object.entries(searchQueries(history, texts))) {
    const times: number[] = []
    const work: number[] = []
    const plain: number[] = []
    let found = 0
    for (const [i, query] of queries.entries()) {
      const start = performance.now()
      const page = await ledger.read('journal.search', { ...query, limit: PAGE })
      times.push(performance.now() - start)
      found += page.hits.length
      const before = process.threadCpuUsage()
      databaseVerbs['journal.search'](db, { ...query, limit: PAGE })
      const { user, system } = process.threadCpuUsage(before)
      work.push((user + system) / 1_000)
      if (i >= SCANNED) continue
      const scanStart = performance.now()
      const inAll = scan(kept, query)
      for (let hits = 0; hits < PAGE && !inAll.next().done; hits++);
      plain.push(performance.now() - scanStart)
    }
    every.push(...times)
    worked.push(...work)
    scanned.push(...plain)
    rows.push([kind, ...spread(times), ...spread(work).slice(1), String(Math.round(found / queries.length)), ...spread(plain).slice(1)])
    // Recall: all that a few of the queries find, page by page, is what the plain scan finds, in the same order.
    for (const query of queries.slice(0, 3)) {
      const expected = [...scan(kept, query)].map(({ id }) => id)
      const got: string[] = []
      for (let before: number | undefined; ;) {
        const page = await ledger.read('journal.search', { ...query, limit: 5_000, ...(before !== undefined && { before }) })
        got.push(...page.hits.map(({ message }) => message.id))
        if (page.next === undefined) break
        before = page.next
      }
      wanted += expected.length
      expect(got.length, `${kind}: ${query.text}`).toBe(expected.length)
      expect(got).toEqual(expected)
    }
  }
  rows.push(['**all of them**', ...spread(every), ...spread(worked).slice(1), '', ...spread(scanned).slice(1)])
  await ledger.close()
  db.close()

  report(`Search over ${COUNT.toLocaleString('en')} messages`,
    ['query', 'p50 ms', 'p95 ms', 'max ms', 'CPU, p95 ms', 'max ms', 'hits of 20', 'plain scan in memory, p95 ms', 'max ms'], rows,
    `The first ${PAGE} hits, asked through the database thread (and the CPU time of the query alone), beside a plain scan over folded texts held in memory (${
      Math.round(kept.reduce((sum, { folded }) => sum + folded.length * 2, 0) / 1e6)} MB of strings). Recall 100 %: ${
      wanted.toLocaleString('en')} hits of 66 queries are those of the scan, in its order. The index was built in steps of ${CHUNK} messages a durable commit: ${
      Math.round(COUNT / took).toLocaleString('en')}/s (${Math.round(COUNT / ((user + system) / 1e6)).toLocaleString('en')} per CPU-second), a step ${
      at(steps, 0.5)} ms at p50, ${at(steps, 0.99)} at p99, ${at(steps, 1)} at most; ${Math.round(bytes() / 1e6)} MB.`)
  raw.close()
})
