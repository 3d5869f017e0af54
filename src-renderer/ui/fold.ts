/** How much of a message is shown before it folds. Characters count double where they are wide. */
export interface FoldLimits {
  /** @default 16 */
  lines?: number
  /** Columns of Latin letters. @default 1_000 */
  columns?: number
}

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\u{20000}-\u{3fffd}]/u

/**
 * The beginning of a long message, or undefined when it need not fold. It folds only where at least a third would be hidden,
 * at a line's end, a space or a Chinese full stop where one is near, and never inside a character.
 */
export function fold(text: string, { lines = 16, columns = 1_000 }: FoldLimits = {}): string | undefined {
  let line = 1
  let column = 0
  let end = 0
  let pause = 0
  for (const character of text) {
    if (character === '\n') {
      line++
      column += 8
      if (line > lines) break
    } else column += wide.test(character) ? 2 : 1
    if (column > columns) break
    end += character.length
    if (character === '\n' || character === ' ' || character === '。' || character === '，') pause = end
  }
  if (end >= text.length || end > text.length * (2 / 3)) return undefined
  const cut = text[end] === '\n' ? end : pause > end - 80 && pause > 0 ? pause : graphemeEnd(text, end)
  return text.slice(0, cut).trimEnd()
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The nearest boundary at or before `end`: families and flags stay whole. */
function graphemeEnd(text: string, end: number): number {
  const from = Math.max(0, end - 40)
  let boundary = from
  for (const { index, segment } of graphemes.segment(text.slice(from, end + 40))) {
    if (from + index + segment.length > end) break
    boundary = from + index + segment.length
  }
  return boundary > from ? boundary : end
}

const emoji = /\p{Emoji_Presentation}|\p{Extended_Pictographic}/u

/** One to three emoji and nothing else: shown large, without a bubble's ground. */
export function isEmojiOnly(text: string): boolean {
  const trimmed = text.trim()
  if (trimmed.length > 40 || !emoji.test(trimmed)) return false
  const parts = [...graphemes.segment(trimmed)].map(({ segment }) => segment).filter((segment) => segment.trim() !== '')
  return parts.length <= 3 && parts.every((part) => emoji.test(part))
}
