import type { Suggestion } from './suggestion'

/** What a bot's directory tells of it (GSMA RCC.07 3.6.4, `botinfo`); only the name is always there. */
export interface BotInfo {
  name: string
  /** Its address, `sip:…`, where it is said. */
  address?: string
  /** URL of its picture. */
  icon?: string
  description?: string
  categories?: string[]
  /** Who runs it. */
  provider?: string
  phone?: string
  email?: string
  website?: string
  /** URL of its terms. */
  terms?: string
  /** URL of what it does with personal data. */
  privacy?: string
  /** Where it is, in words. */
  place?: string
  /** `#rrggbb`, lower case. */
  colour?: string
  /** URL of a picture for behind its page. */
  background?: string
  verification?: BotVerification
  menu?: BotMenu
  /** As the bot says it; another one means that something has changed. */
  version?: string
}

/** Who says that a bot is who it says. The badge is shown only if `isVerified` and not `expires` in the past. */
export interface BotVerification {
  isVerified: boolean
  by?: string
  /** ms since 1970. */
  expires?: number
}

/** What a bot always offers, whatever was said: up to 5 entries, of which some open 5 others, two levels deep. */
export interface BotMenu {
  entries: BotMenuEntry[]
}

export type BotMenuEntry = Suggestion | BotSubmenu

export interface BotSubmenu {
  /** Up to 25 characters. */
  text: string
  entries: BotMenuEntry[]
}

export const isSubmenu = (entry: BotMenuEntry): entry is BotSubmenu => 'entries' in entry

/** One of a directory's answers. */
export interface BotListing {
  /** `sip:…` */
  address: string
  name: string
  /** URL of its picture. */
  icon?: string
  isVerified: boolean
}

/** A page of a directory. */
export interface BotPage {
  bots: BotListing[]
  /** Of the first of them among all. */
  start: number
  /** How many there are in all. */
  total: number
}
