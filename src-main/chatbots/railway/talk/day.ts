/** China has one time: eight hours before UTC. */
const EAST = 8 * 3_600_000
export const DAY = 24 * 3_600_000

/** A day of the railway, as `2026-05-01`, of a moment in ms. */
export const dayOf = (at: number): string => new Date(at + EAST).toISOString().slice(0, 10)

/** Its midnight, ms since 1970. */
export const midnightOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) - EAST

export const dayAfter = (day: string, days: number): string => dayOf(midnightOf(day) + days * DAY)

/** 0 for Sunday. */
export const weekdayOf = (day: string): number => new Date(Date.parse(`${day}T00:00:00Z`)).getUTCDay()

/** `08:05`, of minutes after a midnight. */
export const clock = (minutes: number): string => {
  const inDay = ((minutes % 1_440) + 1_440) % 1_440
  return `${String(Math.floor(inDay / 60)).padStart(2, '0')}:${String(inDay % 60).padStart(2, '0')}`
}

/** How many days are sold in advance. */
export const SOLD = 15
