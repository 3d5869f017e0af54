import type { Booking } from '../bookings/booking'
import { refundOf } from '../bookings/refund'
import { alights, boards, type Ride, type Timetable } from '../network/timetable'
import { clock, dayOf, midnightOf } from './day'
import { calendar, cards, reply, withChips, type CardContent, type Said } from './said'
import { money, seatWords, timesWords, type Words } from './words'

/** A picture that a card may show. */
export interface Picture {
  url: string
  contentType: string
  size: number
}

export const rideOf = ({ train, board, alight }: Booking, { trains }: Timetable): Ride => ({ train: trains.get(train)!, from: board, to: alight })

/** When a train leaves a stop, of a train that set out on `day`, ms. */
export const departureOf = (ride: Ride, day: string): number => midnightOf(day) + boards(ride).departs * 60_000
const arrivalOf = (ride: Ride, day: string): number => midnightOf(day) + alights(ride).arrives * 60_000

/** Whose, where, when and which seat. */
function about(booking: Booking, ride: Ride, t: Words): string {
  const { passenger, class: seatClass, seat, fare } = booking
  return [
    `${boards(ride).station.name} → ${alights(ride).station.name}`,
    `${t.date(dayOf(departureOf(ride, booking.day)))} ${timesWords(boards(ride).departs, alights(ride).arrives, t)}`,
    `${passenger} · ${t.classes[seatClass]} ${seatWords(seatClass, seat, t)} · ${money(fare)}`,
  ].join('\n')
}

/** A held seat: to be paid within its time, or given up. */
export function sayHeld(booking: Booking, timetable: Timetable, t: Words): Said[] {
  const { id, fare, train, heldUntil } = booking
  const minutes = Math.floor((heldUntil - midnightOf(dayOf(heldUntil))) / 60_000)
  return [{
    richcardMessage: cards([{
      title: `${train} · ${t.held(clock(minutes))}`, description: about(booking, rideOf(booking, timetable), t),
      suggestions: [reply(t.pay(money(fare)), { do: 'pay', id }), reply(t.giveUp, { do: 'give-up', id })],
    }]),
  }]
}

/** A paid ticket with its code to be scanned. */
export function sayTicket(booking: Booking, timetable: Timetable, t: Words, picture: Picture | undefined, title = t.ticket): Said[] {
  return [withChips({ richcardMessage: cards([ticketCard(booking, timetable, t, picture, title)]) }, reply(t.mine, { do: 'bookings' }))]
}

function ticketCard(booking: Booking, timetable: Timetable, t: Words, picture: Picture | undefined, title: string): CardContent {
  const { id, train, day } = booking
  const ride = rideOf(booking, timetable)
  const [from, to] = [departureOf(ride, day), arrivalOf(ride, day)]
  const words = about(booking, ride, t)
  return {
    ...(picture && { media: { mediaUrl: picture.url, mediaContentType: picture.contentType, mediaFileSize: picture.size, height: 'TALL_HEIGHT', contentDescription: `${t.ticket} ${id}` } }),
    title: `${title} · ${train} · ${id}`, description: words,
    suggestions: [
      calendar(t.calendar, `${train} ${boards(ride).station.name} → ${alights(ride).station.name}`, from, to, words, { do: 'show', id }),
      reply(t.change, { do: 'change', id }), reply(t.askRefund, { do: 'ask-refund', id }),
    ],
  }
}

/** Somebody's tickets, the newest first. */
export function sayBookings(bookings: readonly Booking[], timetable: Timetable, t: Words): Said[] {
  if (!bookings.length) return [{ textMessage: t.noBookings }]
  return [{ textMessage: t.yours }, {
    richcardMessage: cards(bookings.map((booking): CardContent => {
      const { id, state, train, fare } = booking
      return {
        title: `${train} · ${t.states[state]}`, description: about(booking, rideOf(booking, timetable), t),
        ...(state === 'paid' && { suggestions: [reply(t.show, { do: 'show', id }), reply(t.change, { do: 'change', id }), reply(t.askRefund, { do: 'ask-refund', id })] }),
        ...(state === 'held' && { suggestions: [reply(t.pay(money(fare)), { do: 'pay', id }), reply(t.giveUp, { do: 'give-up', id })] }),
      }
    })),
  }]
}

/** What giving it back would bring, before it is done. */
export function sayRefundAsk(booking: Booking, timetable: Timetable, now: number, t: Words): Said[] {
  const { id, fare, day } = booking
  const back = refundOf(fare, departureOf(rideOf(booking, timetable), day) - now)
  return [withChips({ textMessage: t.refundAsk(money(back), money(fare - back)) }, reply(t.refundYes, { do: 'refund', id }), reply(t.keep, { do: 'show', id }))]
}
