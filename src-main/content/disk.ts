import { open } from 'node:fs/promises'
import { Fault } from '../base/faults'

/** What the disk threw, as a fault with a code of ours. */
export const diskFault = (thrown: unknown, text: string): Fault => {
  if (thrown instanceof Fault) return thrown
  const { code } = thrown as NodeJS.ErrnoException
  return new Fault(code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'disk-broken', { cause: thrown, text })
}

/** Makes new names in a folder durable. Windows knows no such thing and keeps them by itself. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  if (!handle) return
  try {
    await handle.sync()
  } catch (thrown) {
    if (!['EISDIR', 'EPERM', 'EINVAL', 'EBADF'].includes((thrown as NodeJS.ErrnoException).code ?? '')) throw diskFault(thrown, `cannot sync ${folder}`)
  } finally {
    await handle.close()
  }
}
