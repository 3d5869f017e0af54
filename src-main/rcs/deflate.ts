import { inflateRawSync, inflateSync } from 'node:zlib'
import { Fault } from '../base/faults'

/** How large a body may become, in bytes. */
export const inflateLimit = 256 * 1024

const codeOf = (thrown: unknown) => (thrown as { code?: string } | undefined)?.code

/**
 * `Content-Encoding: deflate` is the zlib format (RFC 9110 8.4.1.2), though some senders leave its wrapper out.
 * @param limit the most that may come out, in bytes. @default 262_144
 * @throws Fault `too-large` as soon as the limit is passed, `bad-encoding` when it is not deflate or is cut
 */
export function inflateBounded(bytes: Uint8Array, limit = inflateLimit): Uint8Array {
  const options = { maxOutputLength: Math.max(1, limit) }
  try {
    return view(isZlib(bytes) ? inflateSync(bytes, options) : inflateRawSync(bytes, options), limit)
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    if (codeOf(cause) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit)
    throw new Fault('bad-encoding', { text: 'not deflate', cause, detail: { encoding: 'deflate' } })
  }
}

const tooLarge = (limit: number) =>
  new Fault('too-large', { text: 'a deflated body grows too large', detail: { limit } })

function view(out: Uint8Array, limit: number): Uint8Array {
  if (out.length > limit) throw tooLarge(limit)
  return new Uint8Array(out.buffer, out.byteOffset, out.length)
}

// RFC 1950 2.2: method 8, and the first two bytes are a multiple of 31.
const isZlib = (bytes: Uint8Array) =>
  bytes.length >= 2 && (bytes[0]! & 15) === 8 && ((bytes[0]! << 8) | bytes[1]!) % 31 === 0
