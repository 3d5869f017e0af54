/** What a SIP MESSAGE carries over TCP and TLS, in bytes (design: *The relay*). */
export const MOST_BYTES = 64 * 1024

const encoder = new TextEncoder()

/** By how many bytes a text is too long to be sent; 0 when it fits. */
export function bytesOver(text: string, most = MOST_BYTES): number {
  // A unit of UTF-16 is at most three bytes: the costly way only where it can matter.
  return text.length * 3 <= most ? 0 : Math.max(0, encoder.encode(text).byteLength - most)
}
