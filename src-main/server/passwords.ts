import { readUri } from '../sip/uri'
import { ha1 } from '../sip/digest'
import type { Ha1 } from './verbs'

/** What is kept of a password: H(user:realm:password), for which the realm is the domain. */
export function ha1sOf(address: string, password: string): Ha1 {
  const { user, host } = readUri(address)
  return { sha256: ha1('SHA-256', user, host, password), md5: ha1('MD5', user, host, password) }
}
