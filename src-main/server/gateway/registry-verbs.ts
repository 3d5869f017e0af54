import type { Verbs } from '../../relay/ledger/ledger'
import type { AccountsDb } from '../verbs'
import type { Bot } from './bot'

type Row = Omit<Bot, 'isPrivate' | 'traffic'> & { isPrivate: number; traffic: string }

const columns = 'address, name, dialect, webhook, secret, isPrivate, perDay, perSecond, atOnce, traffic, createdAt'

const botOf = (row: unknown): Bot => {
  const { isPrivate, traffic, ...rest } = row as Row
  return { ...rest, isPrivate: Boolean(isPrivate), traffic: traffic ? traffic.split(' ') : [] }
}

/** A relay that runs on the same file notices. */
const noteChange = (db: AccountsDb, address: string): void => void db.run('INSERT INTO account_changes (address) VALUES (?)', address)

/** What goes with the account. */
export function forgetBot(db: AccountsDb, address: string): void {
  db.run('DELETE FROM bots WHERE address = ?', address)
  db.run('DELETE FROM bot_tokens WHERE address = ?', address)
  for (const table of ['bot_messages', 'bot_heard', 'bot_days', 'bot_facts', 'bot_dead']) db.run(`DELETE FROM ${table} WHERE bot = ?`, address)
}

/** Who the bots are; written by the command line. Every verb may be repeated. */
export const registryVerbs = {
  /** All of them, when anything of accounts has changed after `after`. */
  'bots.load': (db: AccountsDb, { after }: { after: number }): { n: number; bots: Bot[] | null; tokens: { hash: string; address: string }[] } => {
    const { n } = db.get('SELECT coalesce(max(n), 0) AS n FROM account_changes') as { n: number }
    if (n === after) return { n, bots: null, tokens: [] }
    const tokens = db.all('SELECT hash, address FROM bot_tokens').map((row) => ({ ...(row as { hash: string; address: string }) }))
    return { n, bots: db.all(`SELECT ${columns} FROM bots`).map(botOf), tokens }
  },

  /** Its account must be there. What a bot was before it is replaced by what it is now. */
  'bots.set': (db: AccountsDb, { traffic, isPrivate, ...bot }: Bot): void => {
    db.run(`INSERT INTO bots (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (address) DO UPDATE SET name = excluded.name, dialect = excluded.dialect, webhook = excluded.webhook, secret = excluded.secret,
        isPrivate = excluded.isPrivate, perDay = excluded.perDay, perSecond = excluded.perSecond, atOnce = excluded.atOnce, traffic = excluded.traffic`,
    bot.address, bot.name, bot.dialect, bot.webhook, bot.secret, Number(isPrivate), bot.perDay, bot.perSecond, bot.atOnce, traffic.join(' '), bot.createdAt)
    noteChange(db, bot.address)
  },

  'bots.find': (db: AccountsDb, { address }: { address: string }): Bot | null => {
    const row = db.get(`SELECT ${columns} FROM bots WHERE address = ?`, address)
    return row ? botOf(row) : null
  },

  /** With how much waits for each that it did not take. */
  'bots.list': (db: AccountsDb, _args: null): (Bot & { tokens: number; dead: number })[] =>
    db.all(`SELECT ${columns}, (SELECT count(*) FROM bot_tokens t WHERE t.address = b.address) AS tokens,
      (SELECT count(*) FROM bot_dead d WHERE d.bot = b.address) AS dead FROM bots b ORDER BY address`)
      .map((row) => ({ ...botOf(row), ...(({ tokens, dead }: { tokens: number; dead: number }) => ({ tokens, dead }))(row as { tokens: number; dead: number }) })),

  /** One more token, or with `only` the one that counts from now on. */
  'bots.token': (db: AccountsDb, { address, hash, at, only }: { address: string; hash: string; at: number; only: boolean }): void => {
    if (only) db.run('DELETE FROM bot_tokens WHERE address = ?', address)
    db.run('INSERT OR IGNORE INTO bot_tokens (hash, address, createdAt) VALUES (?, ?, ?)', hash, address, at)
    noteChange(db, address)
  },

  /** What the bot says of itself, as it said it; each time its version is one higher. */
  'bots.say': (db: AccountsDb, { bot, what, json, at }: { bot: string; what: string; json: string; at: number }): { version: number } => {
    db.run(`INSERT INTO bot_facts (bot, what, version, json, changedAt) VALUES (?1, ?2, 1, ?3, ?4)
      ON CONFLICT (bot, what) DO UPDATE SET version = version + 1, json = ?3, changedAt = ?4 WHERE json <> ?3`, bot, what, json, at)
    return db.get('SELECT version FROM bot_facts WHERE bot = ? AND what = ?', bot, what) as { version: number }
  },

  'bots.said': (db: AccountsDb, { bot, what }: { bot: string; what: string }): { version: number; json: string; changedAt: number } | null =>
    (db.get('SELECT version, json, changedAt FROM bot_facts WHERE bot = ? AND what = ?', bot, what) as { version: number; json: string; changedAt: number } | undefined) ?? null,
} satisfies Verbs

export type RegistryVerbs = typeof registryVerbs
