import { X509Certificate, createHash } from 'node:crypto'
import { Fault } from '../base/faults'

/** RFC 8122 5: the hash of a certificate's DER. */
export interface Fingerprint {
  /** As registered, in lower case: `sha-256`. */
  hash: string
  /** Upper-case hex, with colons. */
  value: string
}

// RFC 8122 5 wants SHA-256; the others that are not broken are known to peers.
const hashes = new Map([['sha-256', 'sha256'], ['sha-384', 'sha384'], ['sha-512', 'sha512']])

/** @param der the certificate */
export const fingerprintOf = (der: Uint8Array, hash = 'sha-256'): Fingerprint =>
  ({ hash, value: createHash(hashes.get(hash)!).update(der).digest('hex').toUpperCase().replace(/..(?=.)/g, '$&:') })

/** The fingerprint of a PEM certificate, which is offered in SDP. @throws Fault `bad-certificate` */
export function fingerprintOfPem(pem: string | Uint8Array): Fingerprint {
  try {
    return fingerprintOf(new X509Certificate(pem).raw)
  } catch (cause) {
    throw new Fault('bad-certificate', { text: 'the certificate cannot be read', cause })
  }
}

/**
 * Whether a certificate is one of those that the peer's SDP names (RFC 8122 5.1): the strongest hash that both know decides, and a
 * certificate for which only unknown hashes are named fits none.
 */
export function fitsFingerprints(der: Uint8Array | undefined, fingerprints: readonly Fingerprint[]): boolean {
  if (!der) return false
  const known = fingerprints.filter(({ hash }) => hashes.has(hash))
  const strongest = Math.max(...known.map(({ value }) => value.length))
  return known.some(({ hash, value }) => value.length === strongest && fingerprintOf(der, hash).value === value)
}

/** Reads `sha-256 AB:CD…`; nothing for what is no fingerprint. */
export function readFingerprint(value: string): Fingerprint | undefined {
  const match = /^([A-Za-z0-9-]+)[ \t]+([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})*)$/.exec(value.trim())
  return match ? { hash: match[1]!.toLowerCase(), value: match[2]!.toUpperCase() } : undefined
}
