import type { OutgoingFile } from './calls'
import type { FaultView } from './faults'
import type { FileView, LocationView, Status } from './message'

/** Somebody of a list, or of a message to many. */
export interface Addressee {
  /** Address of record. */
  address: string
  /** What is known of them, by the keys of `fieldKey`; `name` among them. */
  fields: Readonly<Record<string, string>>
}

// draft --all recipients are here, started--> running --everything is in the queue--> done
//                                                ^  '--stopped--> stopped
//                    stopped --gone on--, done --failed ones again--'
export const campaignStates = ['draft', 'running', 'stopped', 'done'] as const
export type CampaignState = (typeof campaignStates)[number]

/** What has become of a message to many: recipients by the status of their message. They add up to `total`. */
export interface CampaignCounts extends Record<Status, number> {
  total: number
  /** Not yet handed to the queue. */
  waiting: number
}

/** What goes to each beside the words: files, which are brought to the content server once for all, and a place. */
export interface Enclosed {
  files?: FileView[]
  location?: LocationView
}

/** The same as a window says it: files that were kept before. */
export interface ToEnclose {
  files?: OutgoingFile[]
  location?: LocationView
}

/**
 * A message to many: to each an ordinary one of their own. While it runs and a file has still to go up, nobody gets it; one that has
 * failed to go up stops it, and says why.
 */
export interface CampaignView extends Enclosed {
  id: string
  /** As it was written, with its fields; '' where only files or a place go. */
  words: string
  createdAt: number
  /** Messages a minute at most; 0: as fast as they go. */
  perMinute: number
  state: CampaignState
  counts: CampaignCounts
}

export interface RecipientView extends Addressee {
  /** From 0, in the order in which they were given. */
  place: number
  /** `waiting`: not yet handed to the queue. */
  status: 'waiting' | Status
  fault?: FaultView
  /** Its message's place in the conversation, once there is one. */
  messagePlace?: number
}

/** Which recipients are wanted: `undelivered` are those who have not got it (yet), failed ones included. */
export const recipientFilters = ['all', 'failed', 'undelivered', 'delivered'] as const
export type RecipientFilter = (typeof recipientFilters)[number]

/** A list that is kept to be used again. */
export interface ListView {
  id: string
  name: string
  count: number
  changedAt: number
}

/** So many recipients cross at once at most. */
export const PIECE = 1_000
/** The most recipients of a list or of a message to many. */
export const MOST_RECIPIENTS = 100_000

/** What a window may ask about messages to many. Ids are minted by the window, so that every call may be repeated. */
export interface CampaignCommands {
  /** Newest first; what was never started is not shown. */
  campaigns(): Promise<CampaignView[]>
  campaign(id: string): Promise<CampaignView | null>
  /**
   * A draft, whose recipients are added next.
   * @throws Fault `bad-argument` when nothing would be said, `too-large`; of files `no-content-server`, `file-too-large`, `file-empty`
   */
  campaignBegin(id: string, words: string, perMinute: number, enclosed?: ToEnclose): Promise<void>
  /** The recipients from place `from` on. @throws Fault `too-large`, `unknown-recipient`, `bad-argument` when nothing would be said */
  campaignAdd(id: string, from: number, recipients: Addressee[]): Promise<void>
  /** Begins, or goes on after it was stopped; a job of kind `campaign`, with one of kind `upload` for each file. @throws Fault `no-content-server` */
  campaignStart(id: string): Promise<void>
  /** Nothing more is handed to the queue. What is in it goes its way. */
  campaignStop(id: string): Promise<void>
  /** Those whose message failed get it again, under its own id: whoever got it all the same sees it once. Files whose links have run out go up anew. Answers how many. */
  campaignRetry(id: string): Promise<number>
  /** It is no longer shown; its messages stay in their conversations. @throws Fault `busy` while it runs */
  campaignForget(id: string): Promise<void>
  /** Recipients by their place, the first `offset` of those wanted left out. */
  recipients(id: string, filter: RecipientFilter, offset: number, limit: number): Promise<RecipientView[]>
  /** Addresses as a person or a spreadsheet writes them, in the one form that is kept; null for what is none. */
  readAddresses(typed: string[]): Promise<(string | null)[]>
  /** By name. */
  lists(): Promise<ListView[]>
  list(id: string, from: number, limit: number): Promise<Addressee[]>
  /** Makes the list, or writes its members from place `from` on; with 0 those of before are gone. */
  listSave(id: string, name: string, from: number, members: Addressee[]): Promise<void>
  listRename(id: string, name: string): Promise<void>
  listForget(id: string): Promise<void>
}
