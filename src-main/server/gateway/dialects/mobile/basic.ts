import { createHash } from 'node:crypto'
import { MINUTE } from '../../../../base/clock'
import { Fault } from '../../../../base/faults'
import { isSame } from '../../registry'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** How far the Date of a request may be off, ms: one that was overheard is of no use after that. */
const SKEW = 15 * MINUTE

/** rcs.md 5.3. @param hash SHA-256 of the password, hex, which is all that is kept of a token */
export const basicOf = (appId: string, hash: string, date: string): string => `Basic ${Buffer.from(`${appId}:${sha256(hash + date)}`).toString('base64')}`

export interface Shown {
  appId: string
  /** Whether it was made with this one. */
  isOf(hash: string): boolean
}

/** What a request shows. @throws Fault `wrong-password` */
export function readBasic(authorization: string | undefined, date: string | undefined, now: number): Shown {
  const [, encoded = ''] = /^Basic +([A-Za-z0-9+/=]{1,1000})$/.exec(authorization ?? '') ?? []
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.lastIndexOf(':')
  const at = Date.parse(date ?? '')
  if (colon < 1 || date === undefined || Number.isNaN(at)) throw new Fault('wrong-password', { text: 'Authorization: Basic and Date are needed' })
  if (Math.abs(at - now) > SKEW) throw new Fault('wrong-password', { text: 'the Date is not now' })
  const shown = text.slice(colon + 1)
  return { appId: text.slice(0, colon), isOf: (hash) => isSame(sha256(hash + date), shown) }
}
