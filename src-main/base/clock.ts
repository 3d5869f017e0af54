export interface Timer {
  cancel(): void
}

/** Time as an argument: ms since 1970, and timers that never keep a process alive by themselves. */
export interface Clock {
  now(): number
  /** ms since some moment, never set back or ahead by anybody: what waits and runs out is measured by it. */
  steady(): number
  after(ms: number, run: () => void): Timer
  every(ms: number, run: () => void): Timer
}

type Handle = ReturnType<typeof setTimeout>

/** In a browser a timer is a number; in Node it is an object that would hold the process open. */
const loosen = (handle: Handle): Handle => {
  if (typeof handle === 'object') handle.unref()
  return handle
}

export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => performance.now(),
  after(ms, run) {
    const handle = loosen(setTimeout(run, ms))
    return { cancel: () => clearTimeout(handle) }
  },
  every(ms, run) {
    const handle = loosen(setInterval(run, ms))
    return { cancel: () => clearInterval(handle) }
  },
}

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
