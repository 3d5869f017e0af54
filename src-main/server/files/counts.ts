import type { FaultCode } from '../../contract/faults'

/** What the content server counts from its start, and what it has: for whoever watches. */
export interface FileCounts {
  /** Files that came whole, and parts of files or whole ones that went out. */
  uploads: number
  downloads: number
  /** Bytes of files, both ways. */
  received: number
  sent: number
  /** Uploads that broke off, and downloads. */
  cut: number
  /** Requests that were refused, by the code of their fault. */
  refused: ReadonlyMap<FaultCode, number>
  /** Files of all accounts that can be fetched, and bytes of these and of those on their way, each counted whole. */
  files: number
  bytes: number
  connections: number
}
