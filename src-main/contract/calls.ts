import type { CampaignCommands } from './campaign'
import type { FaultView } from './faults'
import type { GroupCommands, GroupNotices } from './group'
import type { JobView } from './jobs'
import type { ChangePage, FileView, FillPage, Hop, LocationView, SearchHit } from './message'
import type { ShareCommands, ShareView } from './share'
import type { DeviceFacts, Suggestion } from './suggestion'

/** The link to the operator or office relay, in words that a window can show. */
export type LinkView =
  | { at: 'signed-out' }
  | { at: 'connecting'; attempt: number }
  /**
   * `fileLimit`: the largest file that can be sent, bytes, where the other side said so. `textLimit`: the longest text, in bytes of UTF-8,
   * where it is more than a SIP MESSAGE carries.
   */
  | { at: 'online'; fileLimit?: number; textLimit?: number }
  /** Waiting for the next try, at `until` (ms); `fault` says why the last one failed. */
  | { at: 'waiting'; until: number; attempt: number; fault: FaultView }
  /** It will not come back by itself (wrong password, refused). */
  | { at: 'stopped'; fault: FaultView }

export interface AccountView {
  /** Address of record. */
  address: string
  /** Relay URI, e.g. `sip:127.0.0.1:5060;transport=tcp`; absent with *Try it on this computer*. */
  relay?: string
  /** The content server that was named at signing in. */
  files?: string
  isLocalTrial: boolean
  /** SHA-256 of the one certificate that its relay may show, hex, where somebody has compared it. */
  pin?: string
  /** It is on the relay that this computer shares. */
  isHost?: true
  /** Names the journal; the store's database carries it, so that another account or a restored journal is another database. */
  journal: string
}

export interface Settings {
  language: 'auto' | 'zh' | 'en'
  theme: 'auto' | 'light' | 'dark'
  /** Tell senders that their messages were read (IMDN display). */
  sendDisplayed: boolean
  /** Tell the other side that something is being typed. */
  sendTyping: boolean
  enterSends: boolean
  notifications: 'full' | 'hidden' | 'off'
  /** Files up to this size are fetched as they come, bytes; 0: none. */
  fetchUpTo: number
  /** Where tiles of a map come from, as `https://tiles.example/{z}/{x}/{y}.png`; '' for none: places are shown by their numbers. */
  tileServer: string
}

export const defaultSettings: Settings = {
  language: 'auto', theme: 'auto', sendDisplayed: true, sendTyping: true, enterSends: true, notifications: 'full',
  fetchUpTo: 20 * 1024 * 1024, tileServer: '',
}

export interface AppState {
  version: string
  host: 'electron' | 'browser'
  platform: string
  /** Absent when nobody is signed in. */
  account?: AccountView
  link: LinkView
  settings: Settings
  /** Where this window reads and keeps files, a path with a secret that ends in `/`: `GET {content}HASH`, `PUT {content}`. */
  content: string
  /** What stood in the way at start, to be shown once. */
  startFault?: FaultView
}

export interface SignIn {
  address: string
  password: string
  relay: string
  /** The content server of a foreign operator, e.g. `https://ft.operator.example/ft`; our own relay says where files go. */
  files?: string | undefined
}

/** Whom the other side is, as far as OPTIONS told. */
export interface PeerView {
  address: string
  /** `rcs`: takes messages; `unknown`: nobody answered; `none`: no such user. */
  reach: 'rcs' | 'unknown' | 'none'
  online: boolean | undefined
  isChatbot: boolean
  features: string[]
  askedAt: number
}

export interface Typing {
  conversation: string
  from: string
  /** When it goes out by itself, ms; 0 when typing has stopped. */
  until: number
}

/** A file that a person chose in the window. */
export interface ChosenFile {
  name: string
  /** Bytes. */
  size: number
  /** ms since 1970. */
  lastModified: number
}

/** A backup on its way in. */
export interface ImportView {
  id: string
  /** Bytes that are here. */
  offset: number
  /** All of it is here, and this job reads it. */
  job?: string
}

/** A file that the window has kept (`PUT {content}`) and now sends. */
export type OutgoingFile = Pick<FileView, 'name' | 'contentType' | 'size' | 'hash' | 'width' | 'height' | 'duration' | 'isVoice' | 'thumbnail'>

/** Files that leave together. */
export interface FilesToSend {
  text?: string
  /** Whom the words call in a group, as with `send`. */
  mentions?: string[]
  files: OutgoingFile[]
}

/** What a person tapped of what a chatbot offers. */
export interface TappedChip {
  /** The message that offers it; without it, the menu does. */
  to?: string
  chip: Suggestion
}

export interface SearchQuery {
  text: string
  /** Only in this one. */
  conversation?: string
  /** The `next` of the page before. */
  before?: number
  /** Hits wanted at most. */
  limit: number
}

export interface SearchPage {
  hits: SearchHit[]
  /** Where to go on; absent at the end. There may be fewer hits than were wanted, or none: then it took too long to look further. */
  next?: number
  /** The index is still being built; absent when everything is found. */
  coverage?: SearchCoverage
}

/** Messages from the time `from` on (ms) are found; of `total` messages `done` are indexed. */
export interface SearchCoverage {
  from: number
  done: number
  total: number
  /** Where a search that came to its end goes on when more is indexed. */
  next: number
}

