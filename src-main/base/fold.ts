import { hanClasses, hanPairs } from './han-classes'

const plainAscii = /^[\0-\x7f]*$/
const accented = /[\u00c0-\u024f\u1e00-\u1eff]/g
// Combining diacritics and the selectors of a text or emoji look; a final sigma is one by its place only.
const dropped = /[\u0300-\u036f\ufe0e\ufe0f]/g
const finalSigma = /ς/g
const lateHan = /[\u{20000}-\u{3ffff}]/gu

/** For each UTF-16 unit what it becomes, 0 where it stays; forms beyond the basic plane are in `late`. */
const forms = new Uint16Array(0x10000)
const late = new Map<string, string>()

function learn([stands, ...others]: string[]): void {
  for (const other of others) {
    if (other.length === 1 && stands!.length === 1) forms[other.charCodeAt(0)] = stands!.charCodeAt(0)
    else late.set(other, stands!)
  }
}
const pairs = [...hanPairs]
for (let i = 0; i < pairs.length; i += 2) learn(pairs.slice(i, i + 2))
for (const each of hanClasses.split(' ')) learn([...each])

/** Traditional, simplified and variant forms of a Han character become one; everything else stays. */
function foldHan(text: string): string {
  let changed: Uint16Array | undefined
  let hasLate = false
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x3400) continue
    if (unit >= 0xd840 && unit <= 0xd8bf) hasLate = true
    const form = forms[unit]!
    if (form === 0) continue
    if (!changed) {
      changed = new Uint16Array(text.length)
      for (let j = 0; j < text.length; j++) changed[j] = text.charCodeAt(j)
    }
    changed[i] = form
  }
  const folded = changed ? stringOf(changed) : text
  return hasLate ? folded.replace(lateHan, (character) => late.get(character) ?? character) : folded
}

/** Arguments of one call are limited. */
const CALL = 8_192
function stringOf(units: Uint16Array): string {
  if (units.length <= CALL) return String.fromCharCode(...units)
  let text = ''
  for (let i = 0; i < units.length; i += CALL) text += String.fromCharCode(...units.subarray(i, i + CALL))
  return text
}

/**
 * Text as search compares it: case, width, Latin diacritics and the script of Chinese do not count (發 and 发 are one, and
 * so is 髮, because 发 stands for both).
 */
export function fold(text: string): string {
  if (plainAscii.test(text)) return text.toLowerCase()
  return foldHan(text.normalize('NFKC').toLowerCase()
    .replace(accented, (letter) => letter.normalize('NFD'))
    .replace(dropped, '')
    .replace(finalSigma, 'σ'))
}

// What must be folded together: a character with its marks (half-width ones of kana too), and Korean letters with the syllable
// that they complete, of which NFKC makes one.
const joining = String.raw`\p{M}\u1160-\u11ff\u3131-\u318e\uff9e-\uffdc`
const cluster = new RegExp(`[^${joining}]?[${joining}]*`, 'gu')

const unevenly = new RegExp(`[\\ud800-\\udfff${joining}]`, 'u')

export interface FoldedText {
  folded: string
  /** Where in the text a unit of `folded` came from; for its length, the text's. */
  origin(index: number): number
}

/** Folds a text so that what is found in it can be shown. */
export function foldMapped(text: string): FoldedText {
  const whole = fold(text)
  // Where nothing joins and nothing lies beyond the basic plane, a character becomes one or more.
  if (whole.length === text.length && !unevenly.test(text)) return { folded: whole, origin: (index) => index }
  let folded = ''
  const origin: number[] = []
  for (const { 0: part, index } of text.matchAll(cluster)) {
    const piece = fold(part)
    const isEven = piece.length === part.length
    for (let i = 0; i < piece.length; i++) origin.push(isEven ? index + i : index)
    folded += piece
  }
  return { folded, origin: (index) => origin[index] ?? text.length }
}
