import { enclosedVerbs } from './relay/campaign/enclosed'
import { listVerbs } from './relay/campaign/lists'
import { campaignPackings } from './relay/campaign/packing'
import { campaignSchema, campaignSchema5 } from './relay/campaign/schema'
import { campaignVerbs } from './relay/campaign/verbs'
import type { Migration } from './relay/ledger/db'
import { journalSchema, journalSchema2, journalSchema3, journalSchema4 } from './relay/journal/schema'
import { searchSchema2 } from './relay/journal/search-schema'
import { journalPackings } from './relay/journal/packing'
import { journalVerbs } from './relay/journal/verbs'
import { ledgerVerbs } from './relay/ledger/verbs'
import { queuePackings } from './relay/queue/packing'
import { putRow, putWithin, settle, standingOf, waitingRows } from './relay/queue/rows'
import { queueSchema, queueSchema4 } from './relay/queue/schema'
import { historyOf, keepPayload, putShared } from './relay/queue/shared'
import { queueVerbs } from './relay/queue/verbs'
import { fileVerbs, filesSchema3 } from './server/files/verbs'
import { botMessageVerbs } from './server/gateway/message-verbs'
import { registryVerbs } from './server/gateway/registry-verbs'
import { botsSchema5 } from './server/gateway/schema'
import { groupsSchema4 } from './server/groups/schema'
import { groupVerbs } from './server/groups/verbs'
import { accountsSchema, serverVerbs } from './server/verbs'

/** Everything that can be asked of the database thread. */
export const databaseVerbs = {
  ...ledgerVerbs, ...queueVerbs, ...journalVerbs, ...campaignVerbs, ...enclosedVerbs, ...listVerbs, ...serverVerbs, ...fileVerbs,
  ...groupVerbs({ keepPayload, putShared, putRow, historyOf }),
  ...registryVerbs, ...botMessageVerbs({ putRow, putWithin, settle, standing: standingOf, waitingRows }),
}
export type DatabaseVerbs = typeof databaseVerbs

/** How they cross to it. */
export const databasePackings = { ...queuePackings, ...journalPackings, ...campaignPackings }

/** The schema's history, in order; a step that was shipped is never changed, the next one gets the next number. */
export const migrations: readonly Migration[] = [
  { version: 1, sql: queueSchema + journalSchema + accountsSchema },
  { version: 2, sql: journalSchema2 + searchSchema2 },
  { version: 3, sql: filesSchema3 + journalSchema3 },
  { version: 4, sql: campaignSchema + journalSchema4 + queueSchema4 + groupsSchema4 },
  { version: 5, sql: campaignSchema5 + botsSchema5 },
]
