/** Bytes of a slab; what is larger than an eighth of it has memory of its own. */
const SLAB = 8 * 1024

let slab = new Uint8Array(SLAB)
let used = 0

/**
 * A copy of `bytes`. Memory of its own for each small body would cost more than reading the message, so they share slabs: one
 * that is kept holds no more than a slab beside it.
 */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length > SLAB / 8) return new Uint8Array(bytes)
  if (used + bytes.length > SLAB) {
    slab = new Uint8Array(SLAB)
    used = 0
  }
  const own = slab.subarray(used, used + bytes.length)
  own.set(bytes)
  used += bytes.length
  return own
}
