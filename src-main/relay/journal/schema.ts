/**
 * Numbered history. `n` of a row is the journal number of its last change, so that everything after a number is two short
 * index scans. `message` carries the time (see `messageNumber`): its order is the order of search results. `heard` counts
 * the incoming messages before a place: what is unread is a difference of two of them and cannot drift.
 */
export const journalSchema = `
CREATE TABLE journal (id TEXT NOT NULL) STRICT;
INSERT INTO journal VALUES (lower(hex(randomblob(10))));
CREATE TABLE conversations (
  conversation INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, name TEXT, isChatbot INTEGER NOT NULL DEFAULT 0,
  count INTEGER NOT NULL DEFAULT 0, heard INTEGER NOT NULL DEFAULT 0, readPlace INTEGER NOT NULL DEFAULT 0,
  readHeard INTEGER NOT NULL DEFAULT 0, lastAt INTEGER NOT NULL, draft TEXT, n INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_n ON conversations (n);
CREATE TABLE messages (
  message INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, place INTEGER NOT NULL, sender TEXT NOT NULL, id TEXT NOT NULL,
  outgoing INTEGER NOT NULL, heard INTEGER NOT NULL, at INTEGER NOT NULL, sentAt INTEGER NOT NULL, content TEXT NOT NULL,
  status INTEGER NOT NULL, fault TEXT, asked INTEGER NOT NULL, n INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX messages_identity ON messages (id, sender);
CREATE UNIQUE INDEX messages_place ON messages (conversation, place);
CREATE INDEX messages_n ON messages (n);
CREATE TABLE hops (
  message INTEGER NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL, by TEXT, answer TEXT, fault TEXT
) STRICT;
CREATE INDEX hops_message ON hops (message);
CREATE TABLE waiting_receipts (
  id TEXT NOT NULL, sender TEXT NOT NULL, status TEXT NOT NULL, at INTEGER NOT NULL, answer TEXT, fault TEXT,
  PRIMARY KEY (id, sender, status)
) STRICT;
CREATE VIRTUAL TABLE search USING fts5(words, thread, content='', contentless_delete=1, tokenize='ascii');
`

/**
 * Version 2. Numbers above `epochs.n` were given by the opening of the file that is named there (see `isHistory`). What is
 * imported waits in `staged`, in its order, until it is merged; `imports.thread` is the first that may have something left. An
 * index of identities there would cost as much as the rest: what is staged twice is found when it is merged.
 */
export const journalSchema2 = `
CREATE TABLE epochs (opening INTEGER PRIMARY KEY, n INTEGER NOT NULL, epoch TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO epochs (n, epoch) VALUES (0, lower(hex(randomblob(10))));
CREATE INDEX conversations_lastAt ON conversations (lastAt);
CREATE TABLE imports (
  import INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, progress TEXT NOT NULL, waiting INTEGER NOT NULL DEFAULT 0,
  merged INTEGER NOT NULL DEFAULT 0, known INTEGER NOT NULL DEFAULT 0, seen INTEGER NOT NULL DEFAULT 0,
  thread INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE staged_threads (
  thread INTEGER PRIMARY KEY, import INTEGER NOT NULL, address TEXT NOT NULL, name TEXT, merged INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX staged_threads_address ON staged_threads (import, address);
CREATE INDEX staged_threads_import ON staged_threads (import);
CREATE TABLE staged (
  thread INTEGER NOT NULL, at INTEGER NOT NULL, row INTEGER NOT NULL, sender TEXT NOT NULL, id TEXT NOT NULL,
  outgoing INTEGER NOT NULL, sentAt INTEGER NOT NULL, content TEXT NOT NULL, status INTEGER NOT NULL,
  PRIMARY KEY (thread, at, row)
) WITHOUT ROWID, STRICT;
`

/**
 * Whether a content has something to go on with at the next start: bytes that wait, or the small picture of an offered file. Told by
 * how it is written: in a text the quotes would be escaped. The index has it for its rows; whoever reads without these very words
 * reads the whole history.
 */
export const isMoving = (content: string): string =>
  `(instr(${content}, '"at":"waiting"') > 0 OR (instr(${content}, '"at":"offered"') > 0 AND instr(${content}, '"thumbnail":{"url"') > 0))`

/** Version 3. Words of files that go as messages of their own wait in `held_words` for the files before them. */
export const journalSchema3 = `
CREATE INDEX messages_moving ON messages (message) WHERE ${isMoving('content')};
CREATE TABLE held_words (after TEXT PRIMARY KEY, id TEXT NOT NULL) STRICT, WITHOUT ROWID;
`

/**
 * Version 4: groups. `groupSummary` is there in conversations that are one. `messages.version` is the group's version at the place
 * that the focus gave to a message of ours; who was in the group by then (`since`) has to say that it came. `told` is the highest
 * version of which anybody spoke, -1 as `version` that no roster has come yet. Bits of `asked` are in `rows.ts`.
 */
export const journalSchema4 = `
ALTER TABLE conversations ADD COLUMN groupSummary TEXT;
ALTER TABLE conversations ADD COLUMN mutedUntil INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN version INTEGER;
ALTER TABLE waiting_receipts ADD COLUMN conversation TEXT;
CREATE INDEX messages_unplaced ON messages (conversation, place) WHERE asked & 4;
CREATE INDEX messages_mentions ON messages (conversation, place) WHERE asked & 8;
CREATE TABLE groups (conversation INTEGER PRIMARY KEY, version INTEGER NOT NULL, told INTEGER NOT NULL, view TEXT NOT NULL) STRICT;
CREATE TABLE group_members (
  conversation INTEGER NOT NULL, address TEXT NOT NULL, name TEXT, role TEXT NOT NULL, state TEXT NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (conversation, address)
) STRICT, WITHOUT ROWID;
`
