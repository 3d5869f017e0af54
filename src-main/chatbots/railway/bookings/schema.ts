/** Of the railway's own file. Times in ms since 1970, money in fen. */
export const schema = `
  CREATE TABLE IF NOT EXISTS bookings (
    id TEXT PRIMARY KEY,
    -- What asked for it: the same tap twice is one booking.
    asked TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL,
    passenger TEXT NOT NULL,
    train TEXT NOT NULL,
    -- The day on which the train sets out, as 2026-05-01.
    day TEXT NOT NULL,
    board INTEGER NOT NULL,
    alight INTEGER NOT NULL,
    class TEXT NOT NULL,
    seat INTEGER NOT NULL,
    fare INTEGER NOT NULL,
    -- held, paid, refunded, changed (into another), expired, given-up
    state TEXT NOT NULL,
    held_until INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    -- The booking that this one takes the place of.
    instead_of TEXT,
    refund INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS bookings_of ON bookings (person, made_at);
  CREATE INDEX IF NOT EXISTS bookings_held ON bookings (held_until) WHERE state = 'held';
  -- A seat between two stops belongs to one booking, whatever else goes wrong.
  CREATE TABLE IF NOT EXISTS taken (
    train TEXT NOT NULL,
    day TEXT NOT NULL,
    class TEXT NOT NULL,
    seat INTEGER NOT NULL,
    leg INTEGER NOT NULL,
    booking TEXT NOT NULL,
    PRIMARY KEY (train, day, class, seat, leg)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS taken_by ON taken (booking);
  CREATE TABLE IF NOT EXISTS people (
    person TEXT PRIMARY KEY,
    -- What was said so far and is not asked again, JSON.
    talk TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- Messages that were taken: a webhook that comes again is answered and does nothing.
  CREATE TABLE IF NOT EXISTS heard (
    message TEXT PRIMARY KEY,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- What is still to be said, in order; gone when the gateway has it.
  CREATE TABLE IF NOT EXISTS saying (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
`
