import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

/** Types of the files of a build. Nothing else is served. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.ogg': 'audio/ogg',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
}

export interface PageFile {
  type: string
  bytes: Uint8Array
  /** Its name carries a hash of its content, so that it may be kept for good. */
  isForever: boolean
}

/** The file of the built window at `path` of its URL (`/` is the page), or nothing; never one outside of `folder`. */
export async function pageFile(folder: string, path: string): Promise<PageFile | undefined> {
  let name: string
  try {
    name = decodeURIComponent(path === '/' ? '/index.html' : path)
  } catch {
    return undefined
  }
  const file = join(folder, name)
  const type = types[extname(file)]
  if (!type || name.includes('\0') || name.includes('\\') || name.split('/').some((part) => part.startsWith('.'))) return undefined
  if (!file.startsWith(join(folder, sep))) return undefined
  try {
    return { type, bytes: await readFile(file), isForever: name.startsWith('/assets/') }
  } catch {
    return undefined
  }
}
