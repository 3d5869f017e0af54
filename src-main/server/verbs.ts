import type { Verbs } from '../relay/ledger/ledger'
import { forgetBot } from './gateway/registry-verbs'
import { forgetLanes } from './groups/lanes'

/** What the verbs need of the database behind the ledger. */
export interface AccountsDb {
  run(sql: string, ...params: (string | number | null)[]): { changes: number | bigint }
  get(sql: string, ...params: (string | number | null)[]): unknown
  all(sql: string, ...params: (string | number | null)[]): unknown[]
  /** What `make` read once. */
  keep<Kept>(name: string, make: () => Kept): Kept
}

/** H(user:realm:password) by algorithm, lower-case hex (RFC 7616 3.4.2). The password itself is never kept. */
export interface Ha1 {
  sha256: string
  md5: string
}

export interface AccountRow extends Ha1 {
  address: string
  createdAt: number
}

export interface DeviceRow {
  address: string
  /** Its +sip.instance, or what stands for one. */
  instance: string
  /** Its User-Agent. */
  agent: string
  /** The feature parameters of its Contact, as they came. */
  features: string
  firstAt: number
  seenAt: number
}

export interface AccountChange {
  address: string
  /** Absent when the account is gone. */
  account?: AccountRow
  devices: DeviceRow[]
}

/**
 * The tables of accounts and devices. `account_changes` numbers what the command line changed, so that a relay that runs
 * on the same file notices.
 */
export const accountsSchema = `
CREATE TABLE IF NOT EXISTS accounts (
  address TEXT PRIMARY KEY, sha256 TEXT NOT NULL, md5 TEXT NOT NULL, createdAt INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS devices (
  address TEXT NOT NULL, instance TEXT NOT NULL, agent TEXT NOT NULL, features TEXT NOT NULL,
  firstAt INTEGER NOT NULL, seenAt INTEGER NOT NULL, PRIMARY KEY (address, instance)
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS account_changes (n INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT NOT NULL) STRICT;
`

const accountColumns = 'address, sha256, md5, createdAt'
const deviceColumns = 'address, instance, agent, features, firstAt, seenAt'

const noteChange = (db: AccountsDb, address: string): void => {
  db.run('INSERT INTO account_changes (address) VALUES (?)', address)
}

const newest = (db: AccountsDb): number =>
  (db.get('SELECT coalesce(max(n), 0) AS n FROM account_changes') as { n: number }).n

const copyOf = <T extends object>(row: unknown): T => ({ ...(row as T) })

/** Every verb may be repeated: a second time changes nothing and answers the same where it matters. */
export const serverVerbs = {
  /** Everything, for a relay that starts. */
  'accounts.load': (db: AccountsDb, _args: null): { n: number; accounts: AccountRow[]; devices: DeviceRow[] } => ({
    n: newest(db),
    accounts: db.all(`SELECT ${accountColumns} FROM accounts`).map(copyOf<AccountRow>),
    devices: db.all(`SELECT ${deviceColumns} FROM devices ORDER BY address, firstAt`).map(copyOf<DeviceRow>),
  }),

  /** What other processes changed after number `after`. */
  'accounts.changes': (db: AccountsDb, { after }: { after: number }): { n: number; changes: AccountChange[] } => {
    const n = newest(db)
    if (n === after) return { n, changes: [] }
    const addresses = db.all('SELECT DISTINCT address FROM account_changes WHERE n > ?', after) as { address: string }[]
    const changes = addresses.map(({ address }): AccountChange => {
      const account = db.get(`SELECT ${accountColumns} FROM accounts WHERE address = ?`, address)
      const devices = db.all(`SELECT ${deviceColumns} FROM devices WHERE address = ? ORDER BY firstAt`, address)
      return { address, ...(account !== undefined && { account: copyOf<AccountRow>(account) }), devices: devices.map(copyOf<DeviceRow>) }
    })
    return { n, changes }
  },

  'accounts.add': (db: AccountsDb, row: AccountRow): { added: boolean } => {
    const { changes } = db.run(
      `INSERT OR IGNORE INTO accounts (${accountColumns}) VALUES (?, ?, ?, ?)`, row.address, row.sha256, row.md5, row.createdAt)
    if (changes) noteChange(db, row.address)
    forgetLanes(db, row.address)
    return { added: Boolean(changes) }
  },

  'accounts.password': (db: AccountsDb, row: Ha1 & { address: string }): { known: boolean } => {
    const { changes } = db.run('UPDATE accounts SET sha256 = ?, md5 = ? WHERE address = ?', row.sha256, row.md5, row.address)
    if (changes) noteChange(db, row.address)
    return { known: Boolean(changes) }
  },

  /** What still waits for it is failed by the relay, which tells the senders. */
  'accounts.remove': (db: AccountsDb, { address }: { address: string }): { known: boolean } => {
    const { changes } = db.run('DELETE FROM accounts WHERE address = ?', address)
    db.run('DELETE FROM devices WHERE address = ?', address)
    forgetBot(db, address)
    forgetLanes(db, address)
    if (changes) noteChange(db, address)
    return { known: Boolean(changes) }
  },

  /** Notes before number `upTo` go; the last stays, for its number. */
  'accounts.tidy': (db: AccountsDb, { upTo }: { upTo: number }): void => {
    db.run('DELETE FROM account_changes WHERE n < ?', upTo)
  },

  'accounts.list': (db: AccountsDb, _args: null): { address: string; createdAt: number; devices: number }[] =>
    db.all(`SELECT address, createdAt, (SELECT count(*) FROM devices d WHERE d.address = a.address) AS devices
      FROM accounts a ORDER BY address`).map(copyOf<{ address: string; createdAt: number; devices: number }>),

  /** A device registered: it is new, or its features or the time when it was seen changed. */
  'devices.seen': (db: AccountsDb, row: DeviceRow): void => {
    // An account that was removed in the same moment does not get a device.
    db.run(`INSERT INTO devices (${deviceColumns}) SELECT ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM accounts WHERE address = ?)
      ON CONFLICT (address, instance) DO UPDATE SET agent = excluded.agent, features = excluded.features, seenAt = excluded.seenAt`,
      row.address, row.instance, row.agent, row.features, row.firstAt, row.seenAt, row.address)
    forgetLanes(db, row.address)
  },

  'devices.list': (db: AccountsDb, { address }: { address?: string }): DeviceRow[] =>
    db.all(`SELECT ${deviceColumns} FROM devices WHERE ? IS NULL OR address = ? ORDER BY address, firstAt`,
      address ?? null, address ?? null).map(copyOf<DeviceRow>),

  'devices.remove': (db: AccountsDb, { address, instance }: { address: string; instance: string }): { known: boolean } => {
    const { changes } = db.run('DELETE FROM devices WHERE address = ? AND instance = ?', address, instance)
    if (changes) noteChange(db, address)
    forgetLanes(db, address)
    return { known: Boolean(changes) }
  },
} satisfies Verbs

export type ServerVerbs = typeof serverVerbs
