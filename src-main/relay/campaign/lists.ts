import type { Addressee, ListView } from '../../contract/campaign'
import type { Db } from '../ledger/db'
import { toAddressee } from './rows'

const listNumber = (db: Db, id: string): number | undefined => db.get<{ list: number }>('SELECT list FROM lists WHERE id = ?', id)?.list

/** Lists of people that are kept to be used again. */
export const listVerbs = {
  'lists.all': (db: Db, _args: null): ListView[] => db.all<ListView & Record<string, unknown>>(`SELECT id, name, changedAt,
    (SELECT count(*) FROM members m WHERE m.list = l.list) AS count FROM lists l ORDER BY name, list`).map((row) => ({ ...row })),

  'lists.members': (db: Db, { id, from, limit }: { id: string; from: number; limit: number }): Addressee[] => db.all<{ address: string; fields: string }>(
    'SELECT address, fields FROM members WHERE list = ? AND place >= ? ORDER BY place LIMIT ?', listNumber(db, id) ?? -1, from, limit).map(toAddressee),

  /** Makes the list, or writes its members from place `from` on; with 0 those of before are gone. */
  'lists.save': (db: Db, { id, name, from, members, now }: { id: string; name: string; from: number; members: readonly Addressee[]; now: number }): void => {
    db.run('INSERT INTO lists (id, name, changedAt) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, changedAt = excluded.changedAt', id, name, now)
    const list = listNumber(db, id)!
    db.run('DELETE FROM members WHERE list = ? AND place >= ?', list, from)
    for (const [i, { address, fields }] of members.entries()) {
      db.run('INSERT INTO members (list, place, address, fields) VALUES (?, ?, ?, ?)', list, from + i, address, JSON.stringify(fields))
    }
  },

  'lists.rename': (db: Db, { id, name, now }: { id: string; name: string; now: number }): void => {
    db.run('UPDATE lists SET name = ?, changedAt = ? WHERE id = ?', name, now, id)
  },

  'lists.forget': (db: Db, { id }: { id: string }): void => {
    const list = listNumber(db, id)
    if (list === undefined) return
    db.run('DELETE FROM members WHERE list = ?', list)
    db.run('DELETE FROM lists WHERE list = ?', list)
  },
}
