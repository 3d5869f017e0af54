import { SECOND } from '../base/clock'

/** How much a peer may ask of one connection, and how we share it out. */
export interface MsrpLimits {
  /** Start line and headers, bytes. @default 16 KB */
  maxHead: number
  /** How long a head may take, and how long the bytes of a body may stay away, ms. @default 30_000 */
  partialTimeout: number
  /** How long a request may wait for its response (RFC 4975 7.1.1), ms. @default 30_000 */
  answerTimeout: number
  /** What may wait to be written before no further chunk is begun, bytes. @default 64 KB */
  enoughWaiting: number
  /** What may wait to be written before the connection is given up, bytes. @default 8 MB */
  maxWaiting: number
  /** What one message may have under way without an answer, bytes. @default 1 MB */
  window: number
  /** How many messages of one session may be here in part. @default 64 */
  maxPartial: number
  /** How long a message in part may go without a further chunk, ms. @default 300_000 */
  partialMessage: number
}

export const defaultLimits: MsrpLimits = {
  maxHead: 16 * 1024, partialTimeout: 30 * SECOND, answerTimeout: 30 * SECOND, enoughWaiting: 64 * 1024, maxWaiting: 8 * 1024 * 1024,
  window: 1024 * 1024, maxPartial: 64, partialMessage: 300 * SECOND,
}
