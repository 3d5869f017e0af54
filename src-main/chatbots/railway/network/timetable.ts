import type { Station } from './stations'
import { makeTrains, type Stop, type Train } from './trains'

/** A ride on one train. */
export interface Ride {
  train: Train
  /** Places among the train's stops. */
  from: number
  to: number
}

/** Two rides, the second after the first, in the same city. */
export interface Change {
  first: Ride
  second: Ride
}

const DAY = 24 * 60
/** How long one has between two trains, minutes; more where the station is another. */
const [SHORTEST, ELSEWHERE, LONGEST] = [20, 60, 240]

export const boards = ({ train, from }: Ride): Stop => train.stops[from]!
export const alights = ({ train, to }: Ride): Stop => train.stops[to]!
/** Minutes from departure to arrival. */
export const lasts = (ride: Ride): number => alights(ride).arrives - boards(ride).departs
export const kmOf = (ride: Ride): number => alights(ride).km - boards(ride).km

/** The trains of a day, found by where they stop. */
export class Timetable {
  readonly trains = makeTrains()
  readonly #at = new Map<Station, { train: Train; place: number }[]>()

  constructor() {
    for (const train of this.trains.values()) {
      train.stops.forEach(({ station }, place) => {
        const here = this.#at.get(station)
        if (here) here.push({ train, place })
        else this.#at.set(station, [{ train, place }])
      })
    }
  }

  /** Seats of a class on a train; 0 where there is no such one. */
  seats(train: string, seatClass: string): number {
    return (this.trains.get(train)?.seats as Readonly<Record<string, number>> | undefined)?.[seatClass] ?? 0
  }

  /** When a train leaves one of its stops, minutes after the midnight before it sets out. */
  departs(train: string, board: number): number {
    return this.trains.get(train)?.stops[board]?.departs ?? 0
  }

  /** Rides without a change, in the order of their departure in the day. */
  rides(from: readonly Station[], to: readonly Station[]): Ride[] {
    const there = new Set(to)
    const found: Ride[] = []
    for (const { train, place } of this.#from(from)) {
      const end = train.stops.findIndex(({ station }, n) => n > place && there.has(station))
      if (end > 0) found.push({ train, from: place, to: end })
    }
    return found.sort((a, b) => timeOf(boards(a)) - timeOf(boards(b)))
  }

  /** The quickest ways with one change, each train once. */
  changes(from: readonly Station[], to: readonly Station[], most = 6): Change[] {
    const there = new Set(to)
    /** Rides that end there, by the city in which one could get on. */
    const into = new Map<string, Ride[]>()
    for (const station of to) {
      for (const { train, place } of this.#at.get(station) ?? []) {
        for (let on = 0; on < place; on++) {
          const { city } = train.stops[on]!.station
          const rides = into.get(city.name)
          const ride = { train, from: on, to: place }
          if (rides) rides.push(ride)
          else into.set(city.name, [ride])
        }
      }
    }
    const best = new Map<Train, { change: Change; takes: number }>()
    for (const { train, place } of this.#from(from)) {
      for (let off = place + 1; off < train.stops.length; off++) {
        const stop = train.stops[off]!
        if (there.has(stop.station)) break
        for (const second of into.get(stop.station.city.name) ?? []) {
          const on = boards(second)
          const waits = (((timeOf(on) - stop.arrives) % DAY) + DAY) % DAY
          if (waits < (on.station === stop.station ? SHORTEST : ELSEWHERE) || waits > LONGEST) continue
          const first = { train, from: place, to: off }
          const takes = lasts(first) + waits + lasts(second)
          if (takes < (best.get(train)?.takes ?? Infinity)) best.set(train, { change: { first, second }, takes })
        }
      }
    }
    return [...best.values()].sort((a, b) => a.takes - b.takes).slice(0, most).map(({ change }) => change)
  }

  *#from(stations: readonly Station[]): Iterable<{ train: Train; place: number }> {
    const seen = new Set<Train>()
    for (const station of stations) {
      for (const one of this.#at.get(station) ?? []) {
        if (seen.has(one.train)) continue
        seen.add(one.train)
        yield one
      }
    }
  }
}

/** Minutes after the midnight before it. */
const timeOf = ({ departs }: Stop): number => departs % DAY
