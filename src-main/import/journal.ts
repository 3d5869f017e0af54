import type { BackupMessage } from './records'

/** A message with the name under which it is kept once. */
export type Staged = Omit<BackupMessage, 'print'> & { id: string }

/** How far an import has come, committed with the messages themselves. */
export interface ImportState {
  /** Messages that end up to here (`Mark.offset`) are staged. */
  offset: number
}

export interface MergeStep {
  /** Messages that are still staged. */
  left: number
  /** Of the whole import so far: messages merged, messages that were here before, and conversations that got any. */
  added: number
  known: number
  conversations: number
}

/** What an import needs of the journal; every call resolves when it is on the disk, and may be repeated. */
export interface ImportJournal {
  /** Imports that have something staged. */
  list(): Promise<string[]>
  state(id: string): Promise<ImportState | undefined>
  stage(id: string, messages: readonly Staged[], offset: number): Promise<void>
  /** Brings some of what is staged into its conversations. */
  merge(id: string): Promise<MergeStep>
  /** Forgets what is staged and not merged. */
  drop(id: string): Promise<void>
}
