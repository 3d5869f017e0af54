import { createHash, timingSafeEqual } from 'node:crypto'
import type { Nonces } from './nonces'
import { afterQuoted, isTokenCode, malformed, quote, skipSpace, unquote } from './text'
import { readUri } from './uri'

/** RFC 8760 2.3: what we compute, the stronger first. */
export const algorithms = ['SHA-256', 'MD5'] as const
export type Algorithm = (typeof algorithms)[number]

/** H(username:realm:password) for each algorithm that is allowed: what a server keeps instead of the password. */
export type Ha1s = Partial<Record<Algorithm, string>>

/** A WWW-Authenticate or Proxy-Authenticate of scheme Digest, RFC 7616 3.3. */
export interface Challenge {
  realm: string
  nonce: string
  /** As it was named; MD5 where it was not. */
  algorithm: string
  /** `[]` for a peer of RFC 2069. */
  qop: string[]
  stale: boolean
  opaque?: string
}

/** An Authorization or Proxy-Authorization of scheme Digest, RFC 7616 3.4. */
export interface Credentials {
  username: string
  realm: string
  nonce: string
  uri: string
  response: string
  algorithm: string
  qop?: string
  cnonce?: string
  nc?: string
  opaque?: string
}

export type Verdict =
  | { ok: true; username: string }
  /** `stale`: right, but for another nonce: challenge again with `stale`. `replayed` counts as stale to the client. */
  | { ok: false; reason: 'absent' | 'malformed' | 'wrong' | 'stale' | 'replayed'; username?: string }

const hash = (algorithm: Algorithm, text: string | Uint8Array): string =>
  createHash(algorithm === 'MD5' ? 'md5' : 'sha256').update(text).digest('hex')

/** H(username:realm:password) in lower-case hex (RFC 7616 3.4.2). */
export const ha1 = (algorithm: Algorithm, username: string, realm: string, password: string): string =>
  hash(algorithm, `${username}:${realm}:${password}`)

export const supported = (algorithm: string): Algorithm | undefined =>
  algorithms.find((known) => known.toUpperCase() === algorithm.toUpperCase())

/** One header value for each algorithm, the most preferred on top (RFC 8760 2.4). */
export function makeChallenges(challenge: {
  realm: string
  nonce: string
  /** @default SHA-256, MD5 */
  algorithms?: readonly Algorithm[]
  stale?: boolean
}): string[] {
  return (challenge.algorithms ?? algorithms).map((algorithm) => makeChallenge({ ...challenge, algorithm }))
}

export function makeChallenge({ realm, nonce, algorithm, stale }: { realm: string; nonce: string; algorithm: Algorithm; stale?: boolean }): string {
  return `Digest realm=${quote(realm)}, nonce=${quote(nonce)}, algorithm=${algorithm}, qop="auth"${stale ? ', stale=true' : ''}`
}

/** Reads one challenge; nothing for a scheme that is not Digest. @throws Fault `malformed` */
export function readChallenge(value: string): Challenge | undefined {
  const params = readDigest(value)
  if (!params) return undefined
  const { realm, nonce, opaque } = Object.fromEntries(params)
  if (realm === undefined || nonce === undefined) throw malformed('a challenge without realm or nonce')
  return {
    realm, nonce,
    algorithm: params.get('algorithm') ?? 'MD5',
    qop: (params.get('qop') ?? '').split(',').map((option) => option.trim().toLowerCase()).filter(Boolean),
    stale: params.get('stale')?.toLowerCase() === 'true',
    ...(opaque !== undefined && { opaque }),
  }
}

/** Reads credentials; nothing for a scheme that is not Digest. @throws Fault `malformed` */
export function readCredentials(value: string): Credentials | undefined {
  const params = readDigest(value)
  if (!params) return undefined
  const { username, realm, nonce, uri, response, qop, cnonce, nc, opaque } = Object.fromEntries(params)
  if (username === undefined || realm === undefined || nonce === undefined || uri === undefined || response === undefined) {
    throw malformed('credentials that lack a part')
  }
  return {
    username, realm, nonce, uri, response,
    algorithm: params.get('algorithm') ?? 'MD5',
    ...(qop !== undefined && { qop: qop.toLowerCase() }),
    ...(cnonce !== undefined && { cnonce }),
    ...(nc !== undefined && { nc }),
    ...(opaque !== undefined && { opaque }),
  }
}

function readDigest(value: string): Map<string, string> | undefined {
  if (!/^Digest[ \t]/i.test(value)) return undefined
  const params = new Map<string, string>()
  let at = skipSpace(value, 6)
  while (at < value.length) {
    const start = at
    while (isTokenCode(value.charCodeAt(at))) at++
    const name = value.slice(start, at).toLowerCase()
    at = skipSpace(value, at)
    if (name === '' || value.charCodeAt(at) !== 61) throw malformed('digest parameters that are none')
    at = skipSpace(value, at + 1)
    const from = at
    if (value.charCodeAt(at) === 34) {
      at = afterQuoted(value, at)
      params.set(name, unquote(value.slice(from, at)))
    } else {
      while (at < value.length && value.charCodeAt(at) !== 44) at++
      params.set(name, value.slice(from, at).trim())
    }
    at = skipSpace(value, at)
    if (at < value.length && value.charCodeAt(at) !== 44) throw malformed('digest parameters without a comma')
    while (value.charCodeAt(at) === 44) at = skipSpace(value, at + 1)
  }
  return params
}

