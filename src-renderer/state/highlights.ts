import { findRanges, readParts } from '../../src-main/base/search-rule'

/** A piece of text, marked where the search found it. */
export interface Highlight {
  text: string
  marked: boolean
}

/** Marks what the search found, by its own rule. */
export function highlight(text: string, query: string): Highlight[] {
  return mark(text, findRanges(text, readParts(query) ?? []))
}

/** The part of a long text around its first mark, about `length` characters, with … where it was cut. */
export function excerpt(text: string, query: string, length = 90): Highlight[] {
  const flat = text.replace(/\s+/gu, ' ').trim()
  const ranges = findRanges(flat, readParts(query) ?? [])
  if (flat.length <= length) return mark(flat, ranges)
  let start = Math.max(0, Math.min((ranges[0]?.[0] ?? 0) - Math.round(length / 4), flat.length - length))
  let end = start + length
  // Never in the middle of a surrogate pair.
  if (isLow(flat, start)) start--
  if (isLow(flat, end)) end++
  const within = ranges.filter(([from, to]) => to > start && from < end)
    .map(([from, to]): [number, number] => [Math.max(from, start) - start, Math.min(to, end) - start])
  const pieces = mark(flat.slice(start, end), within)
  if (start > 0) pieces.unshift({ text: '…', marked: false })
  if (end < flat.length) pieces.push({ text: '…', marked: false })
  return pieces
}

const isLow = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00

function mark(text: string, ranges: readonly [number, number][]): Highlight[] {
  const pieces: Highlight[] = []
  let from = 0
  for (const [start, end] of ranges) {
    if (start > from) pieces.push({ text: text.slice(from, start), marked: false })
    pieces.push({ text: text.slice(start, end), marked: true })
    from = end
  }
  if (from < text.length) pieces.push({ text: text.slice(from), marked: false })
  return pieces
}
