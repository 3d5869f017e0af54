import type { SeatClass } from './trains'

/** Yuan a kilometre, and the least there is to pay. */
const rates: Readonly<Record<SeatClass, readonly [perKm: number, least: number]>> = {
  business: [1.45, 60], first: [0.74, 25], second: [0.46, 15], 'soft-sleeper': [0.38, 90], 'hard-sleeper': [0.25, 60], 'hard-seat': [0.14, 10],
}

/** What a seat costs, in fen (a hundredth of a yuan), to half a yuan. */
export function fareOf(km: number, seat: SeatClass): number {
  const [perKm, least] = rates[seat]
  return Math.max(least * 100, Math.round(km * perKm * 2) * 50)
}
