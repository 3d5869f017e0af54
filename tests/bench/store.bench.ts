import { expect, it } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { report } from './report'
import { benchStore } from './store'

const most = Number(process.env['BENCH_STORE'] ?? 1_000_000)
const sizes = [1_000, 10_000, 100_000, 1_000_000].filter((size) => size <= most)
const here = findChromium() !== undefined

it.skipIf(!here)(`the store in Chromium${here ? '' : ` (${noChromium})`}`, async () => {
  const rows = []
  for (const size of sizes) {
    const bench = await benchStore(size)
    const beside = (rate: number) => `${rate} (${(rate / bench.rawPerSecond).toFixed(1)} ×)`
    rows.push({ bench, cells: [
      String(size), String(bench.rawPerSecond), beside(bench.filledPerSecond), beside(bench.appliedPerSecond), bench.liveMs.toFixed(1), bench.readMs.toFixed(1),
    ] })
  }
  report('The store: a backlog applied', [
    'messages', 'raw IndexedDB, one record a message, messages/s', 'filled, whole pages, messages/s', 'followed, interleaved changes, messages/s',
    'one live message, ms', 'a page read, ms',
  ], rows.map(({ cells }) => cells), 'Messages of 300 bytes in 1,000 conversations by Zipf, each size in a Chromium of its own; raw puts 500 a transaction. Goal: 5 × raw at 100,000, linear to 1,000,000.')
  for (const { bench } of rows) expect(bench.appliedPerSecond).toBeGreaterThan(0)
})
