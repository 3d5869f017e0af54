/** What a relay counts from its start: plain numbers, read by whoever watches. One for each row, that is, each lane of a message. */
export interface RelayCounts {
  /** Rows that the next hop took. */
  delivered: number
  failed: number
  expired: number
  /** Deliveries that the next hop asked to repeat. */
  retried: number
  /** Envelopes that were refused because too much waited for their recipient. */
  full: number
  /** Rows left out for a device with too much waiting, while another device of the account took the message. */
  skipped: number
  /** Commits of an outcome that failed and were repeated. */
  recommits: number
}

export const noCounts = (): RelayCounts => ({ delivered: 0, failed: 0, expired: 0, retried: 0, full: 0, skipped: 0, recommits: 0 })
