/**
 * Version 2: the index by the rule of `base/search-rule.ts`, and how far it is built. The old one knew another rule, so what
 * is there already is indexed anew, newest first (see search-index.ts). Messages from number `cursor` on are in the index.
 *
 * One index in the journal's own file: what is committed is found, and no crash can part the two. `automerge` is higher than
 * FTS5's own 4, which costs a fifth more for each message and answers no faster.
 */
export const searchSchema2 = `
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5(tokens, content='', contentless_delete=1, detail=none, tokenize='ascii');
INSERT INTO search (search, rank) VALUES ('automerge', 8);
CREATE TABLE search_build (rule INTEGER NOT NULL, cursor INTEGER NOT NULL, done INTEGER NOT NULL, total INTEGER NOT NULL) STRICT;
INSERT INTO search_build SELECT 1, coalesce(max(message) + 1, 0), 0, count(*) FROM messages;
`
