import { readFileSync } from 'node:fs'
import { missingKamailio, startKamailio } from '../interop/kamailio/kamailio'
import type { Measurable } from './report'

/** Why Kamailio cannot be measured here, if so. */
export const noKamailio = missingKamailio()

/**
 * Kamailio as a router of MESSAGE that keeps everything in memory and asks nobody for a password, so that `Load` drives it
 * like the relay. Its figures are those of all its processes.
 */
export async function startMeasuredKamailio(domain: string): Promise<Measurable> {
  // 14 KB stay for 5 s of every message that has gone through.
  const kamailio = await startKamailio({ domain, memory: 2_048 })
  return {
    port: kamailio.tcp.port,
    pids: () => kamailio.pids(),
    // Resident memory would count what the processes share once for each of them.
    memoryKb: () => kamailio.pids().reduce((sum, pid) => sum + proportionalKb(pid), 0),
    stop: () => kamailio.stop(),
  }
}

/** Memory of a process with its share of what it shares, KB. */
function proportionalKb(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? NaN)
}
