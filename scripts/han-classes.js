// Makes src-main/base/han-classes.ts from opencc-js's tables: `node scripts/han-classes.js`.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import toSimplified from 'opencc-js/dict/TSCharacters'
import toTraditional from 'opencc-js/dict/STCharacters'
import hongKong from 'opencc-js/dict/HKVariants'
import taiwan from 'opencc-js/dict/TWVariants'
import { root } from './setup/paths.js'

export const file = join(root, 'src-main/base/han-classes.ts')

/** Characters that the tables lead to from one another, by any number of steps. */
function classes() {
  /** @type {Map<string, Set<string>>} */
  const classOf = new Map()
  for (const entry of [toTraditional, toSimplified, taiwan, hongKong].flatMap((table) => table.split('|'))) {
    const joined = new Set([...entry.replaceAll(' ', '')].flatMap((character) => [character, ...(classOf.get(character) ?? [])]))
    for (const character of joined) classOf.set(character, joined)
  }
  // In the basic plane first, so that what all become is one UTF-16 unit wherever it can be.
  const inOrder = [...new Set(classOf.values())].filter(({ size }) => size > 1)
    .map((all) => [...all].sort((a, b) => (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0)))
  return inOrder.sort((a, b) => a.length - b.length || (String(a[0]) < String(b[0]) ? -1 : 1))
}

export function source() {
  const all = classes()
  const pairs = all.filter(({ length }) => length === 2).map((each) => each.join('')).join('')
  const others = all.filter(({ length }) => length > 2).map((each) => each.join('')).join(' ')
  const lines = (/** @type {string} */ text) => {
    const characters = [...text]
    return Array.from({ length: Math.ceil(characters.length / 60) }, (_, i) => `  '${characters.slice(i * 60, i * 60 + 60).join('')}'`).join(' +\n')
  }
  return `// Made by scripts/han-classes.js from the character tables of opencc-js (MIT), which are those of OpenCC (Apache License 2.0).

/** Simplified and traditional forms and variants that search takes for one: pairs, the one that stands for both first. */
export const hanPairs =
${lines(pairs)}

/** Those of more than two, a space between. */
export const hanClasses =
${lines(others)}
`
}

if (import.meta.filename === process.argv[1]) writeFileSync(file, source())
