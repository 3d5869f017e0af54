import { join } from 'node:path'

/** The clone, and the build that `npm test` has made in it; `YANXIN_OUT` names another. */
export const root = join(import.meta.dirname, '../..')
export const out = process.env['YANXIN_OUT'] ?? join(root, 'out')
