/**
 * `queue.seq` comes in blocks reserved in `seqs`, so that a number is never given twice, not even after a crash: a lane
 * knows by it what it has seen. `took` remembers, for envelopes in several lanes, that one of them took it.
 */
export const queueSchema = `
CREATE TABLE lanes (lane INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE queue (
  seq INTEGER PRIMARY KEY, lane INTEGER NOT NULL, sender TEXT NOT NULL, id TEXT NOT NULL, recipient TEXT NOT NULL,
  conversation TEXT NOT NULL, type TEXT NOT NULL, headers TEXT NOT NULL, sentAt INTEGER NOT NULL, expiresAt INTEGER NOT NULL,
  flags INTEGER NOT NULL, lanes INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX queue_identity ON queue (sender, id, lane);
CREATE INDEX queue_lane ON queue (lane, seq);
CREATE INDEX queue_expiry ON queue (expiresAt);
CREATE TABLE took (sender TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (sender, id)) WITHOUT ROWID, STRICT;
CREATE TABLE seqs (next INTEGER NOT NULL) STRICT;
INSERT INTO seqs VALUES (1);
`

/**
 * Version 4. What goes to many is kept once, in `payloads`; its rows have no body and headers of their own. A payload that no
 * row names any more is swept (`queue.sweep`), which the index makes cheap; the rows of one-to-one are not in it. `isHistory`: who
 * comes later may have it.
 */
export const queueSchema4 = `
ALTER TABLE queue ADD COLUMN payload INTEGER;
CREATE INDEX queue_payload ON queue (payload) WHERE payload IS NOT NULL;
CREATE TABLE payloads (
  payload INTEGER PRIMARY KEY AUTOINCREMENT, sender TEXT NOT NULL, id TEXT NOT NULL, recipient TEXT NOT NULL, type TEXT NOT NULL,
  headers TEXT NOT NULL, sentAt INTEGER NOT NULL, flags INTEGER NOT NULL, body BLOB NOT NULL, keptAt INTEGER NOT NULL,
  keptUntil INTEGER NOT NULL, isHistory INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX payloads_identity ON payloads (recipient, id, sender);
`