function response(algorithm: Algorithm, a1: string, of: Omit<Credentials, 'response' | 'username'>, method: string, body?: Uint8Array): string {
  const a2 = of.qop === 'auth-int' ? `${method}:${of.uri}:${hash(algorithm, body ?? '')}` : `${method}:${of.uri}`
  const middle = of.qop === undefined ? of.nonce : `${of.nonce}:${of.nc}:${of.cnonce}:${of.qop}`
  return hash(algorithm, `${a1}:${middle}:${hash(algorithm, a2)}`)
}

/**
 * Answers the topmost of several challenges that we can (RFC 8760 2.4); nothing when there is none.
 * @param nc how often the nonce has been used, this time included
 */
export function answerChallenge(ask: {
  /** All values of WWW-Authenticate or of Proxy-Authenticate, in their order. */
  challenges: readonly (string | Challenge)[]
  username: string
  password: string
  method: string
  /** The Request-URI as it is sent. */
  uri: string
  body?: Uint8Array
  cnonce: string
  nc: number
}): { value: string; challenge: Challenge } | undefined {
  for (const item of ask.challenges) {
    const challenge = typeof item === 'string' ? readChallenge(item) : item
    const algorithm = challenge && supported(challenge.algorithm)
    if (!challenge || !algorithm) continue
    const qop = challenge.qop.includes('auth') ? 'auth' : challenge.qop.includes('auth-int') ? 'auth-int' : undefined
    if (qop === undefined && challenge.qop.length > 0) continue
    const nc = ask.nc.toString(16).padStart(8, '0')
    const of = {
      realm: challenge.realm, nonce: challenge.nonce, uri: ask.uri, algorithm: challenge.algorithm,
      ...(qop && { qop, nc, cnonce: ask.cnonce }),
    }
    const value = response(algorithm, ha1(algorithm, ask.username, challenge.realm, ask.password), of, ask.method, ask.body)
    const parts = [
      `username=${quote(ask.username)}`, `realm=${quote(challenge.realm)}`, `nonce=${quote(challenge.nonce)}`, `uri=${quote(ask.uri)}`,
      `response="${value}"`, `algorithm=${challenge.algorithm}`,
      ...(qop ? [`qop=${qop}`, `nc=${nc}`, `cnonce=${quote(ask.cnonce)}`] : []),
      ...(challenge.opaque !== undefined ? [`opaque=${quote(challenge.opaque)}`] : []),
    ]
    return { value: `Digest ${parts.join(', ')}`, challenge }
  }
  return undefined
}

/** Whether credentials prove the password: everything but the nonce's freshness. */
export function isRightResponse(credentials: Credentials, ha1s: Ha1s, method: string, body?: Uint8Array): boolean {
  const algorithm = supported(credentials.algorithm)
  const a1 = algorithm && ha1s[algorithm]
  if (!algorithm || !a1) return false
  const right = Buffer.from(response(algorithm, a1, credentials, method, body))
  const given = Buffer.from(credentials.response.toLowerCase())
  return right.length === given.length && timingSafeEqual(right, given)
}

/**
 * Checks an Authorization or Proxy-Authorization. Look the account up by `readCredentials(header).username`; for one that
 * is not there pass no hashes, and it is `wrong` like a wrong password.
 */
export function checkCredentials(check: {
  header: string | undefined
  realm: string
  ha1: Ha1s
  method: string
  /** The Request-URI, which the credentials must be for (RFC 7616 3.4.6). */
  requestUri: string
  nonces: Nonces
  body?: Uint8Array
}): Verdict {
  let credentials: Credentials | undefined
  try {
    credentials = check.header === undefined ? undefined : readCredentials(check.header)
  } catch {
    return { ok: false, reason: 'malformed' }
  }
  // An unknown scheme is as if nothing had been sent: RFC 4475 3.3.7. So is the empty digest of IMS.
  if (!credentials || credentials.nonce === '') return { ok: false, reason: 'absent' }
  const { username } = credentials
  const nc = credentials.nc ?? ''
  if (!credentials.qop || !credentials.cnonce || !/^[0-9A-Fa-f]{8}$/.test(nc)) return { ok: false, reason: 'malformed', username }
  if (credentials.realm !== check.realm || !isSameUri(credentials.uri, check.requestUri)) return { ok: false, reason: 'wrong', username }
  if (!isRightResponse(credentials, check.ha1, check.method, check.body)) return { ok: false, reason: 'wrong', username }
  const nonce = check.nonces.use(credentials.nonce, parseInt(nc, 16))
  return nonce === 'good' ? { ok: true, username } : { ok: false, reason: nonce, username }
}

function isSameUri(one: string, other: string): boolean {
  if (one === other) return true
  try {
    const [a, b] = [readUri(one), readUri(other)]
    return a.scheme === b.scheme && a.user === b.user && a.host === b.host && (a.port ?? 0) === (b.port ?? 0)
  } catch {
    return false
  }
}
