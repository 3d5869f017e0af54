import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { HOLD, MOST_HELD, type Answer, type Booking, type BookingState, type Wish } from './booking'
import { refundOf } from './refund'
import { schema } from './schema'

export interface StoreParts {
  /** A path, or `:memory:`. */
  file: string
  /** ms since 1970. */
  now(): number
  /** Ten letters and digits that nobody guesses. */
  newId(): string
  /** Seats of a class on a train; 0 for a train that there is not. */
  seats(train: string, seatClass: string): number
  /** When a train leaves that stop on that day, ms. */
  departure(train: string, day: string, board: number): number
}

type Row = Record<string, SQLInputValue>

/** What the railway keeps: bookings, and what of conversations it must not forget. Every method is one transaction, durable when it returns. */
export class Store {
  readonly #parts: StoreParts
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(parts: StoreParts) {
    this.#parts = parts
    this.#db = new DatabaseSync(parts.file)
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000')
    this.#db.exec(schema)
  }

  close(): void {
    this.#db.close()
  }

  /** Runs everything in `work` or nothing. */
  once<T>(work: () => T): T {
    if (this.#db.isTransaction) return work()
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (thrown) {
      this.#db.exec('ROLLBACK')
      throw thrown
    }
  }

  /** Holds the lowest free seat of the class for a while; asked again by the same tap it answers the same booking. */
  hold(wish: Wish): Answer {
    const { now, newId, seats, departure } = this.#parts
    return this.once(() => {
      this.#release()
      const before = this.#one('SELECT * FROM bookings WHERE asked = ?', wish.asked)
      if (before) return { ok: true, booking: before }
      if (departure(wish.train, wish.day, wish.board) <= now()) return { ok: false, why: 'too-late' }
      const held = this.#all("SELECT id FROM bookings WHERE person = ? AND state = 'held'", wish.person).length
      const seat = held < MOST_HELD ? this.#freeSeat(wish, seats(wish.train, wish.class)) : undefined
      if (seat === undefined) return { ok: false, why: held < MOST_HELD ? 'full' : 'over' }
      const id = newId()
      this.#run(
        `INSERT INTO bookings (id, asked, person, passenger, train, day, board, alight, class, seat, fare, state, held_until, made_at, instead_of)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'held', ?, ?, ?)`,
        id, wish.asked, wish.person, wish.passenger, wish.train, wish.day, wish.board, wish.alight, wish.class, seat, wish.fare, now() + HOLD, now(), wish.insteadOf ?? null,
      )
      for (let leg = wish.board; leg < wish.alight; leg++) {
        this.#run('INSERT INTO taken (train, day, class, seat, leg, booking) VALUES (?, ?, ?, ?, ?, ?)', wish.train, wish.day, wish.class, seat, leg, id)
      }
      return { ok: true, booking: this.find(id)! }
    })
  }

  /** Pays a held seat; of one that is paid it answers the same once more. What it takes the place of is changed in the same transaction. */
  pay(id: string, person: string): Answer {
    return this.once(() => {
      this.#release()
      const booking = this.find(id)
      if (booking?.person !== person) return { ok: false, why: 'not-yours' }
      if (booking.state === 'paid') return { ok: true, booking }
      if (booking.state !== 'held') return { ok: false, why: 'expired' }
      if (booking.insteadOf !== undefined) {
        const old = this.find(booking.insteadOf)
        if (old?.state !== 'paid') return { ok: false, why: 'not-paid' }
        this.#end(old.id, 'changed', old.fare)
      }
      this.#run("UPDATE bookings SET state = 'paid' WHERE id = ?", id)
      return { ok: true, booking: this.find(id)! }
    })
  }

  /** Gives a paid seat back, or a held one up; said again it answers the same. */
  giveBack(id: string, person: string): Answer {
    const { now, departure } = this.#parts
    return this.once(() => {
      this.#release()
      const booking = this.find(id)
      if (booking?.person !== person) return { ok: false, why: 'not-yours' }
      if (booking.state === 'refunded' || booking.state === 'given-up') return { ok: true, booking }
      if (booking.state === 'held') this.#end(id, 'given-up', 0)
      else if (booking.state === 'paid') {
        const before = departure(booking.train, booking.day, booking.board) - now()
        if (before <= 0) return { ok: false, why: 'too-late' }
        this.#end(id, 'refunded', refundOf(booking.fare, before))
      } else return { ok: false, why: 'expired' }
      return { ok: true, booking: this.find(id)! }
    })
  }

