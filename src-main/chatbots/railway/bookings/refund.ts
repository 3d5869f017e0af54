const HOUR = 3_600_000

/**
 * What is given back of a fare, fen: all but a fee that grows as the departure comes near (nothing 8 days before, 5 % until 48 hours, 10 %
 * until 24, then 20 %; not below 2 yuan); nothing once the train has left.
 * @param before ms until the departure
 */
export function refundOf(fare: number, before: number): number {
  if (before <= 0) return 0
  const share = before >= 8 * 24 * HOUR ? 0 : before >= 48 * HOUR ? 0.05 : before >= 24 * HOUR ? 0.1 : 0.2
  if (share === 0) return fare
  // To half a yuan.
  const fee = Math.max(200, Math.round((fare * share) / 50) * 50)
  return Math.max(0, fare - fee)
}
