import { allowedUrl } from '../base/allow-list'
import { readDateTime } from './time'

// What turns the direction of everything behind it (Unicode TR 36), and what nobody sees: no words of a bot need either.
const turning = /[\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/gu
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/gu

/** How many characters (code points) a text has: the schemas count so. */
export function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

/** At most `most` characters; none is cut apart. */
export const cut = (text: string, most: number): string =>
  (text.length <= most ? text : Array.from(text.slice(0, 2 * most)).slice(0, most).join(''))

const said = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '')

/** Words of several lines that may be shown; undefined when there are none. */
export function wordsOf(value: unknown, most: number): string | undefined {
  const text = said(value).toWellFormed().replace(/\r\n?|[\u0085\u2028\u2029]/gu, '\n').replace(/\t/gu, ' ').replace(control, '').replace(turning, '')
  return cut(text.trim(), most).trimEnd() || undefined
}

/** The same in one line. */
export function lineOf(value: unknown, most: number): string | undefined {
  const text = said(value).toWellFormed().replace(/[\s\u0085]+/gu, ' ').replace(control, '').replace(turning, '')
  return cut(text.replace(/ {2,}/g, ' ').trim(), most).trimEnd() || undefined
}

/** One of some words, in any case. */
export function wordOf<Word extends string>(value: unknown, words: readonly Word[]): Word | undefined {
  const word = said(value).trim().toLowerCase()
  return words.find((each) => each === word)
}

/** An address of the web, or undefined for any other scheme and for what dresses one up as another. */
export function webUrlOf(value: unknown): string | undefined {
  const url = urlOf(value)
  return url !== undefined && /^https?:/.test(url) ? url : undefined
}

/** A link that may leave the program, or undefined. */
export function urlOf(value: unknown): string | undefined {
  const url = typeof value === 'string' ? allowedUrl(value.trim()) : undefined
  // What stands in it in other letters becomes longer, and must be fit to be opened again.
  return url === undefined ? undefined : allowedUrl(url)
}

/** ms since 1970 in whole seconds, as they are written; undefined for what is no time from then to the year 9999. */
export function secondOf(value: unknown): number | undefined {
  const at = typeof value === 'string' ? readDateTime(value) : undefined
  return at !== undefined && at >= 0 && at < 253_402_300_800_000 ? Math.floor(at / 1000) * 1000 : undefined
}

/** A telephone number: digits, with + or not. Codes with * and # make a telephone do things, and are none. */
export function phoneOf(value: unknown): string | undefined {
  const number = said(value).trim().replace(/^tel:/i, '').replace(/[\s().-]/g, '')
  return /^\+?\d{2,20}$/.test(number) ? number : undefined
}
