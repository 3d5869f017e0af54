import { fold } from '../../base/fold'
import { kindAt, kinds, lengthAt } from '../../base/search-rule'

/**
 * What the index knows of a text. A character that stands alone is a token, and so are each two of them in a row; a word is a
 * token, and so are its first one, two and three letters. Where they stood is not kept: pairs make that needless, and every
 * hit is held against the rule in any case.
 */
export function indexTokens(text: string): string {
  let tokens = ''
  let before = ''
  for (const piece of pieces(fold(text))) {
    const isWord = kindAt(piece, 0) === kinds.letter
    tokens += before && !isWord ? ` ${piece} ${before}${piece}` : ` ${piece}`
    if (isWord) for (let i = 1; i <= BEGINNINGS && i <= piece.length; i++) tokens += ` ${i}${piece.slice(0, i)}`
    before = isWord ? '' : piece
  }
  return tokens.slice(1)
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
  return found.flatMap((piece, i) => {
    const isWord = kindAt(piece, 0) === kinds.letter
    if (isWord) return i < found.length - 1 ? `"${piece}"` : piece.length <= BEGINNINGS ? `"${piece.length}${piece}"` : `"${piece}" *`
    const isAfterSingle = i > 0 && kindAt(found[i - 1]!, 0) === kinds.single
    const isBeforeSingle = i < found.length - 1 && kindAt(found[i + 1]!, 0) === kinds.single
    if (isAfterSingle) return `"${found[i - 1]}${piece}"`
    return isBeforeSingle ? [] : `"${piece}"`
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
    i += lengthAt(folded, i)
    if (kind === kinds.none) continue
    if (kind === kinds.letter) while (i < folded.length && kindAt(folded, i) === kinds.letter) i += lengthAt(folded, i)
    found.push(folded.slice(from, i))
  }
  return found
}
