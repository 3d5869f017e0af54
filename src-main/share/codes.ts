import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import type { Ids } from '../base/ids'

/** 60 bits: more than can be tried out, also by who has stolen what the relay keeps of them. */
const LENGTH = 12

/** The password of somebody who was let in, easy to read out: three groups of four. */
export const makeJoinCode = (ids: Ids): string => (ids.token(LENGTH).toUpperCase().match(/.{4}/g) ?? []).join('-')

/** The password in a join code as somebody typed it: case, spaces and dashes do not count, and letters that look like digits are digits. */
export const passwordOf = (code: string): string =>
  code.normalize('NFKC').toLowerCase().replace(/[\s\p{Pd}]/gu, '').replace(/o/g, '0').replace(/[il]/g, '1')

const derive = promisify(pbkdf2)
const ROUNDS = 100_000

/**
 * Sixteen digits that two people compare by voice in place of a fingerprint. 53 bits would be found by who makes certificates until
 * one fits; each try costs so many rounds that they are worth 70.
 * @param fingerprint SHA-256 of the certificate, hex
 */
export async function spokenCode(fingerprint: string): Promise<string> {
  const bytes = await derive(Buffer.from(fingerprint, 'hex'), 'yanxin spoken code 1', ROUNDS, 8, 'sha256')
  const digits = (bytes.readBigUInt64BE() % 10n ** 16n).toString().padStart(16, '0')
  return digits.match(/.{4}/g)!.join(' ')
}
