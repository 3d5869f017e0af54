import type { DatabaseVerbs } from '../database-verbs'
import type { Ledger } from '../relay/ledger/ledger'

/** The ledger of a client: queue and journal in one file. */
export type ClientLedger = Ledger<DatabaseVerbs>
