import { journalRules } from './relay/journal/consistency'
import type { Rule } from './relay/keeping/check'
import { queueRules } from './relay/queue/consistency'
import { accountRules } from './server/consistency'

/** What must hold between the rows of a file, whoever's it is. */
export const databaseRules: readonly Rule[] = [...queueRules, ...journalRules, ...accountRules]
