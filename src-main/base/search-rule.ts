import { fold, foldMapped } from './fold'

/**
 * The rule of search: an exact substring of the folded text, except that a word of letters is found from its beginning only;
 * parts of a query between spaces must all occur. The journal's index, the plain scan that it is held against, and the
 * marks in the window are all made from this file.
 */

// v-mode classes: what stands alone (each Han, kana or Hangul character, digit and emoji), and what words are made of.
const single = String.raw`[[\p{L}\p{N}]&&[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}]]\p{N}\p{So}\p{Extended_Pictographic}\p{Co}`
const isSingle = new RegExp(`^[${single}]`, 'v')
const isLetter = new RegExp(String.raw`^[[\p{L}\p{M}]--[${single}]]`, 'v')

/** What a character is to search: nothing, a token by itself, or a part of a word. */
export const kinds = { none: 1, single: 2, letter: 3 } as const
const known = new Uint8Array(0x10000)

/** UTF-16 units of the character that begins at `at`. */
export function lengthAt(text: string, at: number): 1 | 2 {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00 ? 2 : 1
}

/** The kind of the character that begins at `at`. */
export function kindAt(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (known[unit]) return known[unit]
  const length = lengthAt(text, at)
  const character = text.slice(at, at + length)
  const kind = isSingle.test(character) ? kinds.single : isLetter.test(character) ? kinds.letter : kinds.none
  if (length === 1 && (unit & 0xf800) !== 0xd800) known[unit] = kind
  return kind
}

/** The kind of the character that ends before `at`. */
const kindBefore = (text: string, at: number): number => kindAt(text, at > 1 && lengthAt(text, at - 2) === 2 ? at - 2 : at - 1)

/** What a query asks for, folded; nothing when no part of it has a letter, digit or emoji. */
export function readParts(query: string): string[] | undefined {
  const parts = fold(query).split(/\s+/u).filter(Boolean)
  return parts.some(hasToken) ? parts : undefined
}

export function hasToken(folded: string): boolean {
  for (let i = 0; i < folded.length; i++) if (kindAt(folded, i) !== kinds.none) return true
  return false
}

/** Where `part` is found in folded text from `from` on; -1 when it is not. */
export function findPart(folded: string, part: string, from = 0): number {
  const startsWord = kindAt(part, 0) === kinds.letter
  for (let at = folded.indexOf(part, from); at >= 0; at = folded.indexOf(part, at + 1)) {
    if (!startsWord || at === 0 || kindBefore(folded, at) !== kinds.letter) return at
  }
  return -1
}

/** The rule itself, over a text that is not yet folded. */
export function matches(text: string, parts: readonly string[]): boolean {
  const folded = fold(text)
  return parts.every((part) => findPart(folded, part) >= 0)
}

/** Where in the text the parts of a query are: from and to, in order and apart. */
export function findRanges(text: string, parts: readonly string[]): [from: number, to: number][] {
  const { folded, origin } = foldMapped(text)
  const found: [number, number][] = []
  for (const part of parts) {
    for (let at = findPart(folded, part); at >= 0; at = findPart(folded, part, at + part.length)) {
      // What became one with its neighbour is shown whole.
      let end = at + part.length
      while (end < folded.length && origin(end) === origin(end - 1)) end++
      found.push([origin(at), origin(end)])
    }
  }
  found.sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const apart: [number, number][] = []
  for (const range of found) {
    const last = apart.at(-1)
    if (last && range[0] <= last[1]) last[1] = Math.max(last[1], range[1])
    else apart.push(range)
  }
  return apart
}
