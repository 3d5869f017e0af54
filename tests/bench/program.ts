import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { systemClock } from '../../src-main/base/clock'
import { silentLog } from '../../src-main/base/log'
import { openDatabase } from '../../src-main/ledger-thread'

/** The built entry of the relay alone. */
export const headless = join(import.meta.dirname, '../../out/main/headless.js')

/** Accounts in a relay's file, as `user add` would write them; the password of `x` is `xpw`. */
export async function addAccounts(file: string, domain: string, users: readonly string[]): Promise<void> {
  const ledger = await openDatabase({ file, script: join(import.meta.dirname, '../../out/main/database.js'), log: silentLog, clock: systemClock })
  await Promise.all(users.map((user) => {
    const hash = (algorithm: string): string => createHash(algorithm).update(`${user}:${domain}:${user}pw`).digest('hex')
    return ledger.commit('accounts.add', { address: `sip:${user}@${domain}`, sha256: hash('sha256'), md5: hash('md5'), createdAt: 0 })
  }))
  await ledger.close()
}
