import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SECOND } from '../../base/clock'

/** What a link lets its holder do: fetch a file, fetch its thumbnail, go on with an upload. */
export type LinkKind = 'd' | 't' | 'u'

export type Opened =
  | { ok: true; kind: LinkKind; id: string }
  /** It was ours, and its time is over. */
  | { ok: false; reason: 'expired' | 'unknown' }

/** Bytes of the key, and of a signature (128 bits). */
const KEY = 32
const SIGNATURE = 16

/**
 * Addresses of files that let in whoever has them, until their time is over: `{base}/{kind}/{id}/{expires}/{signature}/{name}`, where
 * `expires` is in seconds since 1970 and the signature an HMAC-SHA-256. The name is for people; nothing is looked up by it.
 */
export class Links {
  readonly #base: string
  readonly #path: string
  readonly #key: Uint8Array

  /** @param base without a slash at its end */
  constructor({ base, key }: { base: string; key: Uint8Array }) {
    this.#base = base
    this.#path = new URL(base).pathname.replace(/\/$/, '')
    this.#key = key
  }

  make(kind: LinkKind, id: string, expiresAt: number, name?: string): string {
    const expires = Math.floor(expiresAt / SECOND)
    const signed = `${this.#base}/${kind}/${id}/${expires}/${this.#sign(kind, id, expires).toString('base64url')}`
    return name === undefined ? signed : `${signed}/${encodeURIComponent(name)}`
  }

  /** @param path of the request target, without its query */
  open(path: string, now: number): Opened {
    const [kind, id, expires, signature] = path.startsWith(`${this.#path}/`) ? path.slice(this.#path.length + 1).split('/') : []
    const unknown: Opened = { ok: false, reason: 'unknown' }
    if (!kind || !isKind(kind) || !id || !/^\d{1,12}$/.test(expires ?? '') || !signature) return unknown
    const given = Buffer.from(signature, 'base64url')
    if (given.length !== SIGNATURE || !timingSafeEqual(given, this.#sign(kind, id, Number(expires)))) return unknown
    return Number(expires) * SECOND > now ? { ok: true, kind, id } : { ok: false, reason: 'expired' }
  }

  /** As `open`, of a whole URL; nothing when it is none of ours. */
  openUrl(url: string, now: number): Opened | undefined {
    return url.startsWith(`${this.#base}/`) ? this.open(new URL(url).pathname, now) : undefined
  }

  #sign(kind: LinkKind, id: string, expires: number): Buffer {
    return createHmac('sha256', this.#key).update(`${kind}/${id}/${expires}`).digest().subarray(0, SIGNATURE)
  }
}

const isKind = (text: string): text is LinkKind => text === 'd' || text === 't' || text === 'u'

/** The key of a folder's links, kept where only its owner can read it: a new one would make every link worthless. */
export function openKey(folder: string): Uint8Array {
  const file = join(folder, 'key')
  try {
    const kept = readFileSync(file)
    if (kept.length === KEY) return kept
  } catch { /* none yet */ }
  const key = randomBytes(KEY)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(`${file}.new`, key, { mode: 0o600, flush: true })
  renameSync(`${file}.new`, file)
  return key
}
