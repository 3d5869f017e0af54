import type { Verbs } from '../../relay/ledger/ledger'
import type { AccountsDb } from '../verbs'

/** A small picture that came with a file. */
export interface Thumbnail {
  hash: string
  size: number
  type: string
}

interface Described {
  /** Names it in URLs, and the partial file. */
  id: string
  address: string
  /** The uploader's own name for the transfer; where there was none, the id. */
  tid: string
  name: string
  /** As it was said to be, where that could be. */
  type: string
  thumbnail: Thumbnail | null
}

/** A file that can be fetched. */
export interface FileRow extends Described {
  size: number
  /** SHA-256 of its bytes, under which they are kept. */
  hash: string
  /** ms since 1970. */
  createdAt: number
  expiresAt: number
}

/** A file on its way here; how much of it is here, the partial file says. */
export interface UploadRow extends Described {
  /** More bytes than these it cannot have; null where nobody said. */
  announced: number | null
  touchedAt: number
}

/** Of version 3: what the bytes of kept and of partial files are. */
export const filesSchema3 = `
CREATE TABLE content_files (
  id TEXT PRIMARY KEY, address TEXT NOT NULL, tid TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, size INTEGER NOT NULL,
  hash TEXT NOT NULL, thumbHash TEXT, thumbSize INTEGER, thumbType TEXT, createdAt INTEGER NOT NULL, expiresAt INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE UNIQUE INDEX content_files_tid ON content_files (address, tid);
CREATE INDEX content_files_hash ON content_files (hash);
CREATE INDEX content_files_thumbHash ON content_files (thumbHash) WHERE thumbHash IS NOT NULL;
CREATE INDEX content_files_expiresAt ON content_files (expiresAt);
CREATE TABLE content_uploads (
  id TEXT PRIMARY KEY, address TEXT NOT NULL, tid TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, announced INTEGER,
  thumbHash TEXT, thumbSize INTEGER, thumbType TEXT, touchedAt INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE UNIQUE INDEX content_uploads_tid ON content_uploads (address, tid);
`

const described = 'id, address, tid, name, type, thumbHash, thumbSize, thumbType'
const fileColumns = `${described}, size, hash, createdAt, expiresAt`
const uploadColumns = `${described}, announced, touchedAt`

type Stored<Row> = Omit<Row, 'thumbnail'> & { thumbHash: string | null; thumbSize: number | null; thumbType: string | null }

function rowOf<Row extends Described>(stored: unknown): Row | undefined {
  if (stored === undefined) return undefined
  const { thumbHash, thumbSize, thumbType, ...row } = stored as Stored<Row>
  return { ...row, thumbnail: thumbHash === null ? null : { hash: thumbHash, size: thumbSize!, type: thumbType! } } as unknown as Row
}

const valuesOf = ({ id, address, tid, name, type, thumbnail }: Described): (string | number | null)[] =>
  [id, address, tid, name, type, thumbnail?.hash ?? null, thumbnail?.size ?? null, thumbnail?.type ?? null]

/** Whether anything still needs the bytes of a hash. */
const isNeeded = (db: AccountsDb, hash: string): boolean => db.get(`SELECT 1 FROM content_files WHERE hash = ?1 OR thumbHash = ?1
  UNION ALL SELECT 1 FROM content_uploads WHERE thumbHash = ?1 LIMIT 1`, hash) !== undefined

const unneeded = (db: AccountsDb, rows: readonly { hash?: string; thumbnail: Thumbnail | null }[]): string[] => {
  const hashes = new Set(rows.flatMap(({ hash, thumbnail }) => [hash, thumbnail?.hash]))
  return [...hashes].filter((hash): hash is string => hash !== undefined && !isNeeded(db, hash))
}

