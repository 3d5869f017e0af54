/** Part of a file: its first and its last byte. */
export interface ByteRange {
  start: number
  end: number
}

/**
 * RFC 9110 14.2 for one range. `all` where there is none, or several, which a server may leave unread; `none` where no byte of
 * it is there (416).
 */
export function readRange(text: string | undefined, size: number): ByteRange | 'all' | 'none' {
  const found = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(text ?? '')
  if (!found || (!found[1] && !found[2])) return 'all'
  const [, first, last] = found
  if (!first) {
    const length = Math.min(Number(last), size)
    return length ? { start: size - length, end: size - 1 } : 'none'
  }
  const start = Number(first)
  // RFC 9110 14.1.1: a range that ends before it begins is none, as if nothing had been asked.
  if (last && Number(last) < start) return 'all'
  return start < size ? { start, end: last ? Math.min(Number(last), size - 1) : size - 1 } : 'none'
}

/** RFC 9110 14.4 of a PUT: which bytes of how many. Undefined for one that says less, or contradicts itself. */
export function readContentRange(text: string | undefined): (ByteRange & { total: number }) | undefined {
  const found = /^bytes\s+(\d{1,15})-(\d{1,15})\/(\d{1,15})$/i.exec(text?.trim() ?? '')
  if (!found) return undefined
  const [start, end, total] = [Number(found[1]), Number(found[2]), Number(found[3])]
  return start <= end && end < total ? { start, end, total } : undefined
}
