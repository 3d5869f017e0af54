import { DAY } from '../../base/clock'

/** How much a relay keeps of files. */
export interface FileRules {
  /** The largest file, bytes. @default 100 MB */
  fileBytes: number
  /** What an account's files may take together, each counted whole, bytes. @default 1 GB */
  accountBytes: number
  /** How long a file can be fetched, ms. @default 30 days */
  keep: number
  /** Room on the disk that is left to messages, bytes: files are refused before it is touched. @default 64 MB */
  reserve: number
}

const MB = 1024 * 1024

export const defaultFileRules: FileRules = { fileBytes: 100 * MB, accountBytes: 1024 * MB, keep: 30 * DAY, reserve: 64 * MB }

/** Where the disk is its people's own: films go whole. */
export const ownComputerFileRules: FileRules = { ...defaultFileRules, fileBytes: 4 * 1024 * MB, accountBytes: 20 * 1024 * MB }

/** The largest thumbnail, bytes: it is held in memory until the file begins. */
export const LARGEST_THUMBNAIL = 512 * 1024
/** What is around the parts of an upload at most, bytes. */
export const AROUND = 64 * 1024
/** An upload that nobody went on with is given up, ms. */
export const GIVE_UP = DAY
