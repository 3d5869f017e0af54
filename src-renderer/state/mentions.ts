/** Everybody of a group, as `mentions` of a text says it. */
export const EVERYBODY = 'all'
/** What stands behind the @ for everybody, in both languages. */
export const everybodyNames = ['all', 'everyone', '所有人', '全体成员']

/** Somebody who can be named in a text, by any of these names. */
export interface Nameable {
  address: string
  names: readonly string[]
}

/** A name behind an @: from the @ to its end, and whose it can be. */
export interface NamedRange {
  from: number
  to: number
  addresses: readonly string[]
}

const latin = /[\p{Script=Latin}\p{N}]/u
const before = /[\p{Script=Latin}\p{N}._%+-]$/u
/** Characters that may stand between an @ and the caret. */
const longest = 32

/** What is being typed behind an @ at the caret; undefined where no name is being typed, as in a mail address. */
export function mentionAt(text: string, caret: number): { from: number; typed: string } | undefined {
  const from = caret > 0 ? text.lastIndexOf('@', caret - 1) : -1
  if (from < 0 || caret - from > longest || before.test(text.slice(0, from))) return undefined
  const typed = text.slice(from + 1, caret)
  return /[\s@，。！？、：；,!?:;]/u.test(typed) ? undefined : { from, typed }
}

/** Where people are named in a text; where two names begin alike, the longer one. */
export function namedIn(text: string, people: readonly Nameable[]): NamedRange[] {
  const byFirst = new Map<string, { name: string; address: string }[]>()
  for (const { address, names } of people) {
    for (const name of names) {
      if (name === '') continue
      const first = name[0]!.toLowerCase()
      const list = byFirst.get(first)
      if (list) list.push({ name, address })
      else byFirst.set(first, [{ name, address }])
    }
  }
  const ranges: NamedRange[] = []
  for (let from = text.indexOf('@'); from >= 0; from = text.indexOf('@', from + 1)) {
    if (before.test(text.slice(Math.max(0, from - 2), from))) continue
    let length = 0
    let addresses: string[] = []
    for (const { name, address } of byFirst.get(text[from + 1]?.toLowerCase() ?? '') ?? []) {
      const said = text.slice(from + 1, from + 1 + name.length)
      if (name.length < length || said.toLowerCase() !== name.toLowerCase()) continue
      // `@An` is not said in `@Anna`, while Chinese goes on without a space.
      const next = text[from + 1 + name.length]
      if (next !== undefined && latin.test(name.at(-1)!) && latin.test(next)) continue
      addresses = name.length === length ? [...addresses, address] : [address]
      length = name.length
    }
    if (length > 0) ranges.push({ from, to: from + 1 + length, addresses: [...new Set(addresses)] })
  }
  return ranges
}

/**
 * Who is named in a text that is about to be sent.
 * @param chosen whom the person meant where two have the same name, by the name
 */
export function mentionsIn(text: string, people: readonly Nameable[], chosen: ReadonlyMap<string, string> = new Map()): string[] {
  const all = [...people, { address: EVERYBODY, names: everybodyNames }]
  const addresses = namedIn(text, all).flatMap(({ from, to, addresses }) => {
    const meant = chosen.get(text.slice(from + 1, to))
    return meant !== undefined && addresses.includes(meant) ? [meant] : addresses
  })
  return [...new Set(addresses)]
}

/** A piece of a text: words, or somebody's name. */
export interface MentionPiece {
  text: string
  /** Who is named. */
  address?: string
}

/**
 * A text in pieces, the names of those it mentions apart. Somebody may be called otherwise where it was written: an @ that none
 * of the names fits is taken up to the next space for one who was not found.
 */
export function mentionPieces(text: string, mentions: readonly string[], namesOf: (address: string) => readonly string[]): MentionPiece[] {
  const people = mentions.map((address) => ({ address, names: address === EVERYBODY ? everybodyNames : namesOf(address) }))
  const ranges = namedIn(text, people).map(({ from, to, addresses }) => ({ from, to, address: addresses[0]! }))
  const missing = mentions.filter((address) => !ranges.some((range) => range.address === address))
  if (missing.length > 0) {
    for (const { index, 0: word } of text.matchAll(/@[^\s@，。！？、：；,!?:;]{1,32}/gu)) {
      if (missing.length === 0) break
      if (before.test(text.slice(0, index)) || ranges.some(({ from, to }) => from < index + word.length && to > index)) continue
      ranges.push({ from: index, to: index + word.length, address: missing.shift()! })
    }
    ranges.sort((a, b) => a.from - b.from)
  }
  const pieces: MentionPiece[] = []
  let at = 0
  for (const { from, to, address } of ranges) {
    if (from > at) pieces.push({ text: text.slice(at, from) })
    pieces.push({ text: text.slice(from, to), address })
    at = to
  }
  if (at < text.length) pieces.push({ text: text.slice(at) })
  return pieces
}
