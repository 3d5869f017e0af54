import type { City } from './cities'
import { cities } from './cities'
import { lines, type Line } from './lines'
import { numbersFrom } from './random'
import { stationOf, type Station } from './stations'

/** A class of seats; prices by distance (`fare.ts`). */
export type SeatClass = 'business' | 'first' | 'second' | 'soft-sleeper' | 'hard-sleeper' | 'hard-seat'

export interface Stop {
  station: Station
  /** Minutes after midnight of the day on which the train sets out; beyond 1,440 on the days after. */
  arrives: number
  departs: number
  /** From where the train sets out, along the line. */
  km: number
}

/** A train that runs every day. */
export interface Train {
  /** `G1`, `D302`, `K79`. */
  number: string
  stops: readonly Stop[]
  /** Seats of each class. */
  seats: Readonly<Partial<Record<SeatClass, number>>>
}

type Letter = 'G' | 'D' | 'Z' | 'T' | 'K'

/** Kilometres an hour between stops, the starting and the braking left out. */
const speed: Readonly<Record<Letter, number>> = { G: 285, D: 200, Z: 120, T: 105, K: 90 }

const seatsOf: Readonly<Record<'fast' | 'slow', Train['seats']>> = {
  fast: { business: 16, first: 56, second: 480 },
  slow: { 'soft-sleeper': 36, 'hard-sleeper': 360, 'hard-seat': 472 },
}

/** The first trains of a day, and the last, minutes after midnight; by night only slow ones run. */
const [FIRST, LAST] = [6 * 60, 21 * 60]

const cityOf = new Map<string, City>()
// Of two cities of one name in pinyin both are here by their Chinese names, which differ.
for (const city of cities) cityOf.set(city.name, city)

/** Every train of the sample network, by its number. Made in some 50 ms. */
export function makeTrains(): ReadonlyMap<string, Train> {
  const all = new Map<string, Train>()
  const next: Record<Letter, number> = { G: 1, D: 1, Z: 1, T: 1, K: 1 }
  for (const line of lines) {
    const number = numbersFrom(line.cities.join())
    for (let n = 0; n < line.trains; n++) {
      for (const isBack of [false, true]) {
        const letter = letterFor(line.kind, number())
        const train = { number: `${letter}${next[letter]++}`, ...runOf(line, letter, isBack, n, number) }
        all.set(train.number, train)
      }
    }
  }
  return all
}

function letterFor(kind: Line['kind'], dice: number): Letter {
  if (kind === 'high') return dice < 0.7 ? 'G' : 'D'
  return dice < 0.2 ? 'Z' : dice < 0.4 ? 'T' : 'K'
}

function runOf(line: Line, letter: Letter, isBack: boolean, n: number, number: () => number): Omit<Train, 'number'> {
  const [from, to] = sectionOf(line, number)
  const along = line.cities.slice(from, to + 1)
  if (isBack) along.reverse()
  const isFast = line.kind === 'high'
  const span = isFast ? LAST - FIRST : 24 * 60
  let clock = (isFast ? FIRST : 0) + Math.floor(((n + number() * 0.9) / line.trains) * span)
  let km = 0
  const stops: Stop[] = []
  along.forEach((name, i) => {
    if (i > 0) {
      const leg = distance(cityOf.get(along[i - 1]!)!, cityOf.get(name)!)
      km += leg
      clock += Math.round((leg / speed[letter]) * 60)
    }
    const isEnd = i === 0 || i === along.length - 1
    // Most pass some cities.
    if (!isEnd && number() < (letter === 'G' ? 0.45 : 0.25)) return
    const stays = isEnd ? 0 : isFast ? 2 + Math.floor(number() * 4) : 3 + Math.floor(number() * 12)
    if (i > 0) clock += isFast ? 4 : 6
    stops.push({ station: stationOf(name, line.kind), arrives: clock, departs: clock + stays, km: Math.round(km) })
    clock += stays
  })
  return { stops, seats: isFast ? seatsOf.fast : seatsOf.slow }
}

/** A third runs the whole line, the others a part. */
function sectionOf({ cities: { length } }: Line, number: () => number): [from: number, to: number] {
  if (length < 4 || number() < 0.34) return [0, length - 1]
  const from = Math.floor(number() * (length - 3))
  return [from, Math.min(length - 1, from + 2 + Math.floor(number() * (length - from - 2)))]
}

const RADIUS = 6_371

/** Kilometres of rail between two cities: a sixth more than the great circle. */
function distance(a: City, b: City): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180
  const [dLat, dLon] = [radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)]
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(dLon / 2) ** 2
  return 2 * RADIUS * Math.asin(Math.sqrt(h)) * 1.16
}
