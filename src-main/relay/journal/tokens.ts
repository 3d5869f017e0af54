import { fold, stringOf } from '../../base/fold'
import { kindAt, kinds, lengthAt } from '../../base/search-rule'
import { isCommon } from './common-han'

/**
 * What the index knows of a text. A character that stands alone is a token, and so are each two in a row that are both common;
 * a word is a token, and so are its first one, two and three letters. Where they stood is not kept: the pairs leave few texts
 * that have all and not in that order, and every hit is held against the rule in any case.
 */
export function indexTokens(text: string): string {
  const folded = fold(text)
  const out = room(folded.length)
  let length = 0
  const put = (from: number, to: number) => { for (let i = from; i < to; i++) out[length++] = folded.charCodeAt(i) }
  /** Where a common single ends, and where it began. */
  let before = -1
  let beforeFrom = 0
  for (let i = 0; i < folded.length;) {
    const from = i
    const kind = kindAt(folded, i)
    i = pieceEnd(folded, i, kind)
    if (kind === kinds.none) continue
    out[length++] = SPACE
    put(from, i)
    if (kind === kinds.letter) {
      before = -1
      for (let letters = 1; letters <= BEGINNINGS && from + letters <= i; letters++) {
        out[length++] = SPACE
        out[length++] = DIGIT + letters
        put(from, from + letters)
      }
      continue
    }
    const common = isCommon(folded, from)
    if (common && before >= 0) {
      out[length++] = SPACE
      put(beforeFrom, before)
      put(from, i)
    }
    before = common ? i : -1
    beforeFrom = from
  }
  return stringOf(out.subarray(1, Math.max(1, length)))
}

const SPACE = 0x20
const DIGIT = 0x30
/** Units that tokens take of one unit of text at most: of three letters 16, of an emoji 8 for two. */
const WIDEST = 8
let buffer = new Uint16Array(1 << 14)
const room = (length: number): Uint16Array => {
  if (length * WIDEST > buffer.length) buffer = new Uint16Array(length * WIDEST)
  return buffer
}

/** Where the single or word (or what is neither) that begins at `from` ends. */
function pieceEnd(folded: string, from: number, kind: number): number {
  let end = from + lengthAt(folded, from)
  if (kind === kinds.letter) while (end < folded.length && kindAt(folded, end) === kinds.letter) end += lengthAt(folded, end)
  return end
}

/** The token of a conversation. A digit is always a token by itself, or the first of a pair: no word is equal to this. */
export const conversationToken = (conversation: number): string => `0${conversation.toString(36)}z`

/** Beginnings of a word that are tokens (after their length); a longer one is looked up as a prefix. */
const BEGINNINGS = 3
/** Tokens of a part that are asked for: what these leave to be held against the rule is little. */
const ENOUGH = 12

/** For FTS5's MATCH: finds at least what the rule does. `parts` are folded, and one of them has a token. */
export function matchOf(parts: readonly string[]): string {
  return parts.flatMap((part) => few(tokensOf(part))).join(' AND ')
}

/** What a text must have in the index to contain `part`. */
function tokensOf(part: string): string[] {
  const found = pieces(part)
  const isPaired = (i: number) => i >= 0 && i < found.length && kindAt(found[i]!, 0) === kinds.single && isCommon(found[i]!, 0)
  return found.flatMap((piece, i) => {
    if (kindAt(piece, 0) === kinds.letter) {
      if (i < found.length - 1) return `"${piece}"`
      return piece.length <= BEGINNINGS ? `"${piece.length}${piece}"` : `"${piece}" *`
    }
    if (!isPaired(i)) return `"${piece}"`
    if (isPaired(i - 1)) return `"${found[i - 1]}${piece}"`
    return isPaired(i + 1) ? [] : `"${piece}"`
  })
}

const few = (tokens: readonly string[]): readonly string[] =>
  (tokens.length <= ENOUGH ? tokens : Array.from({ length: ENOUGH }, (_, i) => tokens[Math.floor((i * tokens.length) / ENOUGH)]!))

/** The characters that stand alone and the words of a folded text, in order. */
function pieces(folded: string): string[] {
  const found: string[] = []
  for (let i = 0; i < folded.length;) {
    const from = i
    const kind = kindAt(folded, i)
    i = pieceEnd(folded, i, kind)
    if (kind !== kinds.none) found.push(folded.slice(from, i))
  }
  return found
}
