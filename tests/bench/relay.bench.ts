import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../../src-main/base/clock'
import { silentLog } from '../../src-main/base/log'
import { openDatabase } from '../../src-main/ledger-thread'
import { noKamailio, startMeasuredKamailio } from './kamailio'
import { Idle, Load, type LoadResult } from './load'
import { cpuSecondsOf, median, report, residentKb, type Measurable } from './report'

const PAIRS = Number(process.env['BENCH_PAIRS'] ?? 50)
const TOTAL = Number(process.env['BENCH_MESSAGES'] ?? 40_000)
const RUNS = Number(process.env['BENCH_RUNS'] ?? 3)
/** Idle devices between which the memory of one is measured; the descriptors of one process are 20,000 here. */
const [FEW, MANY] = [4_000, Number(process.env['BENCH_DEVICES'] ?? 12_000)]
const DOMAIN = 'bench.test'
const headless = join(import.meta.dirname, '../../out/main/headless.js')

interface Measured {
  saturated: LoadResult
  paced: LoadResult
  /** Messages a CPU second of the server, all threads of all its processes. */
  perCpuSecond: number
  /** What one more idle device costs, KB. */
  idleKb: number
}

/** Starts one of our own programs. */
async function start(args: string[]): Promise<Measurable> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const port = await new Promise<number>((resolve, reject) => {
    let text = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const found = /Relay ready:.*?127\.0\.0\.1:(\d+)/.exec(text)
      if (found) resolve(Number(found[1]))
    })
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code} before it was ready`)))
  })
  const pid = child.pid!
  return {
    port, pids: () => [pid], memoryKb: () => residentKb(pid),
    async stop() {
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}

/** @param begin starts the server: once for the load, and anew for the idle devices, which come to a process without a past */
async function measure(begin: (purpose: 'load' | 'idle') => Promise<Measurable>): Promise<Measured> {
  return { ...(await measureLoad(await begin('load'))), idleKb: await measureIdle(await begin('idle')) }
}

async function measureLoad(server: Measurable): Promise<Omit<Measured, 'idleKb'>> {
  try {
    const load = await Load.open({ port: server.port, domain: DOMAIN, pairs: PAIRS, password: (user) => `${user}pw` })
    // Both are measured as they run for the rest of their days, not as the compiler finds them.
    await load.saturate(TOTAL, 128)
    const runs: { result: LoadResult; perCpu: number }[] = []
    for (let i = 0; i < RUNS; i++) {
      const cpu = cpuSecondsOf(server)
      const result = await load.saturate(TOTAL, 256)
      runs.push({ result, perCpu: TOTAL / (cpuSecondsOf(server) - cpu) })
    }
    const paced = await load.pace(5_000, 1_000)
    load.close()
    const saturated = runs.sort((a, b) => a.result.perSecond - b.result.perSecond)[Math.floor(RUNS / 2)]!.result
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

/** Every account of the load, as `user add` would write it. */
async function addAccounts(file: string): Promise<void> {
  const ledger = await openDatabase({ file, script: join(import.meta.dirname, '../../out/main/database.js'), log: silentLog, clock: systemClock })
  const users = [...Array(MANY).keys()].map((i) => `d${i}`)
  for (let i = 0; i < PAIRS; i++) users.push(`s${i}`, `r${i}`)
  await Promise.all(users.map((user) => {
    const hash = (algorithm: string): string => createHash(algorithm).update(`${user}:${DOMAIN}:${user}pw`).digest('hex')
    return ledger.commit('accounts.add', { address: `sip:${user}@${DOMAIN}`, sha256: hash('sha256'), md5: hash('md5'), createdAt: 0 })
  }))
  await ledger.close()
}

it('relay: durable messages beside the bare loop', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yanxin-bench-'))
  try {
    const data = join(folder, 'relay')
    mkdirSync(data)
    await addAccounts(join(data, 'relay.sqlite'))
    const bare = await measure((purpose) => start([join(import.meta.dirname, 'bare-loop.mjs'), join(folder, `${purpose}.sqlite`)]))
    const relay = await measure(() => start([headless, 'serve', '--domain', DOMAIN, '--data', data, '--sip', 'tcp:127.0.0.1:0']))
    const kamailio = noKamailio ? undefined : await measure(() => startMeasuredKamailio(DOMAIN))
    for (const { saturated, paced } of [relay, ...(kamailio ? [kamailio] : [])]) expect(saturated.refused + paced.refused).toBe(0)
    const ms = (value: number): string => value.toFixed(value < 10 ? 2 : 1)
    const row = (name: string, m: Measured): string[] => [
      name, m.saturated.perSecond.toFixed(0), m.perCpuSecond.toFixed(0), `${ms(m.paced.ack.p50)} / ${ms(m.paced.ack.p99)}`,
      `${ms(m.paced.arrival.p50)} / ${ms(m.paced.arrival.p99)}`, m.idleKb.toFixed(1),
    ]
    const share = (a: number, b: number): string => (a / b).toFixed(2)
    report('The relay, beside the bare loop', [
      'what', 'messages/s, 256 in flight', 'messages per CPU second', 'acknowledged at 1,000/s: p50 / p99 ms', 'arrived: p50 / p99 ms', 'KB per idle device',
    ], [
      row('bare loop (sockets and SQLite only)', bare),
      row('relay', relay),
      kamailio ? row('Kamailio 5.6, in memory', kamailio) : ['Kamailio, in memory', noKamailio!, '', '', '', ''],
      ['**relay ÷ bare loop** (goal 0.5)', share(relay.saturated.perSecond, bare.saturated.perSecond), `**${share(relay.perCpuSecond, bare.perCpuSecond)}**`,
        `goal under 2 / 10`, '', 'goal under 10'],
      ...(kamailio
        ? [['**relay ÷ Kamailio** (goal 2)', share(relay.saturated.perSecond, kamailio.saturated.perSecond),
            `**${share(relay.perCpuSecond, kamailio.perCpuSecond)}**`, '', '', '']]
        : []),
    ], `${2 * PAIRS} registered devices (memory: from ${FEW} to ${MANY} idle ones), ${TOTAL} CPIM messages of about 600 bytes a run, median of ${RUNS} runs; every message is committed (WAL, FULL) before it is acknowledged, but by Kamailio, which keeps none and asks for no password; the load runs on the same machine.`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 600_000)
