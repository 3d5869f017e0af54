/**
 * Of version 4: what a focus knows of its groups. `version` is that of the conference-info document; `focus_log` has a row for each.
 * `state` of a member: 0 invited, 1 joined; `since` is the version with which it became that.
 */
export const groupsSchema4 = `
CREATE TABLE focus_groups (
  grp INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, contribution TEXT UNIQUE, subject TEXT NOT NULL, description TEXT NOT NULL DEFAULT '',
  icon BLOB, iconType TEXT, policies TEXT NOT NULL DEFAULT '', code TEXT, version INTEGER NOT NULL, createdAt INTEGER NOT NULL, goneAt INTEGER
) STRICT;
CREATE TABLE focus_members (
  grp INTEGER NOT NULL, address TEXT NOT NULL, name TEXT, isAdmin INTEGER NOT NULL, state INTEGER NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (grp, address)
) WITHOUT ROWID, STRICT;
CREATE INDEX focus_members_address ON focus_members (address);
CREATE TABLE focus_log (
  grp INTEGER NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, change TEXT NOT NULL, PRIMARY KEY (grp, version)
) WITHOUT ROWID, STRICT;
`
