import { createHash, timingSafeEqual } from 'node:crypto'
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Ids } from '../../base/ids'

/** Length of a token, in letters of 5 bits each. */
const LENGTH = 32

/**
 * The secret that lets a page in: kept in a file of the data folder that only its owner can read, so that the link stays
 * good over a restart; `renew` (flag `--new-token`) makes every earlier link worthless.
 */
export function openToken(folder: string, ids: Ids, renew = false): string {
  const file = join(folder, 'token')
  if (!renew) {
    try {
      const kept = readFileSync(file, 'utf8').trim()
      if (kept.length >= LENGTH) {
        chmodSync(file, 0o600)
        return kept
      }
    } catch { /* none yet */ }
  }
  const token = ids.token(LENGTH)
  writeFileSync(`${file}.new`, token, { mode: 0o600, flush: true })
  renameSync(`${file}.new`, file)
  return token
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Compares in a time that tells nothing about where two tokens differ. */
export const isSameToken = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
