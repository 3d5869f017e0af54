import { join } from 'node:path'

/** The clone, and the build that `npm test` has made in it. */
export const root = join(import.meta.dirname, '../..')
export const out = join(root, 'out')
