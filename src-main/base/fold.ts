import { hanClasses, hanPairs } from './han-classes'

const accented = /[\u00c0-\u024f\u1e00-\u1eff]/g
// Combining diacritics and the selectors of a text or emoji look; a final sigma is one by its place only.
const dropped = /[\u0300-\u036f\ufe0e\ufe0f]/g
const finalSigma = /ς/g
const lateHan = /[\u{20000}-\u{3ffff}]/gu

/** For each UTF-16 unit what it becomes as a Han character, 0 where it stays; forms beyond the basic plane are in `late`. */
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

/** What a unit becomes that neither needs its neighbours to be folded nor becomes more than one; 0 for all others. */
const simple = new Uint16Array(0x10000)
const range = (from: number, to: number, become: (unit: number) => number = (unit) => unit): void => {
  for (let unit = from; unit <= to; unit++) simple[unit] = become(unit)
}
const lower = (unit: number): number => (unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit)
range(0x01, 0x7e, lower)
range(0x2018, 0x201d)
range(0x3001, 0x3002)
range(0x3041, 0x3096)
range(0x30a1, 0x30fc)
range(0x3400, 0x9fff, (unit) => forms[unit] || unit)
// Full-width letters, digits and punctuation.
range(0xff01, 0xff5e, (unit) => lower(unit - 0xfee0))
simple[0x3000] = 0x20

/** Most texts need no more than a look at each of their units. */
function foldSimple(text: string): string | undefined {
  const units = new Uint16Array(text.length)
  let isSame = true
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    const becomes = simple[unit]!
    if (becomes === 0) return undefined
    if (becomes !== unit) isSame = false
    units[i] = becomes
  }
  return isSame ? text : stringOf(units)
}

/** Arguments of one call are limited. */
const CALL = 8_192
/** The text of UTF-16 units. */
export function stringOf(units: Uint16Array): string {
  let text = ''
  for (let i = 0; i < units.length; i += CALL) {
    text += String.fromCharCode.apply(null, units.subarray(i, i + CALL) as unknown as number[])
  }
  return text
}

const foldHan = (text: string): string => {
  let folded = ''
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const form = forms[text.charCodeAt(i)]!
    if (form === 0) continue
    folded += text.slice(from, i) + String.fromCharCode(form)
    from = i + 1
  }
  return (folded + text.slice(from)).replace(lateHan, (character) => late.get(character) ?? character)
}

/**
 * Text as search compares it: case, width, Latin diacritics and the script of Chinese do not count (發 and 发 are one, and
 * so is 髮, because 发 stands for both).
 */
export function fold(text: string): string {
  return foldSimple(text) ?? foldHan(text.normalize('NFKC').toLowerCase()
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
    const alone = [...part].map((character) => ({ character, becomes: fold(character) }))
    // Characters that became something together stand for each other; others keep their own places.
    if (alone.map(({ becomes }) => becomes).join('') === piece) {
      let at = index
      for (const { character, becomes } of alone) {
        for (let i = 0; i < becomes.length; i++) origin.push(at)
        at += character.length
      }
    } else for (let i = 0; i < piece.length; i++) origin.push(index)
    folded += piece
  }
  return { folded, origin: (index) => origin[index] ?? text.length }
}