/** Verbs of the content server. */
export const fileVerbs = {
  /** An upload begins; one that was under way under the same name is over. Answers the id of that one. */
  'files.begin': (db: AccountsDb, row: UploadRow): { replaced?: string } => {
    const before = db.get('SELECT id FROM content_uploads WHERE address = ? AND tid = ?', row.address, row.tid) as { id: string } | undefined
    db.run('DELETE FROM content_uploads WHERE address = ? AND tid = ?', row.address, row.tid)
    db.run(`INSERT INTO content_uploads (${uploadColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, ...valuesOf(row), row.announced, row.touchedAt)
    return before && before.id !== row.id ? { replaced: before.id } : {}
  },

  'files.touch': (db: AccountsDb, { id, at }: { id: string; at: number }): void => {
    db.run('UPDATE content_uploads SET touchedAt = ? WHERE id = ?', at, id)
  },

  /** All of it is here. What had the same name before and is the same keeps its id, so that its URL stays; else it is replaced. */
  'files.finish': (db: AccountsDb, row: FileRow): { file: FileRow; replaced?: FileRow; unneeded: string[] } => {
    const before = rowOf<FileRow>(db.get(`SELECT ${fileColumns} FROM content_files WHERE address = ? AND tid = ?`, row.address, row.tid))
    const file = before?.hash === row.hash ? { ...row, id: before.id } : row
    db.run('DELETE FROM content_uploads WHERE address = ? AND tid = ?', row.address, row.tid)
    db.run('DELETE FROM content_files WHERE address = ? AND tid = ?', row.address, row.tid)
    db.run(`INSERT INTO content_files (${fileColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, ...valuesOf(file),
      file.size, file.hash, file.createdAt, file.expiresAt)
    return { file, ...(before && { replaced: before }), unneeded: before ? unneeded(db, [before]) : [] }
  },

  /** An upload that will not be gone on with. */
  'files.giveUp': (db: AccountsDb, { id }: { id: string }): { unneeded: string[] } => {
    const row = rowOf<UploadRow>(db.get(`SELECT ${uploadColumns} FROM content_uploads WHERE id = ?`, id))
    db.run('DELETE FROM content_uploads WHERE id = ?', id)
    return { unneeded: row ? unneeded(db, [row]) : [] }
  },

  'files.file': (db: AccountsDb, { id }: { id: string }): FileRow | null =>
    rowOf<FileRow>(db.get(`SELECT ${fileColumns} FROM content_files WHERE id = ?`, id)) ?? null,

  /** What an account keeps here, newest first. */
  'files.of': (db: AccountsDb, { address, limit }: { address: string; limit: number }): FileRow[] =>
    db.all(`SELECT ${fileColumns} FROM content_files WHERE address = ? ORDER BY createdAt DESC LIMIT ?`, address, limit).map((row) => rowOf<FileRow>(row)!),

  /** Its owner does not want it kept any longer. */
  'files.remove': (db: AccountsDb, { id, address }: { id: string; address: string }): { file: FileRow | null; unneeded: string[] } => {
    const file = rowOf<FileRow>(db.get(`SELECT ${fileColumns} FROM content_files WHERE id = ? AND address = ?`, id, address)) ?? null
    if (file) db.run('DELETE FROM content_files WHERE id = ?', id)
    return { file, unneeded: file ? unneeded(db, [file]) : [] }
  },

  'files.upload': (db: AccountsDb, { id }: { id: string }): UploadRow | null =>
    rowOf<UploadRow>(db.get(`SELECT ${uploadColumns} FROM content_uploads WHERE id = ?`, id)) ?? null,

  /** What an account calls `tid`: on its way, or here. */
  'files.named': (db: AccountsDb, { address, tid }: { address: string; tid: string }): { upload: UploadRow | null; file: FileRow | null } => ({
    upload: rowOf<UploadRow>(db.get(`SELECT ${uploadColumns} FROM content_uploads WHERE address = ? AND tid = ?`, address, tid)) ?? null,
    file: rowOf<FileRow>(db.get(`SELECT ${fileColumns} FROM content_files WHERE address = ? AND tid = ?`, address, tid)) ?? null,
  }),

  /** All that is under way. */
  'files.uploads': (db: AccountsDb, _args: null): UploadRow[] =>
    db.all(`SELECT ${uploadColumns} FROM content_uploads`).map((row) => rowOf<UploadRow>(row)!),

  /** What each account's files take, each counted whole. */
  'files.usage': (db: AccountsDb, _args: null): FileUsage[] => db.all(filesOfAccounts).map((row) => ({ ...(row as FileUsage) })),

  /** Up to `limit` files whose time was over at `before`; `unneeded` are the hashes that nothing refers to any more. */
  'files.expire': (db: AccountsDb, { before, limit }: { before: number; limit: number }): { files: FileRow[]; unneeded: string[] } => {
    const files = db.all(`SELECT ${fileColumns} FROM content_files WHERE expiresAt <= ? ORDER BY expiresAt LIMIT ?`, before, limit)
      .map((row) => rowOf<FileRow>(row)!)
    for (const { id } of files) db.run('DELETE FROM content_files WHERE id = ?', id)
    return { files, unneeded: unneeded(db, files) }
  },

  /** Those of `hashes` that nothing refers to. */
  'files.unneeded': (db: AccountsDb, { hashes }: { hashes: string[] }): string[] => hashes.filter((hash) => !isNeeded(db, hash)),
} satisfies Verbs

export interface FileUsage {
  address: string
  files: number
  bytes: number
}

/** Also read by `disk`, which looks at the file from another process. */
export const filesOfAccounts = `SELECT address, count(*) AS files, sum(size + coalesce(thumbSize, 0)) AS bytes
  FROM content_files GROUP BY address ORDER BY bytes DESC`

export type FileVerbs = typeof fileVerbs
