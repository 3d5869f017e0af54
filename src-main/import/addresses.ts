import { createHash } from 'node:crypto'
import { domainOfKept } from '../contract/kept-address'
import { addressOfRecord, escapeUser } from '../sip/uri'
import { callingCodeOf, fullNumber } from './numbers'

/** Who looks at a backup: whose domain numbers belong to, and which country those without one. */
export interface Home {
  /** The account's address of record. */
  account: string
  /** Calling code. */
  code: string
}

/** Where numbers without a country are taken to be when the account's own address does not tell. */
export const defaultCode = '86'

const ownNumber = (account: string): string | undefined => /^(?:sip:|tel:)(\+\d{7,15})(?:@|$)/.exec(account)?.[1]

/** @returns the calling code of the account's own number, or the default */
export const homeOf = (account: string): Home => ({ account, code: callingCodeOf(ownNumber(account) ?? '') ?? defaultCode })

const domainOf = (account: string): string => account.slice(account.indexOf('@') + 1)

/** Android's word for *this phone*. */
const self = 'insert-address-token'

/** Whether it stands for whoever owns the phone. */
export const isSelf = (written: string, home: Home): boolean =>
  written === self || (ownNumber(home.account) !== undefined && fullNumber(written, home.code) === ownNumber(home.account))

/**
 * The conversation with whoever a telephone wrote down so. A number is the user of the account's own domain that *new
 * conversation* makes of it, in full, so that what comes later by RCS is in the same place. A sender's name (`ICBC`), a mail
 * address or what is neither can take no answer: it is kept under a domain that can never be reached (RFC 6761 6.4).
 */
export function conversationOf(written: string, home: Home): string {
  const key = `${home.code} ${home.account} ${written}`
  let address = known.get(key)
  if (address === undefined) {
    if (known.size >= 4_096) known.clear()
    known.set(key, (address = findConversation(written, home)))
  }
  return address
}
// A telephone writes few addresses, and each of them often.
const known = new Map<string, string>()

function findConversation(written: string, home: Home): string {
  const text = written.normalize('NFKC').trim()
  const number = fullNumber(text, home.code)
  if (number !== undefined && /^\+?\d{3,20}$/.test(number)) return addressOfRecord(`sip:${number}@${domainOf(home.account)}`)
  return keptAddress(text || 'unknown')
}

/** One conversation for the people of a group, in whatever order they stand. */
export function groupOf(people: readonly string[]): string {
  const inOrder = [...new Set(people)].sort()
  return keptAddress(`group-${createHash('sha256').update(inOrder.join('\n')).digest('hex').slice(0, 24)}`)
}

// An escaped user of 200 characters stays below the 512 that a window may send.
const keptAddress = (name: string): string => {
  const user = escapeUser(name.toWellFormed())
  const short = user.length <= 200 ? user : `${createHash('sha256').update(name).digest('hex').slice(0, 40)}`
  return `sip:${short}@${domainOfKept}`
}

/** What stays of an address however it is spelled: the last digits of a number, else its letters. */
export function addressKey(written: string): string {
  const text = written.normalize('NFKC').toLowerCase().trim()
  const digits = text.replace(/\D/g, '')
  return /^[+\d\s().*#-]+$/.test(text) && digits.length > 0 ? digits.slice(-8) : text
}
