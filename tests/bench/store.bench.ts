import { expect, it } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { report } from './report'
import { benchStore } from './store'

const MESSAGES = Number(process.env['BENCH_STORE'] ?? 100_000)
const here = findChromium() !== undefined

it.skipIf(!here)(`the store in Chromium${here ? '' : ` (${noChromium})`}`, async () => {
  const { messages, rawPerSecond, appliedPerSecond, groupedPerSecond, liveMs, readMs } = await benchStore(MESSAGES)
  const times = (rate: number) => `${(rate / rawPerSecond).toFixed(1)} ×`
  report('The store: a backlog applied', ['way', 'messages/s', 'beside raw'], [
    ['raw IndexedDB, one record a message, 500 a transaction', String(rawPerSecond), times(rawPerSecond)],
    ['the projector, 1,000 conversations by Zipf, interleaved', String(appliedPerSecond), times(appliedPerSecond)],
    ['the projector, one conversation after the other', String(groupedPerSecond), times(groupedPerSecond)],
  ], `${messages} messages of 300 bytes. One live message is applied in ${liveMs.toFixed(1)} ms, a page of 50 read in ${readMs.toFixed(1)} ms (medians).`)
  expect(appliedPerSecond).toBeGreaterThan(0)
})
