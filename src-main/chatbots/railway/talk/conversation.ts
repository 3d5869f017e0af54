import type { Booking } from '../bookings/booking'
import type { Store } from '../bookings/store'
import { fareOf } from '../network/fare'
import { findStation, type Found } from '../network/find-station'
import { kmOf, type Timetable } from '../network/timetable'
import { DAY, dayAfter, dayOf, midnightOf, SOLD } from './day'
import { readPostback, type Postback, type Seat } from './postback'
import { AT_ONCE, ridesOf, sayChanges, sayRides, type RidesParts } from './rides'
import { reply, withChips, type Chip, type Said } from './said'
import { keepTalk, readTalk, type Talk } from './talk'
import { rideOf, sayBookings, sayHeld, sayRefundAsk, sayTicket, type Picture } from './tickets'
import { intentOf, understand, type Asked } from './understand'
import { languageOf, money, words, type Words } from './words'

export interface ConversationParts {
  store: Store
  timetable: Timetable
  now(): number
  /** The code of a ticket as a picture, where there is one. */
  picture(booking: Booking): Picture | undefined
}

/** What somebody said: a text, a tap with its postback, or something that is neither. */
export interface Heard {
  /** Of the message; nothing is done twice for the same. */
  id: string
  person: string
  text?: string
  data?: string
}

/** The railway at the counter: what is heard becomes what is said, and what of it must not be forgotten is in the store. */
export class Conversation {
  readonly #parts: ConversationParts

  constructor(parts: ConversationParts) {
    this.#parts = parts
  }

  /** Answers a message; one that was answered before has no answer any more. All that comes of it is one transaction of the store. */
  hear(heard: Heard): Said[] {
    const { store } = this.#parts
    return store.once(() => {
      if (!store.hear(heard.id)) return []
      const talk = readTalk(store, heard.person)
      const said = new Turn(this.#parts, heard, talk).answer()
      keepTalk(store, heard.person, talk)
      return said
    })
  }
}

/** One message of somebody, and the answer. */
class Turn {
  readonly #parts: ConversationParts
  readonly #heard: Heard
  readonly #talk: Talk
  readonly #now: number

  constructor(parts: ConversationParts, heard: Heard, talk: Talk) {
    this.#parts = parts
    this.#heard = heard
    this.#talk = talk
    this.#now = parts.now()
  }

  get #t(): Words {
    return words[this.#talk.language]
  }

