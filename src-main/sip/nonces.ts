import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { MINUTE } from '../base/clock'
import type { Clock } from '../base/clock'

/** The nc values of one nonce that were used: the highest, and a bit for each of the 31 below it. */
interface Use {
  issuedAt: number
  highest: number
  below: number
}

/**
 * Nonces that a server need not remember until they are used: each carries its time, sealed with HMAC (RFC 7616 5.4); it is
 * that of the steady clock, so that a wall clock that is set makes no nonce stale and none young.
 * What is remembered of the used ones is bounded; a nonce that may have been forgotten is stale.
 */
export class Nonces {
  readonly #clock: Clock
  readonly #secret: Uint8Array
  readonly #lifetime: number
  readonly #capacity: number
  readonly #used = new Map<string, Use>()
  /** Nonces issued up to here may have been forgotten. */
  #forgottenUntil = -1

  /** @param options.lifetime how long a nonce is good for, ms. @default 10 minutes */
  constructor(options: { clock: Clock; secret?: Uint8Array; lifetime?: number; capacity?: number }) {
    this.#clock = options.clock
    this.#secret = options.secret ?? randomBytes(32)
    this.#lifetime = options.lifetime ?? 10 * MINUTE
    this.#capacity = options.capacity ?? 20_000
  }

  make(): string {
    const bytes = Buffer.alloc(14)
    bytes.writeUIntBE(Math.floor(this.#clock.steady()), 0, 6)
    randomBytes(8).copy(bytes, 6)
    return Buffer.concat([bytes, this.#seal(bytes)]).toString('base64url')
  }

  /** Uses `nonce` the `nc`th time. Only `good` proves that the credentials are new. */
  use(nonce: string, nc: number): 'good' | 'stale' | 'replayed' {
    const bytes = Buffer.from(nonce, 'base64url')
    if (bytes.length !== 30 || nc < 1) return 'stale'
    // Base64 has several spellings for the same bytes; only ours is a nonce, or a replay would look new.
    // `own` is not cut out of a message, which it would keep alive for as long as it is remembered.
    const own = bytes.toString('base64url')
    if (own !== nonce || !timingSafeEqual(bytes.subarray(14), this.#seal(bytes.subarray(0, 14)))) return 'stale'
    const issuedAt = bytes.readUIntBE(0, 6)
    if (this.#clock.steady() - issuedAt > this.#lifetime) return 'stale'
    const use = this.#used.get(own)
    if (use) return again(use, nc) ? 'good' : 'replayed'
    if (issuedAt <= this.#forgottenUntil) return 'stale'
    this.#forget()
    this.#used.set(own, { issuedAt, highest: nc, below: 0 })
    return 'good'
  }

  #forget(): void {
    if (this.#used.size < this.#capacity) return
    for (const [nonce, use] of this.#used) {
      this.#used.delete(nonce)
      this.#forgottenUntil = Math.max(this.#forgottenUntil, use.issuedAt)
      return
    }
  }

  #seal(bytes: Uint8Array): Buffer {
    return createHmac('sha256', this.#secret).update(bytes).digest().subarray(0, 16)
  }
}

/** Requests that overtook each other are let through, up to 31 of them; the same nc never twice. */
function again(use: Use, nc: number): boolean {
  const ahead = nc - use.highest
  if (ahead > 0) {
    use.below = ahead > 31 ? 0 : ((use.below << ahead) | (1 << (ahead - 1))) & 0x7fffffff
    use.highest = nc
    return true
  }
  if (ahead === 0 || ahead < -31) return false
  const bit = 1 << (-ahead - 1)
  if (use.below & bit) return false
  use.below |= bit
  return true
}
