import type { Store } from '../bookings/store'
import { fareOf } from '../network/fare'
import type { Station } from '../network/stations'
import { alights, boards, kmOf, lasts, type Change, type Ride, type Timetable } from '../network/timetable'
import type { SeatClass } from '../network/trains'
import { DAY, dayOf, midnightOf } from './day'
import type { Seat } from './postback'
import { cards, reply, withChips, type CardContent, type Said } from './said'
import type { Asked } from './understand'
import { money, timesWords, type Words } from './words'

/** How many rides one message shows. */
export const AT_ONCE = 8

/** What is needed to tell of rides. */
export interface RidesParts {
  store: Store
  timetable: Timetable
  now: number
  t: Words
  /** Names the message. */
  offer: string
  insteadOf?: string | undefined
}

/** The day on which the train of a ride set out, for somebody who boards on `day`. */
const dayOfTrain = (ride: Ride, day: string): string => dayOf(midnightOf(day) - Math.floor(boards(ride).departs / 1_440) * DAY)

/** When somebody who boards on `day` leaves, ms. */
const leavesAt = (ride: Ride, day: string): number => midnightOf(day) + (boards(ride).departs % 1_440) * 60_000

/** The rides of a day, from the time that was asked for and the place that was shown up to. */
export function ridesOf(asked: Asked, from: readonly Station[], to: readonly Station[], day: string, { timetable, now }: RidesParts): Ride[] {
  return timetable.rides(from, to).filter((ride) => {
    const { train } = ride
    if (asked.isFast && !/^[GD]/.test(train.number)) return false
    if (asked.class !== undefined && train.seats[asked.class] === undefined) return false
    return leavesAt(ride, day) > now && boards(ride).departs % 1_440 >= (asked.after ?? 0)
  })
}

/** Rides as a card each. @param skip how many were shown before */
export function sayRides(rides: readonly Ride[], skip: number, asked: Asked, from: Station, to: Station, day: string, parts: RidesParts): Said[] {
  const { t } = parts
  const shown = rides.slice(skip, skip + AT_ONCE)
  const chips = [
    ...(rides.length > skip + AT_ONCE ? [reply(t.later, { do: 'later' })] : []),
    reply(t.nextDay, { do: 'day', day: dayOf(midnightOf(day) + DAY) }), reply(t.back, { do: 'back' }),
  ]
  const head = t.rides(from.city.name, to.city.name, t.date(day), rides.length)
  return [{ textMessage: head }, withChips({ richcardMessage: cards(shown.map((ride) => cardOf(ride, day, asked.class, parts))) }, ...chips)]
}

function cardOf(ride: Ride, day: string, only: SeatClass | undefined, parts: RidesParts): CardContent {
  const { t, store, offer, insteadOf } = parts
  const { train, from: board, to: alight } = ride
  const [on, off] = [boards(ride), alights(ride)]
  const sets = dayOfTrain(ride, day)
  const classes = (Object.keys(train.seats) as SeatClass[]).filter((seat) => only === undefined || seat === only)
  const seats = classes.map((seat) => ({ seat, left: store.free(train.number, sets, seat, board, alight), fare: fareOf(kmOf(ride), seat) }))
  const suggestions = seats.filter(({ left }) => left > 0).slice(0, 4).map(({ seat, fare }) => {
    const wanted: Seat = { do: 'seat', offer, train: train.number, day: sets, board, alight, class: seat, ...(insteadOf !== undefined && { insteadOf }) }
    return reply(`${t.classes[seat]} ${money(fare)}`, wanted)
  })
  return {
    title: `${train.number}  ${timesWords(on.departs, off.arrives, t)}`,
    description: [
      `${on.station.name} → ${off.station.name} · ${t.minutes(lasts(ride))}`,
      suggestions.length ? seats.map(({ seat, left }) => `${t.classes[seat]} ${t.left(left)}`).join(' · ') : t.full,
    ].join('\n'),
    ...(suggestions.length && { suggestions }),
  }
}

/** Ways with a change, for who wants to book both trains one after the other. */
export function sayChanges(changes: readonly Change[], t: Words): Said[] {
  const lines = changes.map(({ first, second }) => [first, second]
    .map((ride) => `${ride.train.number} ${boards(ride).station.name} ${timesWords(boards(ride).departs, alights(ride).arrives, t)} ${alights(ride).station.name}`).join('\n　'))
  return [{ textMessage: `${t.withChange}\n${lines.join('\n')}` }]
}
