export interface BackoffRange {
  /** The first wait, in ms, before jitter. */
  first: number
  /** No wait is longer, in ms. */
  longest: number
}

/**
 * How long to wait before try `attempt` (1 is the first repeat), in ms: doubles each time up to `longest`, then half of it
 * is left to chance, so that many who lost the same server do not come back in the same moment.
 * @param random a number from 0 up to 1
 */
export function backoff(attempt: number, random: number, { first, longest }: BackoffRange): number {
  const whole = Math.min(longest, first * 2 ** Math.min(attempt - 1, 30))
  return Math.round(whole / 2 + (whole / 2) * random)
}