  answer(): Said[] {
    const { data, text } = this.#heard
    if (data !== undefined) {
      const postback = readPostback(data)
      return postback ? this.#tapped(postback) : data === 'new_bot_user_initiation' ? this.#help() : [{ textMessage: this.#t.stale }]
    }
    if (text === undefined) return [{ textMessage: this.#t.voice }]
    return this.#asked(text.slice(0, 500))
  }

  #asked(text: string): Said[] {
    const talk = this.#talk
    talk.language = languageOf(text) ?? talk.language
    const intent = intentOf(text)
    if (intent !== undefined) {
      delete talk.wants
      if (intent === 'human') return [{ textMessage: this.#t.human }]
      return this.#tapped({ do: intent })
    }
    if (talk.wants) return this.#named(text.trim(), talk.wants)
    const asked = understand(text, this.#now)
    if (!Object.keys(asked).length) return [withChips({ textMessage: this.#t.notUnderstood }, ...this.#examples())]
    // A new way is a new question; a day, a time or a class belongs to the one before.
    const isNew = asked.from !== undefined && asked.to !== undefined
    talk.asked = isNew ? { ...(talk.changes !== undefined && { day: talk.asked.day }), ...asked } as Asked : { ...talk.asked, ...asked }
    if (isNew) delete talk.changes
    talk.shown = 0
    return asked.unknown !== undefined ? [{ textMessage: this.#t.unknown(asked.unknown.slice(0, 20)) }] : this.#rides()
  }

  #tapped(postback: Postback): Said[] {
    const { store } = this.#parts
    const { person } = this.#heard
    const talk = this.#talk
    switch (postback.do) {
      case 'help': return this.#help()
      case 'ask': return this.#asked(postback.text)
      case 'bookings': return sayBookings(store.bookingsOf(person), this.#parts.timetable, this.#t)
      case 'day':
        talk.asked = { ...talk.asked, day: postback.day }
        talk.shown = 0
        return this.#rides()
      case 'later':
        talk.shown += AT_ONCE
        return this.#rides()
      case 'back': {
        const { from, to, after: _, ...rest } = talk.asked
        talk.asked = { ...rest, ...(to !== undefined && { from: to }), ...(from !== undefined && { to: from }) }
        talk.shown = 0
        return this.#rides()
      }
      case 'seat': return this.#who(postback)
      case 'name': return talk.wants ? [{ textMessage: this.#t.name }] : [{ textMessage: this.#t.stale }]
      case 'hold': return this.#hold(postback.seat, postback.passenger)
      case 'show': case 'pay': case 'give-up': case 'ask-refund': case 'refund': case 'change': return this.#ticket(postback.do, postback.id)
    }
  }

  #help(): Said[] {
    return [withChips({ textMessage: this.#t.help }, ...this.#examples(), reply(this.#t.mine, { do: 'bookings' }))]
  }

  #examples(): Chip[] {
    return this.#t.examples.map((text) => reply(text, { do: 'ask', text }))
  }

  /** The rides that were asked for, or what is still to be known. */
  #rides(): Said[] {
    const talk = this.#talk
    const t = this.#t
    const { asked } = talk
    const today = dayOf(this.#now)
    if (asked.train !== undefined && asked.from === undefined && asked.to === undefined) return this.#trainAlone(asked.train)
    const [from, to] = [asked.from, asked.to].map((name) => (name === undefined ? undefined : findStation(name)))
    if (!to) return [{ textMessage: t.to }]
    if (!from) return [{ textMessage: t.from }]
    if (from.stations[0]!.city === to.stations[0]!.city) return [{ textMessage: t.same }]
    const { day } = asked
    if (day === undefined) {
      return this.#askDay(t.whichDay)
    }
    if (day < today) return [{ textMessage: t.past }]
    if (midnightOf(day) > midnightOf(today) + SOLD * DAY) return [{ textMessage: t.tooFar(SOLD) }]
    return this.#found(from, to, day)
  }

  #found(from: Found, to: Found, day: string): Said[] {
    const { store, timetable } = this.#parts
    const t = this.#t
    const { asked, shown, changes } = this.#talk
    const parts: RidesParts = { store, timetable, now: this.#now, t, offer: this.#heard.id, insteadOf: changes }
    const rides = ridesOf(asked, from.stations, to.stations, day, parts)
    const [start, end] = [from.stations[0]!, to.stations[0]!]
    const others = [...from.others, ...to.others].filter(({ city }) => city !== start.city && city !== end.city).slice(0, 3)
    const meant = others.length ? [{ textMessage: `${t.didYouMean}${others.map(({ name }) => name).join(' ')}` }] : []
    if (rides.length > shown) return [...sayRides(rides, shown, asked, start, end, day, parts), ...meant]
    if (rides.length > 0) return [{ textMessage: t.noMore }]
    const ways = timetable.changes(from.stations, to.stations)
    return ways.length ? [...sayChanges(ways, t), ...meant] : [{ textMessage: t.none(start.city.name, end.city.name, t.date(day)) }, ...meant]
  }

  /** A train by its number: from its first stop to its last. */
  #trainAlone(number: string): Said[] {
    const train = this.#parts.timetable.trains.get(number)
    if (!train) return [{ textMessage: this.#t.unknown(number) }]
    this.#talk.asked = { ...this.#talk.asked, from: train.stops[0]!.station.code, to: train.stops.at(-1)!.station.code }
    return this.#rides()
  }

  /** For whom a seat is; nobody is asked twice who has travelled before. */
  #who(seat: Seat): Said[] {
    const talk = this.#talk
    if (!this.#rideOf(seat)) return [{ textMessage: this.#t.stale }]
    talk.wants = seat
    if (!talk.passengers.length) return [{ textMessage: this.#t.name }]
    return [withChips(
      { textMessage: this.#t.who }, ...talk.passengers.slice(0, 4).map((passenger) => reply(passenger, { do: 'hold', seat, passenger })), reply(this.#t.someoneElse, { do: 'name' }),
    )]
  }

  #named(name: string, seat: Seat): Said[] {
    if (!/^[\p{L}\p{M}·.' -]{2,20}$/u.test(name)) return [{ textMessage: this.#t.badName }]
    return this.#hold(seat, name)
  }

  #hold(seat: Seat, passenger: string): Said[] {
    const { store, timetable } = this.#parts
    const talk = this.#talk
    const ride = this.#rideOf(seat)
    if (!ride || seat.day > dayAfter(dayOf(this.#now), SOLD)) return [{ textMessage: this.#t.stale }]
    delete talk.wants
    const { offer, train, day, board, alight, class: seatClass, insteadOf } = seat
    const answer = store.hold({
      asked: `${this.#heard.person} ${offer} ${train} ${day} ${board} ${alight} ${seatClass} ${passenger}`, person: this.#heard.person, passenger, train, day, board, alight, class: seatClass,
      fare: fareOf(kmOf(ride), seatClass), ...(insteadOf !== undefined && { insteadOf }),
    })
    if (!answer.ok) return [{ textMessage: this.#t.refusals[answer.why] }]
    talk.passengers = [passenger, ...talk.passengers.filter((each) => each !== passenger)].slice(0, 8)
    return this.#now < answer.booking.heldUntil && answer.booking.state === 'held' ? sayHeld(answer.booking, timetable, this.#t) : this.#show(answer.booking)
  }

  #ticket(what: 'show' | 'pay' | 'give-up' | 'ask-refund' | 'refund' | 'change', id: string): Said[] {
    const { store, timetable } = this.#parts
    const { person } = this.#heard
    const t = this.#t
    if (what === 'pay') {
      const answer = store.pay(id, person)
      if (!answer.ok) return [{ textMessage: t.refusals[answer.why] }]
      delete this.#talk.changes
      return [...(answer.booking.insteadOf === undefined ? [] : [{ textMessage: t.changed }]), ...this.#show(answer.booking, t.paid)]
    }
    if (what === 'refund' || what === 'give-up') {
      const answer = store.giveBack(id, person)
      if (!answer.ok) return [{ textMessage: t.refusals[answer.why] }]
      return [{ textMessage: answer.booking.state === 'refunded' ? t.refunded(money(answer.booking.refund ?? 0)) : t.givenUp }]
    }
    const booking = store.find(id)
    if (booking?.person !== person) return [{ textMessage: t.refusals['not-yours'] }]
    if (what === 'show' || booking.state !== 'paid') return this.#show(booking)
    if (what === 'ask-refund') return sayRefundAsk(booking, timetable, this.#now, t)
    const ride = rideOf(booking, timetable)
    this.#talk.changes = id
    this.#talk.asked = { from: ride.train.stops[ride.from]!.station.city.name, to: ride.train.stops[ride.to]!.station.city.name }
    this.#talk.shown = 0
    return this.#askDay(t.changeAsk)
  }

  #askDay(textMessage: string): Said[] {
    const t = this.#t
    return [withChips({ textMessage }, ...[t.today, t.tomorrow, t.dayAfter].map((words, n) => reply(words, { do: 'day', day: dayAfter(dayOf(this.#now), n) })))]
  }

  #show(booking: Booking, title?: string): Said[] {
    const { timetable, picture } = this.#parts
    if (booking.state === 'held') return sayHeld(booking, timetable, this.#t)
    if (booking.state === 'paid') return sayTicket(booking, timetable, this.#t, picture(booking), title)
    return [{ textMessage: `${booking.train} ${booking.id}: ${this.#t.states[booking.state]}` }]
  }

  /** The ride that a postback names, where there is such a one. */
  #rideOf({ train, board, alight, class: seatClass }: Seat) {
    const found = this.#parts.timetable.trains.get(train)
    return found && alight < found.stops.length && found.seats[seatClass] !== undefined ? { train: found, from: board, to: alight } : undefined
  }
}