  find(id: string): Booking | undefined {
    return this.#one('SELECT * FROM bookings WHERE id = ?', id)
  }

  /** Newest first: what is held or paid, and what was lately. */
  bookingsOf(person: string, most = 10): Booking[] {
    this.once(() => this.#release())
    return this.#all('SELECT * FROM bookings WHERE person = ? ORDER BY made_at DESC, rowid DESC LIMIT ?', person, most).map(bookingOf)
  }

  /** Free seats of a class between two stops, by the seats that nobody has on any leg of the way. */
  free(train: string, day: string, seatClass: string, board: number, alight: number): number {
    this.once(() => this.#release())
    const { taken } = this.#statement('SELECT count(DISTINCT seat) AS taken FROM taken WHERE train = ? AND day = ? AND class = ? AND leg >= ? AND leg < ?')
      .get(train, day, seatClass, board, alight) as { taken: number }
    return Math.max(0, this.#parts.seats(train, seatClass) - taken)
  }

  /** What somebody has said so far. */
  talk(person: string): string | undefined {
    return (this.#statement('SELECT talk FROM people WHERE person = ?').get(person) as { talk: string } | undefined)?.talk
  }

  keepTalk(person: string, talk: string): void {
    this.#run('INSERT INTO people (person, talk) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET talk = excluded.talk', person, talk)
  }

  /** Whether a message is new; from then on it is not. */
  hear(message: string): boolean {
    return this.#run('INSERT OR IGNORE INTO heard (message, at) VALUES (?, ?)', message, this.#parts.now()).changes > 0
  }

  say(id: string, person: string, body: string): void {
    this.#run('INSERT OR IGNORE INTO saying (id, person, body) VALUES (?, ?, ?)', id, person, body)
  }

  /** What is still to be said, the oldest first. */
  saying(): { n: number; id: string; person: string; body: string }[] {
    return this.#statement('SELECT n, id, person, body FROM saying ORDER BY n').all() as { n: number; id: string; person: string; body: string }[]
  }

  said(n: number): void {
    this.#run('DELETE FROM saying WHERE n = ?', n)
  }

  /** Nobody asks again for messages of that long ago. */
  forget(before: number): void {
    this.#run('DELETE FROM heard WHERE at < ?', before)
  }

  /** Seats whose time is over are free again. */
  #release(): void {
    const over = this.#statement("SELECT id FROM bookings WHERE state = 'held' AND held_until <= ?").all(this.#parts.now()) as { id: string }[]
    for (const { id } of over) this.#end(id, 'expired', 0)
  }

  #end(id: string, state: BookingState, refund: number): void {
    this.#run('UPDATE bookings SET state = ?, refund = ? WHERE id = ?', state, refund, id)
    this.#run('DELETE FROM taken WHERE booking = ?', id)
  }

  #freeSeat({ train, day, class: seatClass, board, alight }: Wish, seats: number): number | undefined {
    const rows = this.#statement('SELECT DISTINCT seat FROM taken WHERE train = ? AND day = ? AND class = ? AND leg >= ? AND leg < ?')
      .all(train, day, seatClass, board, alight) as { seat: number }[]
    const taken = new Set(rows.map(({ seat }) => seat))
    for (let seat = 1; seat <= seats; seat++) if (!taken.has(seat)) return seat
    return undefined
  }

  #one(sql: string, ...values: SQLInputValue[]): Booking | undefined {
    const row = this.#statement(sql).get(...values) as Row | undefined
    return row && bookingOf(row)
  }

  #all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values) as Row[]
  }

  #run(sql: string, ...values: SQLInputValue[]): { changes: number | bigint } {
    return this.#statement(sql).run(...values)
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)))
    return statement
  }
}

function bookingOf(row: Row): Booking {
  const { asked: _, held_until: heldUntil, made_at: madeAt, instead_of: insteadOf, refund, ...rest } = row
  return { ...rest, heldUntil, madeAt, ...(insteadOf !== null && { insteadOf }), ...(refund !== null && { refund }) } as unknown as Booking
}
