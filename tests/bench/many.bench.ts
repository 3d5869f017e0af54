import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { relayFlags } from '../../scripts/setup/relay-flags.js'
import { randomIds } from '../../src-main/base/ids'
import { PIECE } from '../../src-main/contract/campaign'
import { until } from '../scenarios/play/phone'
import { Program, type Line } from '../scenarios/play/program'
import { Load } from './load'
import { addAccounts, headless } from './program'
import { cpuSeconds, cpuSecondsOf, median, report, startMeasured } from './report'

const GUESTS = Number(process.env['BENCH_GUESTS'] ?? 10_000)
const RUNS = Number(process.env['BENCH_RUNS'] ?? 3)
const PAIRS = 500
const DOMAIN = 'bench.test'
const guests = Array.from({ length: GUESTS }, (_, i) => ({ address: `sip:g${i}@${DOMAIN}`, fields: { name: `Guest ${i}` } }))

/** Sends to all guests; answers how long it took from the start to the relay's last answer, s. */
async function sendToAll(line: Line): Promise<number> {
  const id = randomIds.token()
  await line.call('campaignBegin', id, 'Dear {name|friend}, see you at the station at eight', 0)
  for (let from = 0; from < GUESTS; from += PIECE) await line.call('campaignAdd', id, from, guests.slice(from, from + PIECE))
  const began = performance.now()
  await line.call('campaignStart', id)
  await until('the end', async () => (await line.call('jobs')).some(({ kind, at, detail }) => kind === 'campaign' && at === 'done' && detail?.['campaign'] === id), 300_000)
  const took = (performance.now() - began) / 1_000
  await until('the last commit', async () => (await line.call('campaign', id))!.counts.sent === GUESTS)
  return took
}

it('send to many: 10,000 recipients at the relay’s full durable rate', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yanxin-bench-'))
  const data = join(folder, 'relay')
  mkdirSync(data)
  const users = ['mei', ...guests.map((_, i) => `g${i}`)]
  for (let i = 0; i < PAIRS; i++) users.push(`s${i}`, `r${i}`)
  await addAccounts(join(data, 'relay.sqlite'), DOMAIN, users)
  const relay = await startMeasured([...relayFlags, headless, 'serve', '--domain', DOMAIN, '--data', data, '--sip', 'tcp:127.0.0.1:0'])
  const app = new Program(['--data', join(folder, 'mei'), '--account', `mei@${DOMAIN}`, '--relay', `sip:127.0.0.1:${relay.port};transport=tcp`], { YANXIN_PASSWORD: 'meipw' })
  try {
    const load = await Load.open({ port: relay.port, domain: DOMAIN, pairs: PAIRS, away: true, password: (user) => `${user}pw` })
    await load.saturate(GUESTS, 128)
    const ceilings: number[] = []
    for (let run = 0; run < RUNS; run++) ceilings.push((await load.saturate(GUESTS, 256)).perSecond)
    const alone: number[] = []
    for (let run = 0; run < RUNS; run++) alone.push((await load.saturate(GUESTS, 32)).perSecond)
    load.close()

    const line = await (await app.ready()).open()
    await until('the link', async () => (await line.call('state')).link.at === 'online')
    const first = GUESTS / (await sendToAll(line))
    const rates: number[] = []
    const cpu = { app: cpuSeconds(app.pid), relay: cpuSecondsOf(relay) }
    for (let run = 0; run < RUNS; run++) rates.push(GUESTS / (await sendToAll(line)))
    const each = (before: number, now: number) => `${(((now - before) * 1e6) / GUESTS / RUNS).toFixed(0)} µs`
    line.close()
    const [ceiling, rate] = [median(ceilings), median(rates)]
    report(`Send to many: ${GUESTS.toLocaleString('en')} recipients`, ['what', 'messages/s', '÷ the relay’s full rate'], [
      ['the relay’s full durable rate: 500 senders, 256 in flight, recipients away', ceiling.toFixed(0), ''],
      ['the same, 32 in flight', median(alone).toFixed(0), (median(alone) / ceiling).toFixed(2)],
      ['sent to many by one app, conversations new', first.toFixed(0), (first / ceiling).toFixed(2)],
      ['sent to many by one app, conversations known', rate.toFixed(0), `**${(rate / ceiling).toFixed(2)}**`],
    ], `From the start to the relay's last answer; app and relay share the machine, and each message is committed twice in the app (kept, settled) and once in the relay before it is answered. CPU of a message: ${each(cpu.app, cpuSeconds(app.pid))} in the app, ${each(cpu.relay, cpuSecondsOf(relay))} in the relay. Median of ${RUNS} runs.`)
    expect(rate).toBeGreaterThan(0)
  } finally {
    await app.dies()
    await relay.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}, 900_000)
