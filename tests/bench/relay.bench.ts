import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { relayFlags } from '../../scripts/setup/relay-flags.js'
import { noKamailio, startMeasuredKamailio } from './kamailio'
import { Idle, Load, type LoadResult } from './load'
import { addAccounts, headless } from './program'
import { cpuSecondsOf, median, report, startMeasured, type Measurable } from './report'

const TOTAL = Number(process.env['BENCH_MESSAGES'] ?? 20_000)
const RUNS = Number(process.env['BENCH_RUNS'] ?? 3)
/** Idle devices between which the memory of one is measured; the descriptors of one process are 20,000 here. */
const [FEW, MANY] = [2_000, Number(process.env['BENCH_DEVICES'] ?? 10_000)]
const DOMAIN = 'bench.test'

/** Between whom messages go. */
interface Traffic {
  name: string
  pairs: number
  away?: boolean
  /** Latency at 1,000 messages a second is measured with it too. */
  paced?: boolean
}
const traffics: readonly Traffic[] = [
  { name: 'between 2 online accounts', pairs: 1 },
  { name: 'between 100 online accounts', pairs: 50 },
  { name: 'between 1,000 online accounts', pairs: 500, paced: true },
  { name: 'stored for 500 accounts that are away', pairs: 500, away: true },
]
const mostPairs = Math.max(...traffics.map(({ pairs }) => pairs))

interface Measured {
  saturated: LoadResult
  paced: LoadResult | undefined
  /** Messages a CPU second of the server, all threads of all its processes. */
  perCpuSecond: number
}

async function measureLoad(server: Measurable, { pairs, away = false, paced: isPaced }: Traffic): Promise<Measured> {
  try {
    const load = await Load.open({ port: server.port, domain: DOMAIN, pairs, away, password: (user) => `${user}pw` })
    // All are measured as they run for the rest of their days, not as the compiler finds them.
    await load.saturate(TOTAL, 128)
    const runs: { result: LoadResult; perCpu: number }[] = []
    for (let i = 0; i < RUNS; i++) {
      const cpu = cpuSecondsOf(server)
      const result = await load.saturate(TOTAL, 256)
      runs.push({ result, perCpu: TOTAL / (cpuSecondsOf(server) - cpu) })
    }
    const paced = isPaced ? await load.pace(5_000, 1_000) : undefined
    load.close()
    const saturated = runs.sort((a, b) => a.result.perSecond - b.result.perSecond)[Math.floor(RUNS / 2)]!.result
    expect(runs.reduce((sum, { result }) => sum + result.refused, paced?.refused ?? 0)).toBe(0)
    return { saturated, paced, perCpuSecond: median(runs.map((run) => run.perCpu)) }
  } finally {
    await server.stop()
  }
}

/** What one more idle device costs, KB: the difference between two large counts. */
async function measureIdle(server: Measurable): Promise<number> {
  const idle = new Idle({ port: server.port, domain: DOMAIN, password: (user) => `${user}pw` })
  try {
    await idle.grow(FEW)
    const before = server.memoryKb()
    await idle.grow(MANY)
    return (server.memoryKb() - before) / (MANY - FEW)
  } finally {
    idle.close()
    await server.stop()
  }
}

/** Every account of the load. */
const users = [...Array(MANY).keys()].map((i) => `d${i}`)
for (let i = 0; i < mostPairs; i++) users.push(`s${i}`, `r${i}`)

/** What is measured, in the order of the rows. Each starts a server that nothing was asked of before. */
type Peer = 'bare loop' | 'relay' | 'Kamailio'
type Begin = (purpose: string) => Promise<Measurable>

it('relay: durable messages beside the bare loop', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yanxin-bench-'))
  try {
    const data = join(folder, 'relay')
    mkdirSync(data)
    await addAccounts(join(data, 'relay.sqlite'), DOMAIN, users)
    const peers: [Peer, Begin][] = [
      ['bare loop', (purpose) => startMeasured([join(import.meta.dirname, 'bare-loop.mjs'), join(folder, `${purpose}.sqlite`)])],
      ['relay', () => startMeasured([...relayFlags, headless, 'serve', '--domain', DOMAIN, '--data', data, '--sip', 'tcp:127.0.0.1:0'])],
    ]
    if (!noKamailio) peers.push(['Kamailio', () => startMeasuredKamailio(DOMAIN)])
    const rows: string[][] = []
    const paced: [Peer, LoadResult][] = []
    for (const traffic of traffics) {
      const measured: Partial<Record<Peer, Measured>> = {}
      // Kamailio without a database keeps nothing.
      for (const [peer, begin] of peers) if (!(traffic.away && peer === 'Kamailio')) measured[peer] = await measureLoad(await begin(traffic.name), traffic)
      const relay = measured.relay!
      for (const [peer] of peers) {
        const m = measured[peer]
        if (!m) continue
        if (m.paced) paced.push([peer, m.paced])
        rows.push([
          traffic.name, peer, m.saturated.perSecond.toFixed(0), m.perCpuSecond.toFixed(0),
          peer === 'relay' ? '' : `${(relay.saturated.perSecond / m.saturated.perSecond).toFixed(2)}`,
          peer === 'relay' ? '' : `**${(relay.perCpuSecond / m.perCpuSecond).toFixed(2)}**`,
        ])
      }
    }
    if (noKamailio) rows.push(['', 'Kamailio', noKamailio, '', '', ''])
    report('The relay, beside the bare loop', [
      'what', 'peer', 'messages/s, 256 in flight', 'messages per CPU second', 'relay ÷ it, messages/s', 'relay ÷ it, per CPU second',
    ], rows, `Goals per CPU second: 0.5 of the bare loop (sockets and SQLite with the same commits, nothing else), 2 × Kamailio routing in memory. ${TOTAL} CPIM messages of about 600 bytes a run, median of ${RUNS} runs; every message is committed (WAL, FULL) before it is acknowledged, but by Kamailio, which keeps none and asks for no password; the load runs on the same machine.`)

    const ms = (value: number): string => value.toFixed(value < 10 ? 2 : 1)
    const times = ({ p50, p99 }: { p50: number; p99: number }): string => `${ms(p50)} / ${ms(p99)}`
    const idle: string[][] = []
    for (const [peer, begin] of peers) {
      const kb = await measureIdle(await begin('idle'))
      const result = paced.find(([name]) => name === peer)?.[1]
      idle.push([peer, result ? times(result.ack) : '', result ? times(result.arrival) : '', kb.toFixed(1)])
    }
    report('The relay: latency and memory', ['peer', 'acknowledged at 1,000/s: p50 / p99 ms', 'arrived: p50 / p99 ms', 'KB per idle device'], idle,
      `Goals: 2 / 10 ms, 10 KB. 1,000 accounts for the latencies; memory from ${FEW} to ${MANY} registered idle devices.`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 900_000)
