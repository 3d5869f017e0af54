import { SECOND } from '../base/clock'

/** How much a peer may ask of one flow. */
export interface Limits {
  /** Start line and headers, bytes. @default 16 KB */
  maxHead: number
  /** Body, bytes: 64 KB of payload and what CPIM and MIME wrap round it. @default 80 KB */
  maxBody: number
  /** How long a message may take from its first byte to its last, ms. @default 30_000 */
  partialTimeout: number
  /** What may wait to be written before the flow is given up, bytes. @default 8 MB */
  maxWaiting: number
}

export const defaultLimits: Limits = { maxHead: 16 * 1024, maxBody: 80 * 1024, partialTimeout: 30 * SECOND, maxWaiting: 8 * 1024 * 1024 }
