import { changeVerbs } from './changes'
import { fillingVerbs } from './filling'
import { groupVerbs } from './groups'
import { importVerbs } from './import'
import { readVerbs } from './read'
import { receiptVerbs } from './receipt'
import { receiveVerbs } from './receive'
import { searchVerbs } from './search'
import { sendVerbs } from './send'
import { transferVerbs } from './transfer'

/** The account's numbered history. Every verb that commits may be repeated; `n` is the journal's number after it. */
export const journalVerbs = { ...sendVerbs, ...receiveVerbs, ...receiptVerbs, ...readVerbs, ...changeVerbs, ...fillingVerbs, ...importVerbs, ...searchVerbs, ...transferVerbs, ...groupVerbs }

export type JournalVerbs = typeof journalVerbs
