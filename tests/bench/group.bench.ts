import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { relayFlags } from '../../scripts/setup/relay-flags.js'
import { systemClock } from '../../src-main/base/clock'
import { silentLog } from '../../src-main/base/log'
import { openDatabase } from '../../src-main/ledger-thread'
import { Phone } from './load'
import { cpuSecondsOf, report, startMeasured, type Measurable } from './report'

const MEMBERS = Number(process.env['BENCH_MEMBERS'] ?? 500)
const MESSAGES = Number(process.env['BENCH_GROUP_MESSAGES'] ?? 60)
const WARM = 20
const DOMAIN = 'bench.test'
const GROUP = `sip:conf-bench@${DOMAIN}`
const KEEP = 30 * 24 * 3_600_000
const addressOf = (i: number): string => `sip:g${i}@${DOMAIN}`

/** A group with all its members in it, as invitations and their answers would have made it. */
async function makeGroup(file: string): Promise<void> {
  const ledger = await openDatabase({ file, script: join(import.meta.dirname, '../../out/main/database.js'), log: silentLog, clock: systemClock })
  const all = [...Array(MEMBERS).keys()]
  await Promise.all(all.map((i) => {
    const hash = (algorithm: string): string => createHash(algorithm).update(`g${i}:${DOMAIN}:g${i}pw`).digest('hex')
    return ledger.commit('accounts.add', { address: addressOf(i), sha256: hash('sha256'), md5: hash('md5'), createdAt: 0 })
  }))
  const when = { now: Date.now(), keep: KEEP }
  await ledger.commit('groups.create', { address: GROUP, contribution: null, subject: 'all', by: addressOf(0), members: all.slice(1).map(addressOf), ...when })
  for (const i of all.slice(1)) await ledger.commit('groups.change', { group: GROUP, by: addressOf(i), asked: { do: 'join' }, ...when })
  await ledger.close()
}

interface Measured {
  /** ms from sending to the last member's socket, sorted. */
  last: number[]
  cpuMs: number
}

/** One message at a time to all members, each when the one before has come to everybody. */
async function measure(server: Measurable): Promise<Measured> {
  const phones: Phone[] = []
  try {
    for (let first = 0; first < MEMBERS; first += 32) {
      phones.push(...await Promise.all(Array.from({ length: Math.min(32, MEMBERS - first) }, (_, k) =>
        Phone.open(server.port, DOMAIN, `g${first + k}`, `g${first + k}pw`, ''))))
    }
    const last: number[] = []
    let cpu = 0
    for (let i = 0; i < WARM + MESSAGES; i++) {
      if (i === WARM) cpu = cpuSecondsOf(server)
      const id = `m${i}`
      const began = performance.now()
      const took = await new Promise<number>((resolve) => {
        let missing = MEMBERS
        const one = (): void => { if (--missing === 0) resolve(performance.now() - began) }
        phones[0]!.onAnswer = (_, status) => { expect(status).toBe(200); one() }
        for (const phone of phones.slice(1)) phone.onMessage = (callId) => { if (callId === id) one() }
        phones[0]!.write(message(id))
      })
      if (i >= WARM) last.push(took)
    }
    return { last: last.sort((a, b) => a - b), cpuMs: ((cpuSecondsOf(server) - cpu) * 1_000) / MESSAGES }
  } finally {
    for (const phone of phones) phone.socket.destroy()
    await server.stop()
  }
}

function message(id: string): string {
  const body = `From: <${addressOf(0)}>\r\nTo: <${GROUP}>\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: ${id}\r\n` +
    `DateTime: 2026-05-03T08:00:00Z\r\n\r\nContent-Type: text/plain;charset=UTF-8\r\n\r\nsee you all at the station at eight`
  return `MESSAGE ${GROUP} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK${id};rport\r\nMax-Forwards: 70\r\nFrom: <${addressOf(0)}>;tag=1\r\n` +
    `To: <${GROUP}>\r\nCall-ID: ${id}\r\nCSeq: 1 MESSAGE\r\nContent-Type: message/cpim\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

it('a message to a large group, beside a bare loop that writes it to as many sockets', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yanxin-bench-'))
  try {
    const data = join(folder, 'relay')
    mkdirSync(data)
    await makeGroup(join(data, 'relay.sqlite'))
    const bare = await measure(await startMeasured([join(import.meta.dirname, 'bare-fanout.mjs'), join(folder, 'bare.sqlite')]))
    const headless = join(import.meta.dirname, '../../out/main/headless.js')
    const relay = await measure(await startMeasured([...relayFlags, headless, 'serve', '--domain', DOMAIN, '--data', data, '--sip', 'tcp:127.0.0.1:0']))
    const at = ({ last }: Measured, share: number): number => last[Math.min(last.length - 1, Math.floor(last.length * share))]!
    const row = (name: string, measured: Measured): string[] => [
      name, at(measured, 0.5).toFixed(0), at(measured, 0.95).toFixed(0), measured.cpuMs.toFixed(0),
      measured === relay ? '' : (at(measured, 0.95) / at(relay, 0.95)).toFixed(2),
    ]
    report('A group', ['peer', 'last delivery, p50 ms', 'p95 ms', 'CPU ms a message', 'it ÷ relay, p95'], [row('bare loop', bare), row('relay', relay)],
      `Goal: p95 under 250 ms. One message to ${MEMBERS} members, all online, kept once and committed before it is acknowledged; ${MESSAGES} messages, one after the other, over ${MEMBERS} connections of one process on the same machine.`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 300_000)
