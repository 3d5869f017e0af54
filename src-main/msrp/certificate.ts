import { DAY } from '../base/clock'
import { Fault } from '../base/faults'
import { makeSelfSigned } from '../sip/self-signed'
import type { Identity } from './dial'

export interface CertificateOptions {
  /** What it is for: a host name, ASCII. Nobody checks it, since the fingerprint does. */
  name: string
  /** ms since 1970. */
  now: number
  /** How long it is good, days; a day before `now` is too, for clocks that are behind. @default 365 */
  days?: number
}

/** All that a peer needs whom a fingerprint proves, whichever side connects (RFC 8122 3.1). @throws Fault `bad-argument` */
export async function makeIdentity({ name, now, days = 365 }: CertificateOptions): Promise<Identity> {
  if (!/^[\x21-\x7e]{1,64}$/.test(name)) throw new Fault('bad-argument', { text: 'a name that no certificate can have' })
  return makeSelfSigned({ name, now, valid: days * DAY, forClients: true })
}
