import { Fault } from '../base/faults'
import { decodeUtf8, malformed, type BodyPart } from './mime'

export interface JsonLimits {
  /** Bytes. @default 262_144 */
  size?: number
  /** Objects and lists inside each other. @default 16 */
  depth?: number
  /** Values in all, about. @default 10_000 */
  values?: number
}

/** Members of an object, by their names. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * The one door to JSON from outside: what would become too much is refused before anything is made of it.
 * @throws Fault `malformed`, `too-large`
 */
export function readJson(input: string | Uint8Array, part: BodyPart, { size = 262_144, depth = 16, values = 10_000 }: JsonLimits = {}): unknown {
  if (input.length > size) throw new Fault('too-large', { text: `${part}: too many bytes`, detail: { limit: size } })
  const text = (typeof input === 'string' ? input : decodeUtf8(input, part)).replace(/^\uFEFF/, '')
  refuseBomb(text, part, depth, values)
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw malformed(part, 'not JSON', cause)
  }
}

const [QUOTE, COMMA, BACKSLASH] = [34, 44, 92]
const [OPEN, CLOSE] = [new Set([91, 123]), new Set([93, 125])]

/** Counts brackets and commas outside of strings, well-formed or not. */
function refuseBomb(text: string, part: BodyPart, deepest: number, most: number): void {
  let [depth, count, isInside] = [0, 0, false]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (isInside) {
      if (code === BACKSLASH) at++
      else if (code === QUOTE) isInside = false
    } else if (code === QUOTE) isInside = true
    else if (code === COMMA) count++
    else if (CLOSE.has(code)) depth--
    else if (OPEN.has(code)) {
      count++
      if (++depth > deepest) throw new Fault('too-large', { text: `${part}: nested too deep`, detail: { limit: deepest } })
    }
    if (count > most) throw new Fault('too-large', { text: `${part}: too many values`, detail: { limit: most } })
  }
}

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The members of what should be an object; none where it is none. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})

/** What should be a list: bots write a list of one as the one. */
export const listOf = (value: unknown): readonly unknown[] =>
  (Array.isArray(value) ? (value as unknown[]) : value === undefined || value === null ? [] : [value])

/** The members without those that are undefined. */
export const present = <T extends object>(members: { [Key in keyof T]: T[Key] | undefined }): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T
