import type { Clock } from '../base/clock'

/** The first call runs `run` as soon as it may, those that follow within `ms` once more: nothing waits that comes alone. */
export function spaced(clock: Clock, ms: number, run: () => void): () => void {
  let last = -Infinity
  let isPlanned = false
  return () => {
    if (isPlanned) return
    isPlanned = true
    clock.after(Math.max(0, last + ms - clock.steady()), () => {
      isPlanned = false
      last = clock.steady()
      run()
    })
  }
}

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
