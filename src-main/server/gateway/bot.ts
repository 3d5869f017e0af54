/** The languages that bots may speak to the gateway: those of GSMA, of China Telecom and Unicom, of China Mobile, and of Google. */
export const dialectNames = ['gsma', 'telecom', 'mobile', 'google'] as const
export type DialectName = (typeof dialectNames)[number]

/** A chatbot: an account of the relay that is reached over HTTP. */
export interface Bot {
  /** Address of record: `sip:106500@botplatform.rcs.example.com`. */
  address: string
  name: string
  dialect: DialectName
  /** Where it is told of what comes; without one its messages wait, and it has to ask. */
  webhook: string | null
  /** With which it knows that it is we who tell it. */
  secret: string
  /** Its webhook may be in the private network or on this computer. */
  isPrivate: boolean
  /** How many messages it may send in a day (UTC), and in a second. */
  perDay: number
  perSecond: number
  /** How many of its webhook's answers are waited for at once. */
  atOnce: number
  /** `maap.Traffic-Type`s that it may use; empty for any. */
  traffic: string[]
  createdAt: number
}

export const botDefaults = { dialect: 'gsma', perDay: 100_000, perSecond: 50, atOnce: 32 } as const

/** What becomes of a message of a bot. Where two are told of one message, the higher one holds. */
export const statuses = ['pending', 'sent', 'failed', 'delivered', 'displayed', 'revoked'] as const
export type BotStatus = (typeof statuses)[number]
export const rankOf = (status: BotStatus): number => statuses.indexOf(status)

/** Bits of what a bot wants to be told of its message. */
export const report = { sent: 1, delivered: 2, displayed: 4, failed: 8 } as const
export const allReports = 15

/** The bits of reports that are named. */
export const reportsOf = (asked: readonly string[]): number =>
  Object.entries(report).reduce((bits, [name, bit]) => (asked.includes(name) ? bits | bit : bits), 0)
