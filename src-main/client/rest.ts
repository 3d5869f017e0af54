import type { Clock } from '../base/clock'

/**
 * Waits so long (ms), or without `ms` for ever; until then it is woken by the signal, and by whoever calls what it leaves in `wakers`.
 * @throws what the signal was aborted with
 */
export async function rest(clock: Clock, ms: number | undefined, signal: AbortSignal, wakers?: Set<() => void>): Promise<void> {
  signal.throwIfAborted()
  await new Promise<void>((resolve) => {
    const go = (): void => {
      timer?.cancel()
      wakers?.delete(go)
      signal.removeEventListener('abort', go)
      resolve()
    }
    const timer = ms === undefined ? undefined : clock.after(ms, go)
    wakers?.add(go)
    signal.addEventListener('abort', go)
  })
  signal.throwIfAborted()
}
