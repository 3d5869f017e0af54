import { Fault } from '../base/faults'
import { addressOfRecord } from '../sip/uri'

const wrong = (text: string, field: string) =>
  new Fault('bad-argument', { text: `not an address: ${text.slice(0, 200)}`, detail: { field } })

/** RFC 3966 5.1.1: marks that people put into numbers for the eye. */
const separators = /[\s().\-\u2010-\u2015/]/g
/** E.164 numbers have up to 15 digits; short ones (10086, 106…) are numbers as well. */
const number = /^\+?\d{3,20}$/
const longest = 255

/** Full-width digits, letters and signs, as a Chinese keyboard gives them, in their ordinary form. */
const plain = (text: string): string => text.normalize('NFKC').trim()

const ownDomain = (account: string): string => account.slice(account.indexOf('@') + 1)

/**
 * The address of an own account as a person types it: `user@domain`, `sip:user@domain`, `+number@domain`.
 * @throws Fault `bad-argument`
 */
export function readAccount(text: string): string {
  const typed = plain(text)
  if (!typed.includes('@') || typed.length > longest) throw wrong(text, 'address')
  return readSip(typed.replace(/^sips?:/i, ''), text, 'address')
}

/**
 * The other side of a conversation as a person types it: `mei` and `+86 138 0000 0001` are of the own domain; `mei@domain`,
 * `sip:` and `tel:` URIs are themselves, without parameters.
 * @throws Fault `bad-argument`
 */
export function readRecipient(text: string, account: string): string {
  const typed = plain(text)
  if (typed === '' || typed.length > longest) throw wrong(text, 'to')
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(typed)?.[1]?.toLowerCase()
  if (scheme === 'tel') {
    const [digits = '', ...params] = typed.slice(4).split(';')
    const dialled = digits.replace(separators, '')
    if (!number.test(dialled)) throw wrong(text, 'to')
    try {
      return addressOfRecord(['tel:' + dialled, ...params].join(';'))
    } catch {
      throw wrong(text, 'to')
    }
  }
  const rest = scheme === 'sip' || scheme === 'sips' ? typed.slice(scheme.length + 1) : typed
  if (rest.includes('@')) return readSip(rest, text, 'to')
  const digits = rest.replace(separators, '')
  const user = number.test(digits) ? digits : rest
  return readSip(`${user}@${ownDomain(account)}`, text, 'to')
}

function readSip(text: string, said: string, field: string): string {
  try {
    const address = addressOfRecord(`sip:${text}`)
    // RFC 3261 19.1.1 lets a password stand behind the user; nobody should type one here.
    if (text.slice(0, text.indexOf('@')).includes(':') || address.indexOf('@') < 5) throw wrong(said, field)
    return address
  } catch (cause) {
    throw Fault.from(cause).code === 'bad-argument' ? cause : wrong(said, field)
  }
}

/** China's operators keep their chatbots at hosts of this name (rcs.md 4.4): nobody has to be asked what they are. */
export const isBotAddress = (address: string): boolean => /^sip:[^@]+@botplatform\./i.test(address)
