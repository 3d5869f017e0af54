import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the clone. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
/** What set-up keeps between runs; may be deleted at any time. */
export const cache = join(root, '.cache')
export const modules = join(root, 'node_modules')
/** Where the build lies, whole or not at all. */
export const out = join(root, 'out')
