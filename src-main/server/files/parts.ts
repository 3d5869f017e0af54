import type { Ledger } from '../../relay/ledger/ledger'
import type { FileVerbs } from './verbs'

/** A kept file that is open. */
export interface OpenKept {
  size: number
  /** Its first bytes. */
  begin: Uint8Array
  /** Fills `into` from byte `at` on; answers how many bytes there were. */
  read(into: Uint8Array, at: number): Promise<number>
  close(): Promise<void>
}

/** Whole files, each once under the SHA-256 of its bytes. */
export interface KeptPart {
  newFile(): { write(bytes: Uint8Array): Promise<void>; finish(): Promise<{ hash: string; size: number }>; discard(): Promise<void> }
  /** Resolves when what was finished survives a power cut. */
  settle(): Promise<void>
  open(hash: string): Promise<OpenKept | undefined>
  remove(hash: string): Promise<void>
  list(): AsyncIterable<{ hash: string; size: number }>
  /** Clears what an earlier process did not finish. */
  sweep(): Promise<void>
}

/** A file that is not whole yet: appended to, and its length is what is here. */
export interface PartialPart {
  readonly size: number
  write(bytes: Uint8Array): Promise<void>
  finish(): Promise<{ hash: string; size: number }>
  close(): Promise<void>
}

export interface PartialsPart {
  open(name: string): Promise<PartialPart>
  size(name: string): Promise<number>
  remove(name: string): Promise<void>
  list(): AsyncIterable<{ name: string; size: number }>
}

export type FileLedger = Ledger<FileVerbs>
