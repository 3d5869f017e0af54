import { join } from 'node:path'
import { systemClock } from '../../src-main/base/clock'
import { silentLog } from '../../src-main/base/log'
import { openDatabase } from '../../src-main/ledger-thread'
import type { Put, RowKey } from '../../src-main/relay/queue/row'

export interface QueueFigures {
  batch: number
  /** Messages put, acknowledged and taken again, a second. */
  perSecond: number
  /** CPU of all threads for one of them, µs, and the part of the database thread (with the garbage collector's helpers). */
  cpu: number
  databaseCpu: number
  /** From commit to acknowledgement, ms. */
  p50: number
  p99: number
}

const body = new Uint8Array(600).fill(65)
const DAY = 86_400_000

function putOf(i: number): Put {
  const user = `sip:user${i % 100}@example.org`
  const now = systemClock.now()
  return {
    lanes: [`device:${user}|<urn:uuid:00000000-0000-4000-8000-00000000${i % 100}>`],
    envelope: {
      id: `Mx${(i * 7919) % 1_000_003}x${i}`, from: `sip:peer${(i * 31) % 1_000}@example.org`, to: user, conversation: `sip:peer${(i * 31) % 1_000}@example.org`,
      contentType: 'message/cpim', body: body.slice(), headers: [['Call-ID', `c${i}@198.51.100.7`]], sentAt: now, expiresAt: now + 30 * DAY, flags: 1,
    },
  }
}

/** Puts and takes rows of 600 bytes through a ledger with a thread of its own, `batch` at a time. */
export async function benchQueue({ folder, script, batch, total }: {
  folder: string
  script?: string
  batch: number
  total: number
}): Promise<QueueFigures> {
  const ledger = await openDatabase({ file: join(folder, `queue-${batch}.db`), log: silentLog, clock: systemClock, ...(script && { script }) })
  const waits: number[] = []
  const cpuBefore = process.cpuUsage()
  const ownBefore = process.threadCpuUsage()
  const started = performance.now()
  let takes: Promise<void>[] = []
  for (let i = 0; i < total; i += batch) {
    const keys = await Promise.all(Array.from({ length: batch }, async (_, k): Promise<RowKey> => {
      const put = putOf(i + k)
      const asked = performance.now()
      const { seqs } = await ledger.commit('queue.put', { puts: [put] })
      waits.push(performance.now() - asked)
      return { seq: seqs[0]![0]!, lane: put.lanes[0]!, from: put.envelope.from, id: put.envelope.id, lanes: 1 }
    }))
    // Takes share the next round's commit, as they do in a relay.
    await Promise.all(takes)
    takes = keys.map((key) => ledger.commit('queue.take', { rows: [key] }))
  }
  await Promise.all(takes)
  const wall = performance.now() - started
  const { user, system } = process.cpuUsage(cpuBefore)
  const own = process.threadCpuUsage(ownBefore)
  await ledger.close()
  waits.sort((a, b) => a - b)
  return {
    batch, perSecond: Math.round(total / wall * 1_000), cpu: (user + system) / total,
    databaseCpu: (user + system - own.user - own.system) / total,
    p50: waits[Math.floor(waits.length / 2)]!, p99: waits[Math.floor(waits.length * 0.99)]!,
  }
}

export async function main({ folder, script }: { folder: string; script?: string }): Promise<QueueFigures[]> {
  const figures: QueueFigures[] = []
  for (const [batch, total] of [[1, 2_000], [32, 32_000], [256, 102_400]] as const) {
    figures.push(await benchQueue({ folder, batch, total, ...(script && { script }) }))
  }
  return figures
}
