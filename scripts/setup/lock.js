import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from './orphan.js'
import { cache } from './paths.js'
import { say, Stop } from './say.js'

/** @param {string} file @returns {Promise<boolean>} */
async function take(file) {
  try {
    const handle = await open(file, 'wx')
    await handle.write(String(process.pid))
    await handle.close()
    return true
  } catch (thrown) {
    if (/** @type {NodeJS.ErrnoException} */ (thrown).code !== 'EEXIST') throw thrown
    return false
  }
}

/**
 * Takes away the lock of a process that is gone. Renaming first lets only one of several waiters do it; a lock that was
 * newly made in between is put back.
 * @param {string} file @param {string} holder
 */
async function breakLock(file, holder) {
  const aside = `${file}.${process.pid}`
  try {
    await rename(file, aside)
    if ((await readFile(aside, 'utf8')) !== holder) await rename(aside, file)
  } catch { /* another waiter was quicker */ }
  await rm(aside, { force: true })
}

/**
 * Runs `work` while no other set-up of this clone runs; two `npm start` at once must not both install.
 * @template T @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function alone(work, file = join(cache, 'setup.lock')) {
  try {
    await mkdir(join(file, '..'), { recursive: true })
  } catch (thrown) {
    throw new Stop(`Yanxin cannot write to its own folder: ${/** @type {Error} */ (thrown).message}`)
  }
  let told = false
  while (!(await take(file))) {
    const holder = await readFile(file, 'utf8').catch(() => '')
    if (holder && !isAlive(Number(holder))) await breakLock(file, holder)
    else {
      if (!told) say(`Another command (process ${holder}) is setting up; waiting for it …`)
      told = true
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  const release = () => rm(file, { force: true })
  try {
    return await work()
  } finally {
    await release()
  }
}
