/** Bytes with numbers in them; a read beyond the end is a RangeError, as DataView's. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Characters of one byte each, at most to the end. */
export const ascii = (bytes: Uint8Array, from: number, length: number): string => String.fromCharCode(...bytes.subarray(from, from + length))

export const bytesOfAscii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

/** Whether these characters stand anywhere in it. */
export function hasAscii(bytes: Uint8Array, text: string): boolean {
  const wanted = bytesOfAscii(text)
  for (let at = bytes.indexOf(wanted[0]!); at >= 0; at = bytes.indexOf(wanted[0]!, at + 1)) {
    if (wanted.every((byte, n) => bytes[at + n] === byte)) return true
  }
  return false
}

/** What `read` gives, or undefined where the bytes end too early for it. */
export function within<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined
    throw thrown
  }
}
