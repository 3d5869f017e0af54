import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where secrets (an account's password, the trial's) are kept. Names are letters, digits, `-` and `.` only. */
export interface Vault {
  read(name: string): Promise<string | undefined>
  write(name: string, secret: string): Promise<void>
  remove(name: string): Promise<void>
}

/** A vault of files in `folder` that only the owner of the process can read (0600 in a folder of 0700). */
export function fileVault(folder: string): Vault {
  const file = (name: string) => join(folder, name)
  return {
    async read(name) {
      try {
        return await readFile(file(name), 'utf8')
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw thrown
      }
    },
    async write(name, secret) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await chmod(folder, 0o700)
      const fresh = `${file(name)}.new`
      await rm(fresh, { force: true })
      await writeFile(fresh, secret, { mode: 0o600, flush: true })
      await rename(fresh, file(name))
    },
    remove: (name) => rm(file(name), { force: true }),
  }
}
