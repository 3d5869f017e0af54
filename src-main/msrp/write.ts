import { Fault } from '../base/faults'
import type { ByteRange, Flag } from './message'

export interface Writable {
  tid: string
  /** `SEND`, or `200 OK`. */
  start: string
  toPath: readonly string[]
  fromPath: readonly string[]
  /** In their order; Content-Type is the last one when there is a body (RFC 4975 9). */
  fields?: readonly (readonly [string, string])[]
  body?: Uint8Array | undefined
  /** @default $ */
  flag?: Flag
}

// What would break out of its line.
const breaking = /[\r\n\0]/

/** One message as bytes in pieces; the body is not copied. @throws Fault `bad-argument` for a value that would break out of its line */
export function writeMessage({ tid, start, toPath, fromPath, fields = [], body, flag = '$' }: Writable): Uint8Array[] {
  const lines = [`MSRP ${tid} ${start}`, `To-Path: ${toPath.join(' ')}`, `From-Path: ${fromPath.join(' ')}`]
  for (const [name, value] of fields) lines.push(`${name}: ${value}`)
  if (lines.some((line) => breaking.test(line))) throw new Fault('bad-argument', { text: 'a header that cannot be written' })
  const head = `${lines.join('\r\n')}\r\n`
  const end = `-------${tid}${flag}\r\n`
  if (!body) return [Buffer.from(head + end)]
  return [Buffer.from(`${head}\r\n`), body, Buffer.from(`\r\n${end}`)]
}

export const writeByteRange = ({ start, end, total }: ByteRange): string => `${start}-${end ?? '*'}/${total ?? '*'}`

/** RFC 4975 7.1: the end-line of a chunk must not stand in its body. */
export const holdsEndLine = (body: Uint8Array, tid: string): boolean =>
  Buffer.from(body.buffer, body.byteOffset, body.length).includes(`-------${tid}`, 0, 'latin1')

export type { Flag }
