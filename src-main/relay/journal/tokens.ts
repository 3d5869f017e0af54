/**
 * The rule of search: an exact substring, except that a word of letters is found from its beginning only. Case, width and
 * Latin diacritics do not count; parts of a query between spaces must all occur. The index knows tokens only (one for each
 * Han, kana or Hangul character, digit and emoji, one for each word), so a hit of the index is held against `matches`.
 */

// v-mode classes: what stands alone, and what words are made of.
const single = String.raw`[[\p{L}\p{N}]&&[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}]]\p{N}\p{So}\p{Extended_Pictographic}\p{Co}`
const tokenPattern = new RegExp(String.raw`[${single}]|[[\p{L}\p{M}]--[${single}]]+`, 'gv')
const wordPattern = new RegExp(String.raw`^[[\p{L}\p{M}]--[${single}]]`, 'v')
const wordEnd = new RegExp(String.raw`[[\p{L}\p{M}]--[${single}]]$`, 'v')

const plainAscii = /^[\0-\x7f]*$/
const accented = /[\u00c0-\u024f\u1e00-\u1eff]/g
const marks = /[\u0300-\u036f\ufe0e\ufe0f]/g

/** Text as it is compared. */
export function fold(text: string): string {
  if (plainAscii.test(text)) return text.toLowerCase()
  return text.normalize('NFKC').toLowerCase()
    .replace(accented, (letter) => letter.normalize('NFD'))
    .replace(marks, '')
}

const tokensOf = (folded: string): string[] => folded.match(tokenPattern) ?? []

/** What goes into the index: tokens with a space between. */
export const indexWords = (text: string): string => tokensOf(fold(text)).join(' ')

export interface Query {
  /** Folded, at least one with a token. */
  parts: string[]
  /** For FTS5's MATCH: finds at least what `matches` does. */
  words: string
}

/** Nothing when the text has nothing that could be found. */
export function readQuery(text: string): Query | undefined {
  const parts = fold(text).split(/\s+/u).filter(Boolean)
  const phrases = parts.map(tokensOf).filter((tokens) => tokens.length)
    // The last word of a phrase may go on; a single character is the whole token.
    .map((tokens) => `"${tokens.join(' ')}"${wordPattern.test(tokens.at(-1)!) ? ' *' : ''}`)
  return phrases.length ? { parts, words: phrases.join(' AND ') } : undefined
}

/** The rule itself, over the text. */
export function matches(text: string, { parts }: Query): boolean {
  const folded = fold(text)
  return parts.every((part) => {
    const startsWord = wordPattern.test(part)
    for (let i = folded.indexOf(part); i >= 0; i = folded.indexOf(part, i + 1)) {
      if (!startsWord || i === 0 || !wordEnd.test(folded.slice(Math.max(0, i - 2), i))) return true
    }
    return false
  })
}