/** How the last check of the account's file ended. */
export interface CheckView {
  at: number
  /** How many things are broken. */
  problems: number
  file: string
}

/** What a window may ask. Every argument is validated in main; every failure is a Fault as data (`FaultView`). */
export interface Commands extends CampaignCommands, ShareCommands, GroupCommands {
  state(): Promise<AppState>
  signIn(details: SignIn): Promise<AppState>
  /** A local account on a relay inside the app, with an echo chatbot to talk to. Resolves with the first conversation. */
  tryHere(): Promise<{ state: AppState; conversation: string }>
  signOut(keep: 'history' | 'nothing'): Promise<AppState>
  saveSettings(change: Partial<Settings>): Promise<Settings>

  /**
   * A message. `id` is minted by the window, so that the call can be repeated. Resolves when it is kept.
   * @param mentions whom it calls in a group: addresses of members, or `all`
   * @throws Fault `not-member`, `admins-only` in a group where we may not post
   */
  send(conversation: string, id: string, text: string, mentions?: string[]): Promise<void>
  /**
   * Files that were kept before, with words or without; resolves when the message is kept. Its files go up by themselves. To a
   * peer that takes one file a message it becomes several: the first under `id`, the others under `id.2` …, the words last.
   * @throws Fault `bad-argument` for a file that is not kept here, `file-too-large`, `file-empty`
   */
  sendFiles(conversation: string, id: string, message: FilesToSend): Promise<void>
  /** A place. As `send`. */
  sendLocation(conversation: string, id: string, location: LocationView): Promise<void>
  /**
   * What the person tapped of a chatbot's message or menu goes back to it, besides what the action does. As `send`.
   * @throws Fault `bad-type` to who is no chatbot, `bad-argument` for a message `to` that is not here
   */
  answer(conversation: string, id: string, tapped: TappedChip): Promise<void>
  /** What a chatbot that asks would be told of this device. */
  deviceFacts(): Promise<DeviceFacts>
  /** Tells a chatbot of this device what the person has seen and agreed to. As `answer`. */
  shareDevice(conversation: string, id: string, facts: DeviceFacts): Promise<void>
  /**
   * What the person wants of the bytes of file `file` (its index in the message): `go` begins, goes on or tries again, `pause`
   * keeps what is there, `cancel` gives up: what was to be fetched is offered again, what was to be sent fails as `cancelled`.
   */
  transfer(conversation: string, id: string, file: number, wish: 'go' | 'pause' | 'cancel'): Promise<void>
  /** A failed message goes out again, under its own id. */
  sendAgain(conversation: string, id: string): Promise<void>
  saveDraft(conversation: string, text: string): Promise<void>
  /** All below `place` is read; displayed receipts go out if the settings say so. */
  markRead(conversation: string, place: number): Promise<void>
  typing(conversation: string, isTyping: boolean): Promise<void>
  /** Makes the conversation if there is none. `to` is a number, `user`, `user@domain` or a URI; resolves with its address. */
  openConversation(to: string): Promise<string>
  peer(conversation: string): Promise<PeerView>

  /** Changes of the journal after number `after`, in order; `epoch` as it came with that number. */
  changes(after: number, limit: number, epoch?: string): Promise<ChangePage>
  /** The journal for a store that is filled anew; `cursor` is the last answer's `next`, `pages` how many are wanted at most. */
  filling(cursor: string | null, pages: number): Promise<FillPage>
  journey(conversation: string, id: string): Promise<Hop[]>
  /** Newest first; an exact substring of Chinese in either script, Latin words by prefix. */
  search(query: SearchQuery): Promise<SearchPage>
  /** Where the window looks, so that main knows when to notify, and in which language it does so. */
  looking(at: { focused: boolean; conversation?: string; language: 'zh' | 'en' }): Promise<void>
  /** What main is busy with, and what lately ended. */
  jobs(): Promise<JobView[]>
  /** Begins a check of the account's file, a job of kind `check`; answers its id. Damage ends it as `storage-damaged`. */
  checkStorage(): Promise<string>
  lastCheck(): Promise<CheckView | null>
  /** Ends a job; one that has ended is no longer shown. */
  cancelJob(id: string): Promise<void>
  /** A backup of another telephone is brought in, piece by piece; the same file chosen again goes on at `offset`. @throws Fault `disk-full` */
  importBegin(file: ChosenFile): Promise<ImportView>
  /** The next bytes of it, in base64; the last of them start the job of kind `import`. */
  importChunk(id: string, offset: number, base64: string): Promise<ImportView>
  /** What was copied of it so far is not wanted any more. */
  importForget(id: string): Promise<void>
  /** Opens a link outside, through the one allow-list. @throws Fault `not-allowed` */
  openExternal(url: string): Promise<void>
}

/** What main tells every window. */
export interface Notices extends GroupNotices {
  stateChanged(state: AppState): void
  /** The journal's newest number has become `n`. */
  journalGrew(n: number): void
  typing(typing: Typing): void
  shareChanged(view: ShareView): void
  /** A job began, is further, or ended. */
  job(job: JobView): void
  /** A message to notify of; the browser host's window shows it, Electron shows its own and tells only that it was clicked. */
  notify(notice: { conversation: string; title: string; body: string }): void
  /** The person chose a notification or a link: open this conversation. */
  show(conversation: string): void
}
