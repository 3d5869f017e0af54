import { readFileSync } from 'node:fs'

/** Only where the system tells how much memory a process holds. */
export const canMeasure = process.platform === 'linux'

/** Kilobytes of memory that a process holds (VmRSS). */
export const memoryOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)

/** The most that a process held while something was done, looked at every 20 ms, KB. */
export async function peakWhile(pid: number, work: () => Promise<void>): Promise<number> {
  let peak = memoryOf(pid)
  const look = setInterval(() => { peak = Math.max(peak, memoryOf(pid)) }, 20)
  try {
    await work()
  } finally {
    clearInterval(look)
  }
  return Math.max(peak, memoryOf(pid))
}
