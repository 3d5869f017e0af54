import { DAY } from '../base/clock'

/** How much a relay lets itself be asked for. */
export interface Rules {
  /** How long a message waits for its recipient at most, ms. @default 30 days */
  keep: number
  /** A device that was not seen for this long is forgotten with what waits for it, ms. @default 90 days */
  forgetDevices: number
  /** How many messages may wait for one device, or for an account that has none yet. @default 10_000 */
  queueMessages: number
  /** And how many bytes of them. @default 256 MB */
  queueBytes: number
  /** Connections from one host on which nobody has signed in; above it the oldest of them is closed. @default 1_000 */
  connectionsPerHost: number
  /** How many messages one member may send to one group. @default 100 at once, 10 a second */
  groupFlood: { burst: number; perSecond: number }
}

export const defaultRules: Rules = {
  keep: 30 * DAY, forgetDevices: 90 * DAY, queueMessages: 10_000, queueBytes: 256 * 1024 * 1024, connectionsPerHost: 1_000,
  groupFlood: { burst: 100, perSecond: 10 },
}
