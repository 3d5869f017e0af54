/**
 * Messages to many. A recipient's `state` is whether its message is still to be handed to the queue (see `recipientState`), and
 * `message` its row in the journal, of which everything else is told. `quiet` is a conversation in which there is nothing but what
 * was sent to many: it is kept, found and opened as any other, and not listed until there is more in it.
 */
export const campaignSchema = `
CREATE TABLE campaigns (
  campaign INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, words TEXT NOT NULL, perMinute INTEGER NOT NULL, createdAt INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT;
CREATE TABLE recipients (
  campaign INTEGER NOT NULL, place INTEGER NOT NULL, address TEXT NOT NULL, fields TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0,
  message INTEGER, PRIMARY KEY (campaign, place)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX recipients_address ON recipients (campaign, address);
CREATE INDEX recipients_due ON recipients (campaign, place) WHERE state <> 1;
CREATE TABLE lists (list INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, changedAt INTEGER NOT NULL) STRICT;
CREATE TABLE members (
  list INTEGER NOT NULL, place INTEGER NOT NULL, address TEXT NOT NULL, fields TEXT NOT NULL, PRIMARY KEY (list, place)
) STRICT, WITHOUT ROWID;
ALTER TABLE conversations ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;
`

/**
 * Version 5. `enclosed`: files and a place that go to each beside the words (`Enclosed` as JSON). Who does not take them as one message
 * gets several: the first is `recipients.message`, the others are here.
 */
export const campaignSchema5 = `
ALTER TABLE campaigns ADD COLUMN enclosed TEXT;
CREATE TABLE recipient_parts (
  campaign INTEGER NOT NULL, place INTEGER NOT NULL, part INTEGER NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (campaign, place, part)
) STRICT, WITHOUT ROWID;
`
