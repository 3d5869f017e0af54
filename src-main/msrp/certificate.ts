import { createHash, generateKeyPair, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { DAY } from '../base/clock'
import { Fault } from '../base/faults'
import type { Identity } from './dial'

export interface CertificateOptions {
  /** What it is for: a host name, ASCII. Nobody checks it, since the fingerprint does. */
  name: string
  /** ms since 1970. */
  now: number
  /** How long it is good, days; a day before `now` is too, for clocks that are behind. @default 365 */
  days?: number
}

/**
 * A certificate that signs itself, with its key (P-256): all that a peer needs whom a fingerprint proves (RFC 8122 3.1). Node makes keys
 * but no certificates.
 */
export async function makeIdentity({ name, now, days = 365 }: CertificateOptions): Promise<Identity> {
  if (!/^[\x21-\x7e]{1,64}$/.test(name)) throw new Fault('bad-argument', { text: 'a name that no certificate can have' })
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const who = sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(name)))))
  // RFC 5280 4.1: version 3, serial number, algorithm, issuer, validity, subject, key, extensions
  const signed = sequence(
    der(0xa0, integer(Buffer.of(2))), integer(serial(spki)), ecdsaWithSha256, who, sequence(time(now - DAY), time(now + days * DAY)), who, spki,
    der(0xa3, sequence(sequence(subjectAltName, der(0x04, sequence(der(0x82, Buffer.from(name))))))),
  )
  const whole = sequence(signed, ecdsaWithSha256, der(0x03, Buffer.of(0), sign('sha256', signed, privateKey)))
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** One value of X.690: tag, length, content. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}
const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts)
const integer = (bytes: Uint8Array): Buffer => der(0x02, bytes)

// 1.2.840.10045.4.3.2, 2.5.4.3, 2.5.29.17
const ecdsaWithSha256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'))
const commonName = Buffer.from('0603550403', 'hex')
const subjectAltName = Buffer.from('0603551d11', 'hex')

/** RFC 5280 4.1.2.2: positive, and another one for each key. */
function serial(spki: Uint8Array): Buffer {
  const bytes = createHash('sha256').update(spki).digest().subarray(0, 16)
  bytes[0] = (bytes[0]! & 0x3f) | 0x40
  return bytes
}

/** RFC 5280 4.1.2.5: two digits of the year until 2049, four from then on. */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '')
  return digits < '2050' ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}
