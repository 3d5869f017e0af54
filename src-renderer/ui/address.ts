import { domainOfKept } from '../../src-main/contract/kept-address'

/** The domain of a `sip:` address, lower case; undefined for a number. */
export const domainOf = (address: string): string | undefined => /^sips?:[^@]*@([^;>?]+)/i.exec(address)?.[1]?.toLowerCase()

/**
 * An address of record as a person writes it: a number in groups, a user of our own domain by name alone, others as `user@domain`.
 * @param ours the domain of the account that looks
 */
export function addressInWords(address: string, ours?: string): string {
  const [scheme, rest = ''] = splitScheme(address)
  if (scheme === 'tel') return numberInGroups(rest)
  const [user = '', domain = ''] = rest.split('@')
  const name = decode(user)
  if (/^\+\d+$/.test(name)) return numberInGroups(name)
  // Senders who are kept and cannot be answered are their name alone.
  return domain === '' || domain === domainOfKept || domain.toLowerCase() === ours?.toLowerCase() ? name : `${name}@${domain}`
}

const splitScheme = (address: string): [string, string?] => {
  const colon = address.indexOf(':')
  return colon < 0 ? ['', address] : [address.slice(0, colon).toLowerCase(), address.slice(colon + 1)]
}

/** Mainland numbers in the groups that people there say them in, others in fours from the end. */
function numberInGroups(number: string): string {
  const china = /^(\+86)?(1\d{2})(\d{4})(\d{4})$/.exec(number)
  if (china) return [china[1], china[2], china[3], china[4]].filter(Boolean).join(' ')
  const other = /^(\+\d{1,3}?)(\d{7,})$/.exec(number)
  return other ? `${other[1]} ${other[2]!.replace(/\B(?=(\d{4})+$)/g, ' ')}` : number
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
