import type { FileView } from '../../src-main/contract/message'

/** How many are kept for being shown again. */
const KEPT = 60

const byView = new WeakMap<FileView, string>()
const byHash = new Map<string, string>()
const urls = new Set<string>()

/**
 * A picture of a file that this window sends, as it has it: shown before main has kept the file, and not loaded again after.
 * @param url made of a blob; it is revoked here
 */
export function rememberPicture(view: FileView, url: string): void {
  byView.set(view, url)
  urls.add(url)
  for (const oldest of [...urls].slice(0, -KEPT)) {
    urls.delete(oldest)
    for (const [hash, known] of byHash) if (known === oldest) byHash.delete(hash)
    URL.revokeObjectURL(oldest)
  }
}

/** The same file under the hash that it was kept under. */
export function rememberHash(view: FileView, kept: FileView): void {
  const url = byView.get(view)
  if (!url) return
  byView.set(kept, url)
  byHash.set(kept.hash, url)
}

/** The URL of an own picture; undefined for those of others and of other windows. */
export function ownPicture(view: FileView): string | undefined {
  const url = byView.get(view) ?? byHash.get(view.hash)
  return url !== undefined && urls.has(url) ? url : undefined
}
