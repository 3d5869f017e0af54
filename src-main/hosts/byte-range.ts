/** Bytes `from` to before `to`. */
export interface ByteRange {
  from: number
  to: number
}

/** The one range that a Range header asks for (RFC 9110 14.1.2); undefined for the whole: of several ranges, or a unit of its own. */
export function byteRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  if (!found) return undefined
  const [, first, last] = found as unknown as [string, string, string]
  if (first === '' && last === '') return undefined
  if (first === '') return Number(last) === 0 || size === 0 ? 'unsatisfiable' : { from: Math.max(0, size - Number(last)), to: size }
  const from = Number(first)
  // Not valid is not there (14.1.1).
  if (last !== '' && Number(last) < from) return undefined
  if (from >= size) return 'unsatisfiable'
  return { from, to: last === '' ? size : Math.min(Number(last) + 1, size) }
}
