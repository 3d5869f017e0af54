/** A piece of text, marked where the search found it. */
export interface Highlight {
  text: string
  marked: boolean
}

/**
 * Marks what the journal's search finds (platform.md): folded by NFKC and case, Chinese as exact substrings, Latin words by
 * their beginning.
 */
export function highlight(text: string, query: string): Highlight[] {
  const found = ranges(text, terms(query))
  const pieces: Highlight[] = []
  let from = 0
  for (const [start, end] of found) {
    if (start > from) pieces.push({ text: text.slice(from, start), marked: false })
    pieces.push({ text: text.slice(start, end), marked: true })
    from = end
  }
  if (from < text.length) pieces.push({ text: text.slice(from), marked: false })
  return pieces
}

/** The part of a long text around its first mark, about `length` characters, with … where it was cut. */
export function excerpt(text: string, query: string, length = 90): Highlight[] {
  const flat = text.replace(/\s+/gu, ' ').trim()
  const first = ranges(flat, terms(query))[0]
  if (flat.length <= length) return highlight(flat, query)
  let start = Math.max(0, Math.min((first?.[0] ?? 0) - Math.round(length / 4), flat.length - length))
  // Never begin in the middle of a surrogate pair.
  if (start > 0 && /[\udc00-\udfff]/.test(flat[start]!)) start--
  const pieces = highlight(flat.slice(start, start + length), query)
  if (start > 0) pieces.unshift({ text: '…', marked: false })
  if (start + length < flat.length) pieces.push({ text: '…', marked: false })
  return pieces
}

const cjk = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}`
const finder = new RegExp(String.raw`[${cjk}\p{Extended_Pictographic}]+|(?:(?![${cjk}])[\p{L}\p{N}])+`, 'gu')

/** Latin words each for themselves, a run of Chinese as one. */
function terms(query: string): string[] {
  return query.normalize('NFKC').toLowerCase().match(finder) ?? []
}

function ranges(text: string, wanted: string[]): [number, number][] {
  if (wanted.length === 0) return []
  const { folded, origin } = foldText(text)
  const found: [number, number][] = []
  for (const term of wanted) {
    const isWord = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u.test(term)
    for (let at = folded.indexOf(term); at >= 0; at = folded.indexOf(term, at + term.length)) {
      if (isWord && at > 0 && /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u.test(folded[at - 1]!)) continue
      found.push([origin[at]!, origin[at + term.length]!])
    }
  }
  found.sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const joined: [number, number][] = []
  for (const range of found) {
    const last = joined.at(-1)
    if (last && range[0] <= last[1]) last[1] = Math.max(last[1], range[1])
    else joined.push([...range])
  }
  return joined
}

/** The text as the index folds it, and for each of its units where that stood in the original. */
function foldText(text: string): { folded: string; origin: number[] } {
  let folded = ''
  const origin: number[] = []
  let at = 0
  for (const character of text) {
    const part = character.normalize('NFKC').toLowerCase()
    for (let i = 0; i < part.length; i++) origin.push(at)
    folded += part
    at += character.length
  }
  origin.push(at)
  return { folded, origin }
}
