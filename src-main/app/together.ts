import type { Clock } from '../base/clock'

/** Calls of one moment become one, `ms` after the first. */
export function together(clock: Clock, ms: number, run: () => void): () => void {
  let isPlanned = false
  return () => {
    if (isPlanned) return
    isPlanned = true
    clock.after(ms, () => {
      isPlanned = false
      run()
    })
  }
}
