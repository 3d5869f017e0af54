const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000]

/** How long something takes, in a number that a person would say. @param ms */
export function timeOf(ms: number): { unit: 'seconds' | 'minutes' | 'hours'; n: number } {
  if (ms < 90 * SECOND) return { unit: 'seconds', n: Math.max(1, Math.round(ms / SECOND)) }
  if (ms < 90 * MINUTE) return { unit: 'minutes', n: Math.round(ms / MINUTE) }
  return { unit: 'hours', n: Math.round((ms / HOUR) * 2) / 2 }
}
