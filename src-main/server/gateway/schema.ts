/**
 * Of version 5: chatbots. A bot is an account whose lane is emptied over HTTP; `webhook` and `secret` are how. Tokens are kept as their
 * SHA-256. `bot_messages` says what became of what it sent: `id` is the bot's own, `wire` the imdn.Message-ID towards one recipient.
 * `bot_heard` is what it may say to have displayed, `bot_dead` what it did not take in time.
 */
export const botsSchema5 = `
CREATE TABLE bots (
  address TEXT PRIMARY KEY, name TEXT NOT NULL, dialect TEXT NOT NULL, webhook TEXT, secret TEXT NOT NULL, isPrivate INTEGER NOT NULL,
  perDay INTEGER NOT NULL, perSecond INTEGER NOT NULL, atOnce INTEGER NOT NULL, traffic TEXT NOT NULL, createdAt INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE bot_tokens (hash TEXT PRIMARY KEY, address TEXT NOT NULL, createdAt INTEGER NOT NULL) WITHOUT ROWID, STRICT;
CREATE INDEX bot_tokens_address ON bot_tokens (address);
CREATE TABLE bot_messages (
  bot TEXT NOT NULL, wire TEXT NOT NULL, id TEXT NOT NULL, recipient TEXT NOT NULL, digest TEXT NOT NULL, status INTEGER NOT NULL,
  reports INTEGER NOT NULL, sentAt INTEGER NOT NULL, changedAt INTEGER NOT NULL, reason TEXT, PRIMARY KEY (bot, wire)
) WITHOUT ROWID, STRICT;
CREATE INDEX bot_messages_id ON bot_messages (bot, id);
CREATE INDEX bot_messages_time ON bot_messages (sentAt);
CREATE TABLE bot_heard (
  bot TEXT NOT NULL, id TEXT NOT NULL, sender TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (bot, id, sender)
) WITHOUT ROWID, STRICT;
CREATE INDEX bot_heard_time ON bot_heard (at);
CREATE TABLE bot_days (bot TEXT NOT NULL, day INTEGER NOT NULL, sent INTEGER NOT NULL, PRIMARY KEY (bot, day)) WITHOUT ROWID, STRICT;
CREATE TABLE bot_facts (
  bot TEXT NOT NULL, what TEXT NOT NULL, version INTEGER NOT NULL, json TEXT NOT NULL, changedAt INTEGER NOT NULL, PRIMARY KEY (bot, what)
) WITHOUT ROWID, STRICT;
CREATE TABLE bot_dead (
  n INTEGER PRIMARY KEY AUTOINCREMENT, bot TEXT NOT NULL, sender TEXT NOT NULL, id TEXT NOT NULL, conversation TEXT NOT NULL,
  type TEXT NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL, sentAt INTEGER NOT NULL, flags INTEGER NOT NULL, fault TEXT NOT NULL,
  diedAt INTEGER NOT NULL
) STRICT;
CREATE INDEX bot_dead_bot ON bot_dead (bot, n);
`
