import { Fault } from '../base/faults'
import { readRecipient } from '../client/address'

/**
 * The account of a number or name on a shared relay: both ends read it alike, so that what one was told is what the other has written.
 * @throws Fault `bad-argument`
 */
export function memberAddress(text: string, domain: string): string {
  const address = readRecipient(text, `sip:host@${domain}`)
  const local = address.startsWith('tel:') ? `sip:${address.slice(4)}@${domain}` : address
  if (local.endsWith(`@${domain}`)) return local
  throw new Fault('bad-argument', { text: `${address} is of another domain than ${domain}`, detail: { field: 'who' } })
}
