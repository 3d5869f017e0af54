const han = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * What stands in an avatar without a picture: of a Chinese name the given name's last character or two, of others the first
 * letters of the first and last word. Empty for a bare number, where a drawing of a person says more.
 */
export function initials(name: string): string {
  const trimmed = name.trim().replace(/@.*$/su, '')
  const characters = [...trimmed].filter((character) => han.test(character))
  if (characters.length > 0) return characters.slice(characters.length > 2 ? -2 : -1).join('')
  const words = trimmed.split(/[\s._-]+/u).filter((word) => /\p{L}|\p{Extended_Pictographic}/u.test(word))
  const first = words[0]
  if (first === undefined) return ''
  const last = words.length > 1 ? words.at(-1)! : ''
  return (head(first) + head(last)).toLocaleUpperCase()
}

const head = (word: string) => graphemes.segment(word).containing(0)?.segment ?? ''

/** One of `count` hues for an address, the same in every window and at every start. */
export function hueOf(address: string, count = 8): number {
  // FNV-1a: spreads neighbours (…001, …002) over different hues.
  let hash = 0x811c9dc5
  for (let i = 0; i < address.length; i++) hash = Math.imul(hash ^ address.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % count
}
