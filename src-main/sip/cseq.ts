import { isToken, malformed, readNumber } from './text'

/** RFC 3261 20.16. */
export interface CSeq {
  number: number
  method: string
}

/** @throws Fault `malformed`; RFC 3261 8.1.1.5: the number is below 2**31. */
export function readCSeq(text: string): CSeq {
  let at = 0
  while (at < text.length && text.charCodeAt(at) !== 32 && text.charCodeAt(at) !== 9) at++
  const method = text.slice(at).trim()
  if (!isToken(method)) throw malformed('a CSeq without a method')
  return { number: readNumber(text.slice(0, at), 2 ** 31 - 1, 'CSeq'), method }
}
