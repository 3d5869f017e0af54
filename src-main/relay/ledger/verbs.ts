import type { Db } from './db'
import type { LedgerStatsView } from './stats'

const pragma = (db: Db, name: 'page_count' | 'page_size' | 'freelist_count'): number => Object.values(db.get<Record<string, number>>(`PRAGMA ${name}`)!)[0]!

/** What every database can be asked about itself. */
export const ledgerVerbs = {
  'ledger.stats': (db: Db, _args: null): LedgerStatsView => {
    const { commits, checkpoints, calls, failures, fault } = db.stats
    return {
      commits: commits.view(), checkpoints: checkpoints.view(), calls, failures, logPages: db.logPages(),
      pageBytes: pragma(db, 'page_size'), pages: pragma(db, 'page_count'), freePages: pragma(db, 'freelist_count'), ...(fault && { fault }),
    }
  },

  /** Changes nothing, and is written and synced all the same: whether a message could be kept now. @throws Fault as a commit does */
  'ledger.probe': (db: Db, _args: null): void => {
    db.run('UPDATE seqs SET next = next')
  },
}

export type LedgerVerbs = typeof ledgerVerbs
