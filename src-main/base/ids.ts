/** Where random names come from; a test hands in one that counts. */
export interface Ids {
  /** Letters and digits only, `length` of them, from 32 letters: 5 bits each. @default 20 (100 bits) */
  token(length?: number): string
  /** RFC 9562 version 4. */
  uuid(): string
}

// Crockford's letters, lower case: a token survives being read aloud, a case-blind server and a file name.
const letters = '0123456789abcdefghjkmnpqrstvwxyz'
const pool = new Uint8Array(4096)
let used = pool.length

export const randomIds: Ids = {
  token(length = 20) {
    if (used + length > pool.length) {
      crypto.getRandomValues(pool)
      used = 0
    }
    let text = ''
    for (let i = 0; i < length; i++) text += letters[pool[used++]! & 31]
    return text
  },
  uuid: () => crypto.randomUUID(),
}
